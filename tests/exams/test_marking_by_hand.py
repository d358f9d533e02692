"""Marking by hand: what waits for a person, what was given, what a release refuses; stations with their checklists."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from exams.attempts import actions
from exams.attempts.models import Attempt
from exams.marking.actions import NothingToRelease, mark_due, mark_sitting, release, waiting_sittings
from exams.marking.handwork import HandMark, Piece
from exams.marking.judging import Closed, MarkedMeanwhile, judge, note_station
from exams.marking.laying_out import digest_of, numbers_for
from exams.marking.models import GradeRun, Result
from exams.marking.queue import next_after, tasks_for
from exams.papers.drawing import Paper
from exams.papers.models import Blueprint, BlueprintRow
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.people.states import Role
from lms.web.todo import todos
from tests.conftest import NOW, TODAY
from tests.factories.bank import make_curriculum, make_question
from tests.factories.exams import admit, make_sitting
from tests.factories.hand_kinds import MARKER_ONLY, TEXT
from tests.factories.people import PersonFactory

POINTS = {"single": "2", "short": "5", "essay": "10", "typing": "10", "station": "10"}


@pytest.fixture(autouse=True)
def still_clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hand(county: SimpleNamespace) -> SimpleNamespace:
    """A sitting whose paper has one question of each kind judged by a person; two candidates, and a trainer who marks."""
    topic = make_curriculum().topics["technical-01"]
    blueprint = Blueprint.objects.create(title="技术人员综合测评")
    for order, (kind, points) in enumerate(POINTS.items()):
        make_question(topic, kind)
        BlueprintRow.objects.create(blueprint=blueprint, order=order, kind=kind, count=1, points=Decimal(points))
    sitting = make_sitting(county.root, NOW, blueprint)
    one, two = admit(sitting, county.learner, PersonFactory(home_unit=county.learner.home_unit, name="周建国"))
    marker = PersonFactory(home_unit=county.root, name="阅卷员", role=Role.TRAINER)
    return SimpleNamespace(sitting=sitting, one=one, two=two, marker=marker, county=county, at=NOW)


def slot_of(attempt: Attempt, kind: str) -> int:
    return next(n for n, k in Paper.from_json(attempt.paper).kinds.items() if k == kind)


def sit(hand, candidate, key="start-key-1", typed: tuple[str, ...] = (), **said: str) -> Attempt:
    """Answer the kinds named by their texts, and hand in."""
    attempt = actions.start(candidate, key=key, by=candidate.person, at=hand.at)
    items = [{"n": slot_of(attempt, kind), "v": [text], "f": 0} for kind, text in said.items()]
    if typed:
        items.append({"n": slot_of(attempt, "typing"), "v": list(typed), "f": 0})
    actions.hand_in(attempt.pk, by=candidate.person, at=hand.at + timedelta(minutes=5), epoch=1, seq=1, items=items)
    return attempt


def sign(hand, attempt, c1="2", c2="3", **changes) -> HandMark:
    given = {"c1": Decimal(c1), "c2": Decimal(c2)}
    return note_station(attempt, slot_of(attempt, "station"), given=given, final=True, by=hand.marker, at=hand.at, **changes)


def piece_of(attempt: Attempt, kind: str) -> Piece:
    return Piece.objects.get(attempt=attempt, n=slot_of(attempt, kind))


def give(hand, attempt, kind, points=None, **marks) -> HandMark:
    given = {name: Decimal(value) for name, value in marks.items()} or None
    return judge(piece_of(attempt, kind), points=Decimal(points) if points else None, given=given, by=hand.marker, at=hand.at)


def test_what_a_person_judges_waits_once_and_holds_the_result_back(hand) -> None:
    attempt = sit(hand, hand.one, short="断网并报告", essay="备份很重要")
    for _ in range(2):
        assert mark_due(at=hand.at) == {"marked": 0, "released": 0}
    assert {piece.n for piece in Piece.objects.all()} == {slot_of(attempt, kind) for kind in ("short", "essay", "station")}
    assert Result.objects.count() == 0
    assert waiting_sittings() == []  # the sweep has nothing to do until somebody marks
    with pytest.raises(NothingToRelease) as refused:
        release(hand.sitting, by=hand.county.centre, at=hand.at)
    assert refused.value.waiting == 3


def test_an_empty_answer_is_worth_nothing_unseen_but_a_station_waits(hand) -> None:
    attempt = sit(hand, hand.one)
    mark_due(at=hand.at)
    assert [piece.n for piece in Piece.objects.all()] == [slot_of(attempt, "station")]
    sign(hand, attempt)
    assert mark_due(at=hand.at)["marked"] == 1
    assert Result.objects.get().score == 10


def test_the_result_has_what_people_gave(hand) -> None:
    attempt = sit(hand, hand.one, short="断网并报告", essay="备份很重要")
    sign(hand, attempt, c2="1.5")  # an examiner may be done before the paper is marked
    mark_due(at=hand.at)
    give(hand, attempt, "short", "4.5")
    give(hand, attempt, "essay", c1="3", c2="4")
    assert mark_due(at=hand.at)["marked"] == 1
    result = Result.objects.get()
    assert {kind: Decimal(result.slots[str(slot_of(attempt, kind))]) for kind in POINTS} == {
        "single": 0, "short": Decimal("4.5"), "essay": 7, "typing": 0, "station": 7,
    }  # fmt: skip
    assert (result.knowledge, result.operation) == (Decimal("11.5"), 7)
    assert release(hand.sitting, by=hand.county.centre, at=hand.at).run.number == 1
    assert AuditRow.objects.filter(verb=Verb.ANSWER_MARKED).count() == 2
    assert AuditRow.objects.filter(verb=Verb.STATION_SIGNED).count() == 1


def test_a_later_mark_takes_the_place_of_an_earlier_until_the_release(hand) -> None:
    attempt = sit(hand, hand.one, short="断网并报告")
    sign(hand, attempt)
    mark_due(at=hand.at)
    give(hand, attempt, "short", "1")
    mark_due(at=hand.at)
    give(hand, attempt, "short", "5")
    assert mark_due(at=hand.at)["marked"] == 1
    assert mark_due(at=hand.at)["marked"] == 0
    run = GradeRun.objects.order_by("-number").first()
    assert run
    assert [r.slots[str(slot_of(attempt, "short"))] for r in run.results.all()] == ["5.00"]
    release(hand.sitting, by=hand.county.centre, at=hand.at)
    with pytest.raises(Closed):
        give(hand, attempt, "short", "2")
    with pytest.raises(Closed):
        sign(hand, attempt, c1="0")
    assert HandMark.objects.filter(final=True).count() == 3


def test_a_failed_critical_step_fails_the_operation_dimension(hand) -> None:
    hand.sitting.pass_percent = Decimal(1)
    hand.sitting.save()
    for candidate, c1, key in ((hand.one, "0", "start-key-1"), (hand.two, "2", "start-key-2")):
        attempt = sit(hand, candidate, key=key, short="断网并报告")
        sign(hand, attempt, c1=c1)
    mark_due(at=hand.at)
    for piece in Piece.objects.filter(version__kind="short"):
        judge(piece, points=Decimal(5), by=hand.marker, at=hand.at)
    mark_due(at=hand.at)
    failed, passed = Result.objects.order_by("attempt__candidate__number")
    assert (failed.operation, failed.passed, failed.level) == (0, False, "fail")
    assert (passed.operation, passed.passed) == (10, True)


def test_a_reopened_paper_with_another_answer_waits_anew(hand) -> None:
    attempt = sit(hand, hand.one, short="断网并报告")
    sign(hand, attempt)
    mark_due(at=hand.at)
    mark = give(hand, attempt, "short", "3")
    other = digest_of(["断网、报告、留存"])
    assert HandMark.objects.counting().filter(digest=mark.digest, n=mark.n).exists()
    assert not HandMark.objects.counting().filter(digest=other, n=mark.n).exists()


def test_two_markers_at_once_are_told_of_each_other(hand) -> None:
    attempt = sit(hand, hand.one, short="断网并报告")
    mark_due(at=hand.at)
    first = give(hand, attempt, "short", "2")
    with pytest.raises(MarkedMeanwhile):
        judge(piece_of(attempt, "short"), points=Decimal(4), known=0, by=hand.county.centre, at=hand.at)
    judge(piece_of(attempt, "short"), points=Decimal(4), known=first.pk, by=hand.county.centre, at=hand.at)
    with pytest.raises(ValueError, match="Points"):
        give(hand, attempt, "short", "25")


STEPS = (TEXT[:20], TEXT[:45], TEXT)


def type_it(hand, candidate, key, *, at_once: bool) -> Attempt:
    """Seventy characters in a minute by the page's clock, in steps or in one piece."""
    attempt = actions.start(candidate, key=key, by=candidate.person, at=hand.at)
    n = slot_of(attempt, "typing")
    for seq, text in enumerate(STEPS[-1:] if at_once else STEPS, 1):
        at = hand.at + timedelta(seconds=20 * seq + 40 * at_once)
        actions.save(attempt.pk, epoch=1, seq=seq, items=[{"n": n, "v": [f"t={text}", f"ms={20_000 * (3 if at_once else seq)}", "k=70"], "f": 0}],
                     by=candidate.person, at=at)  # fmt: skip
    actions.hand_in(attempt.pk, by=candidate.person, at=hand.at + timedelta(minutes=2))
    return attempt


def test_typing_is_scored_by_itself_unless_the_record_leaves_a_doubt(hand) -> None:
    steady, lump = type_it(hand, hand.one, "start-key-1", at_once=False), type_it(hand, hand.two, "start-key-2", at_once=True)
    for attempt in (steady, lump):
        sign(hand, attempt)
    mark_due(at=hand.at)
    result = Result.objects.get(attempt=steady)
    worth = Decimal(result.slots[str(slot_of(steady, "typing"))])
    assert worth == Decimal("5.75")  # 69 characters in a minute, asked for are 120
    piece = Piece.objects.get(attempt=lump, version__kind="typing")
    assert (piece.doubts, piece.suggested) == (["one_piece"], worth)
    judge(piece, points=Decimal(3), by=hand.marker, at=hand.at)
    mark_due(at=hand.at)
    assert Result.objects.get(attempt=lump).slots[str(piece.n)] == "3.00"


def test_numbers_are_drawn_and_differ() -> None:
    assert len(set(numbers_for([], 500))) == 500
    assert not set(numbers_for(range(10_000, 19_000), 500)) & set(range(10_000, 19_000))


def test_the_queue_goes_round(hand) -> None:
    attempts = [sit(hand, c, key=f"start-key-{c.pk}", short="报告") for c in (hand.one, hand.two)]
    mark_due(at=hand.at)
    pieces = Piece.objects.standing().filter(version__kind="short")
    low, high = pieces.order_by("number").values_list("number", flat=True)
    assert (next_after(pieces, 0), next_after(pieces, low), next_after(pieces, high)) == (low, high, low)
    (task,) = tasks_for(hand.marker, TODAY)
    assert (task.total, task.done, task.left) == (2, 0, 2)
    give(hand, attempts[0], "short", "1")
    (task,) = tasks_for(hand.marker, TODAY)
    assert (task.total, task.done, task.left) == (2, 1, 1)
    with translation.override("zh-hans"):
        assert [todo.detail for todo in todos(hand.marker, NOW)] == ["1 份作答等待阅卷。"]
    give(hand, attempts[1], "short", "1")
    assert tasks_for(hand.marker, TODAY) == []
    assert [t.left for t in tasks_for(hand.marker, TODAY, everything=True)] == [0]


# --- screens ---


@pytest.fixture
def marker(hand) -> Client:
    client = Client()
    client.force_login(hand.marker)
    return client


def test_a_marker_reads_an_answer_without_a_name_and_goes_on(hand, marker) -> None:
    for candidate in (hand.one, hand.two):
        sit(hand, candidate, key=f"start-key-{candidate.pk}", short="不点开，立即报告")
    mark_sitting(hand.sitting, by=None, at=hand.at)
    page = marker.get(reverse("marking")).content.decode()
    assert hand.sitting.title in page
    version = Piece.objects.filter(version__kind="short").values_list("version", flat=True)[0]
    low, high = Piece.objects.filter(version=version).order_by("number").values_list("number", flat=True)
    queue = marker.get(reverse("marking_queue", args=[hand.sitting.pk, version]) + "?state=waiting&size=20").content.decode()
    one = reverse("marking_piece", args=[hand.sitting.pk, version, low])
    shown = marker.get(one).content.decode()
    for text in (queue, shown):
        assert str(low) in text
        assert not any(word in text for c in (hand.one, hand.two) for word in (c.person.name, c.person.staff_number, c.number))
    assert "不点开，立即报告" in shown
    assert MARKER_ONLY in shown
    assert "✓ 报告" in shown
    assert "✓ 不点开" in shown
    assert "25 分多于本项的满分 5 分" in marker.post(one, {"points": "25", "known": "0"}).content.decode()
    assert "写成数字" in marker.post(one, {"points": "aa", "known": "0"}).content.decode()
    assert "请给分" in marker.post(one, {"points": "", "known": "0"}).content.decode()
    assert HandMark.objects.count() == 0
    response = marker.post(one, {"points": "４.５", "comment": "要点齐全", "known": "0"})
    assert response.headers["Location"] == reverse("marking_piece", args=[hand.sitting.pk, version, high])
    assert HandMark.objects.get().points == Decimal("4.5")
    response = marker.post(reverse("marking_piece", args=[hand.sitting.pk, version, high]), {"points": "0", "known": "0"})
    assert response.headers["Location"] == reverse("marking_queue", args=[hand.sitting.pk, version])


@pytest.mark.parametrize(("asked", "size"), [("", 50), ("20", 20), ("200", 200), ("0", 50), ("-1", 50), ("7", 50), ("abc", 50), ("9" * 30, 50)])
def test_a_queue_has_a_page_size_whatever_the_address_says(hand, marker, asked, size) -> None:
    sit(hand, hand.one, short="不点开，立即报告")
    mark_sitting(hand.sitting, by=None, at=hand.at)
    version = Piece.objects.filter(version__kind="short").values_list("version", flat=True)[0]
    page = marker.get(reverse("marking_queue", args=[hand.sitting.pk, version]), {"size": asked, "state": "all", "page": asked})
    assert (page.status_code, page.context["page"].paginator.per_page, len(page.context["rows"])) == (200, size, 1)


def test_every_mark_stays_with_who_gave_it_and_why(hand, marker) -> None:
    attempt = sit(hand, hand.one, short="不点开，立即报告")
    mark_sitting(hand.sitting, by=None, at=hand.at)
    piece = piece_of(attempt, "short")
    address = reverse("marking_piece", args=[hand.sitting.pk, piece.version_id, piece.number])
    marker.post(address, {"points": "5.0", "comment": "要点齐全", "known": "0"})
    first = HandMark.objects.get()
    shown = marker.get(address).content.decode()
    assert all(words in shown for words in ("5 分", hand.marker.name, "要点齐全", 'value="5"'))
    marker.post(address, {"points": "4", "comment": "少一步", "known": str(first.pk)})
    assert [(m.points, m.by, m.comment) for m in HandMark.objects.order_by("pk")] == [(5, hand.marker, "要点齐全"), (4, hand.marker, "少一步")]
    assert [row.actor_id for row in AuditRow.objects.filter(verb=Verb.ANSWER_MARKED)] == [hand.marker.pk] * 2


def test_an_essay_is_marked_row_by_row(hand, marker) -> None:
    sit(hand, hand.one, essay="备份很重要")
    mark_sitting(hand.sitting, by=None, at=hand.at)
    piece = Piece.objects.get(version__kind="essay")
    address = reverse("marking_piece", args=[hand.sitting.pk, piece.version_id, piece.number])
    assert 'data-points="3"' in marker.get(address).content.decode()
    assert marker.post(address, {"c1": "7", "c2": "4"}).status_code == 200
    assert marker.post(address, {"c1": "6"}).status_code == 200
    assert HandMark.objects.count() == 0
    marker.post(address, {"c1": "6", "c2": "1.5"})
    assert HandMark.objects.get().points == Decimal("7.5")


def test_results_say_what_waits_and_release_says_why_not(hand) -> None:
    sit(hand, hand.one, short="报告")
    mark_sitting(hand.sitting, by=None, at=hand.at)
    client = Client()
    client.force_login(hand.county.centre)
    page = client.get(reverse("sitting_results", args=[hand.sitting.pk])).content.decode()
    assert "2 份作答等待阅卷" in page
    assert f"{reverse('marking')}?sitting={hand.sitting.pk}" in page
    said = client.post(reverse("release_results", args=[hand.sitting.pk]), {"sure": "1"}, follow=True).content.decode()
    assert "2 份作答等待阅卷。" in said


def test_a_station_is_saved_as_one_goes_and_signed_off(hand) -> None:
    attempt = actions.start(hand.one, key="start-key-1", by=hand.one.person, at=hand.at)
    n = slot_of(attempt, "station")
    client = Client()
    client.force_login(PersonFactory(home_unit=hand.county.root, name="考评员", role=Role.INVIGILATOR))
    assert hand.sitting.title in client.get(reverse("stations")).content.decode()
    address = reverse("station", args=[hand.sitting.pk, attempt.pk, n])
    assert MARKER_ONLY in client.get(address).content.decode()
    saved = client.post(address, {"c1": "2", "do": "save", "known": "0", "seconds": "30"}, headers={"Accept": "application/json"}).json()
    assert saved["points"] == "4"
    again = client.post(address, {"c1": "2", "do": "sign", "known": saved["known"]}, follow=True).content.decode()
    assert "请给分" in again  # every step is judged before a signature
    assert HandMark.objects.filter(final=True).count() == 0
    assert "查无此工号" in client.post(address, {"c1": "2", "c2": "3", "do": "sign", "second": "nobody"}).content.decode()
    second = hand.marker.staff_number
    client.post(address, {"c1": "2", "c2": "3", "do": "sign", "known": saved["known"], "seconds": "412", "second": second})
    mark = HandMark.objects.get(final=True)
    assert (mark.points, mark.seconds, mark.second) == (10, 412, hand.marker)
    listed = reverse("station_list", args=[hand.sitting.pk])
    assert "10 / 10" in client.get(listed).content.decode()
    assert hand.one.person.name not in client.get(listed + "?state=open").content.decode()
    assert hand.one.person.name in client.get(listed + "?format=print").content.decode()
    assert client.get(reverse("station", args=[hand.sitting.pk, attempt.pk, 1])).status_code == 404
    assert client.get(reverse("marking")).status_code == 403


def test_what_is_noted_at_a_station_shows_nowhere_to_the_candidate(hand) -> None:
    attempt = actions.start(hand.one, key="start-key-1", by=hand.one.person, at=hand.at)
    client = Client()
    client.force_login(hand.one.person)
    client.cookies["device"] = "start-key-1"
    page = client.get(reverse("paper", args=[attempt.pk])).content.decode()
    assert 'name="q' in page
    assert MARKER_ONLY not in page
    assert client.get(reverse("station", args=[hand.sitting.pk, attempt.pk, slot_of(attempt, "station")])).status_code == 403
