"""The board on screen: its fragment, its filters, clicks on many, decisions of a second person, files, the pulse of a browser."""

import gzip
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exams.attempts import actions
from exams.attempts.closing import close_overdue
from exams.attempts.models import AnswerRecord, Attempt
from exams.attempts.watched import AnswerFile, Decision, FocusLoss, Heartbeat, Incident, Outage, Pause, TimeGrant
from exams.papers.drawing import Paper
from exams.sittings.models import Place, Room, RoomUse, Seat
from tests.access.world import signed_in as as_
from tests.factories.bundles import file_of
from tests.factories.exams import admit, right_items
from tests.factories.people import PersonFactory

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(exam):
    cache.clear()
    with time_machine.travel(exam.at, tick=False) as traveller:
        yield traveller


def start(exam, person=None) -> Attempt:
    person = person or exam.learner
    candidate = exam.sitting.candidates.filter(person=person).first() or admit(exam.sitting, person)[0]
    return actions.start(candidate, key=f"start-{candidate.pk:05d}", by=person, at=exam.at)


def seat(exam, candidate, room, number=1) -> None:
    place, _ = Place.objects.get_or_create(name="培训中心", unit=exam.county.root)
    held, _ = Room.objects.get_or_create(place=place, name=room, defaults={"count": 40})
    use, _ = RoomUse.objects.get_or_create(sitting=exam.sitting, room=held)
    Seat.objects.create(candidate=candidate, use=use, number=number, at=exam.at)


def ask(exam, name="watch", role="invigilator", pk=None, **query):
    return as_(getattr(exam.county, role)).get(reverse(name, args=[pk or exam.sitting.pk]), query)


def post(exam, name="watch_act", role="invigilator", pk=None, **data):
    return as_(getattr(exam.county, role)).post(reverse(name, args=[pk or exam.sitting.pk]), data)


def messages_of(response) -> list[str]:
    return [str(m) for m in response.context["messages"]]


def test_worst_first_and_away_is_counted_from_the_last_sign_of_life(exam, clock) -> None:
    away, reading, done = start(exam), start(exam, exam.county.stranger), start(exam, exam.county.head)
    admit(exam.sitting, exam.county.hr)
    actions.hand_in(done.pk, by=exam.county.head, at=exam.at)
    clock.shift(5 * MINUTE)
    as_(exam.county.stranger).get(reverse("paper_clock", args=[reading.pk]))
    rows = ask(exam).context["rows"]
    assert [(r.state, r.minutes if r.state == "quiet" else 0) for r in rows] == [("quiet", 5), ("writing", 0), ("absent", 0), ("done", 0)]
    assert rows[0].attempt == away
    clock.shift(3 * 60 * MINUTE)
    close_overdue(at=exam.at + 185 * MINUTE)
    assert ask(exam).context["counts"] == {"quiet": 0, "paused": 0, "writing": 0, "absent": 0, "missed": 1, "done": 3}


def test_fragment_is_not_sent_again_while_nothing_changes(exam, clock) -> None:
    attempt = start(exam)
    first = ask(exam, part="rows")
    assert b"<html" not in first.content
    client = as_(exam.county.invigilator)
    again = client.get(reverse("watch", args=[exam.sitting.pk]), {"part": "rows"}, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    actions.save(attempt.pk, epoch=1, seq=1, items=right_items(attempt), by=exam.learner, at=exam.at)
    changed = client.get(reverse("watch", args=[exam.sitting.pk]), {"part": "rows"}, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, "10/10" in changed.content.decode()) == (200, True)


def test_fragment_of_thirty_candidates_weighs_two_kilobytes(exam) -> None:
    for n in range(29):
        attempt = start(exam, PersonFactory(home_unit=(exam.county.finance, exam.county.personnel, exam.county.township)[n % 3]))
        actions.save(attempt.pk, epoch=1, seq=1, items=right_items(attempt, wrong=n % 10), by=attempt.candidate.person, at=exam.at)
    text = ask(exam, part="rows").content
    assert len(re.findall(b"<tr", text)) == 31
    assert len(gzip.compress(text, 9)) <= 2048


def test_board_asks_as_often_for_forty_as_for_two_and_remembers_what_it_folded(exam) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert ask(exam, part="rows").status_code == 200
        return len(queries)

    for person in (exam.learner, exam.county.stranger):
        start(exam, person)
    cold_few, warm_few = asked(), asked()
    for _n in range(38):
        start(exam, PersonFactory(home_unit=exam.county.finance))
    cache.clear()
    assert (asked(), asked()) == (cold_few, warm_few)
    assert warm_few < cold_few


def test_rooms_filter_the_list_and_the_counts(exam) -> None:
    one, two = start(exam), start(exam, exam.county.stranger)
    seat(exam, one.candidate, "一号机房", 3)
    seat(exam, two.candidate, "二号机房", 4)
    response = ask(exam, room="二号机房")
    assert [(r.attempt, r.room, r.seat) for r in response.context["rows"]] == [(two, "二号机房", "4")]
    assert response.context["counts"]["writing"] == 1
    assert [r.room for r in ask(exam).context["rows"]] == sorted(["一号机房", "二号机房"])
    assert len(ask(exam, room="三号机房").context["rows"]) == 2  # no such room: nothing is filtered


def test_minutes_for_the_chosen_and_one_click_sent_twice_is_one(exam) -> None:
    one, two, other = start(exam), start(exam, exam.county.stranger), start(exam, exam.county.hr)
    click = {"do": "time", "who": "chosen", "attempt": [one.pk, two.pk], "minutes": 10, "reason": "机房断电", "key": "click-1"}
    for role in ("invigilator", "invigilator", "centre"):
        key = "click-1" if role == "invigilator" else "click-2"
        assert post(exam, role=role, **(click | {"key": key}))["Location"] == reverse("watch", args=[exam.sitting.pk])
    assert sorted(TimeGrant.objects.values_list("attempt", "key")) == sorted((a.pk, k) for a in (one, two) for k in ("click-1", "click-2"))
    assert not other.grants.exists()


def test_everyone_in_the_list_means_the_list_as_filtered(exam) -> None:
    one, two = start(exam), start(exam, exam.county.stranger)
    seat(exam, one.candidate, "一号机房")
    seat(exam, two.candidate, "二号机房")
    response = post(exam, do="pause", who="shown", room="一号机房", reason="火警", key="alarm")
    assert response["Location"].endswith("?room=%E4%B8%80%E5%8F%B7%E6%9C%BA%E6%88%BF")
    assert [p.attempt for p in Pause.objects.all()] == [one]
    assert ask(exam).context["counts"]["paused"] == 1
    post(exam, do="resume", who="shown", room="一号机房")
    assert Pause.objects.get().resumed_by == exam.county.invigilator


def test_clicks_without_a_reason_or_a_candidate_say_so(exam) -> None:
    attempt = start(exam)
    wrong = post(exam, do="time", who="chosen", attempt=[attempt.pk], minutes=0, reason="", key="k")
    assert (wrong.status_code, len(wrong.context["wrong"])) == (400, 2)
    assert f'value="{attempt.pk}"' in wrong.content.decode()
    assert " checked" in wrong.content.decode()
    assert post(exam, do="pause", who="shown", reason=" ", key="k").status_code == 400
    nobody = as_(exam.county.invigilator).post(reverse("watch_act", args=[exam.sitting.pk]), {"do": "time", "who": "chosen"}, follow=True)
    assert len(messages_of(nobody)) == 1
    assert TimeGrant.objects.count() == Pause.objects.count() == 0


def test_a_paused_browser_is_told_and_its_save_is_taken_when_the_clock_goes_on(exam, clock) -> None:
    attempt, learner = start(exam), as_(exam.learner)
    learner.cookies["device"] = attempt.start_key
    post(exam, do="pause", who="shown", reason="火警", key="alarm")
    clock.shift(10 * MINUTE)
    told = learner.get(reverse("paper_clock", args=[attempt.pk])).json()
    assert (told["paused"], told["left"]) == (1, 3600)
    body = {"e": 1, "s": 1, "i": [right_items(attempt)[0]]}
    save = reverse("paper_save", args=[attempt.pk])
    held = learner.post(save, body, content_type="application/json")
    assert (held.status_code, held.json()["paused"]) == (423, 1)
    assert 'data-paused="1"' in learner.get(reverse("paper", args=[attempt.pk])).content.decode()
    plain = learner.post(reverse("paper", args=[attempt.pk]), {"epoch": 1, "seq": 1, "do": "save1"})
    assert plain.status_code == 423
    post(exam, do="resume", who="shown")
    taken = learner.post(save, body, content_type="application/json")
    assert (taken.status_code, taken.json()["left"], "paused" in taken.json()) == (200, 3600, False)


def test_the_seal_stands_in_the_paper(exam) -> None:
    attempt, learner = start(exam), as_(exam.learner)
    learner.cookies["device"] = attempt.start_key
    html = learner.get(reverse("paper", args=[attempt.pk])).content.decode()
    assert re.search(r'data-seal="[A-Za-z0-9+/]{87}="', html)
    assert f'data-pulse="{reverse("paper_pulse", args=[attempt.pk])}"' in html


def test_a_freed_seat_lets_the_next_browser_in_unasked_and_the_old_one_is_told(exam) -> None:
    attempt, old, new = start(exam), as_(exam.learner), as_(exam.learner)
    old.cookies["device"] = attempt.start_key
    paper = reverse("paper", args=[attempt.pk])
    assert "continue" in new.get(paper).content.decode()  # asked whether to go on here
    post(exam, name="watch_attempt", pk=attempt.pk, do="free", key="free-1")
    assert new.get(paper, follow=True).context["attempt"].epoch == 3
    assert old.get(reverse("paper_clock", args=[attempt.pk])).json()["e"] == 3
    answer = old.post(reverse("paper_save", args=[attempt.pk]), {"e": 1, "s": 1, "i": [right_items(attempt)[0]]}, content_type="application/json")
    assert answer.json()["moved"] == 1
    assert "elsewhere" in {t.name.split("/")[-1].split(".")[0] for t in old.get(paper).templates}


def test_pulse_counts_what_was_left_and_answers_like_the_clock(exam) -> None:
    attempt, learner = start(exam), as_(exam.learner)
    address = reverse("paper_pulse", args=[attempt.pk])
    told = learner.post(address, {"e": 1, "f": 3, "ms": 4200.5}, content_type="application/json")
    assert (told.status_code, told.json()["left"], told.json()["e"]) == (200, 3600, 1)
    learner.post(address, {"e": 1, "f": 0, "ms": 0}, content_type="application/json")
    assert [(loss.times, loss.longest_ms) for loss in FocusLoss.objects.all()] == [(3, 4200)]
    assert ask(exam).context["rows"][0].losses == 3
    assert as_(exam.county.stranger).post(address, {"e": 1, "f": 1, "ms": 1}, content_type="application/json").status_code == 404
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at)
    assert learner.post(address, {"e": 1, "f": 1, "ms": 1}, content_type="application/json").json() == {"go": reverse("receipt", args=[attempt.pk])}


@pytest.mark.parametrize(
    "body", ["[]", "{", '{"e":1}', '{"e":1,"f":-1,"ms":0}', '{"e":2,"f":1,"ms":0}', '{"e":1,"f":1,"ms":"a"}', '{"e":1,"f":true,"ms":1}', "1e999"]
)
def test_a_pulse_that_is_none_is_refused(exam, body) -> None:
    attempt = start(exam)
    assert as_(exam.learner).post(reverse("paper_pulse", args=[attempt.pk]), body, content_type="application/json").status_code == 400
    assert FocusLoss.objects.count() == 0


def test_a_sign_of_life_is_written_once_a_minute(exam, clock) -> None:
    attempt, learner = start(exam), as_(exam.learner)
    beats = []
    for _n in range(4):
        learner.get(reverse("paper_clock", args=[attempt.pk]))
        beats.append((Heartbeat.objects.get().at - exam.at).total_seconds())
        clock.shift(30)
    assert beats == [0, 0, 60, 60]


def test_answers_faster_than_one_can_read_are_flagged_and_nothing_else(exam, clock) -> None:
    attempt = start(exam)
    clock.shift(20)
    actions.save(attempt.pk, epoch=1, seq=1, items=right_items(attempt), by=exam.learner, at=exam.at + timedelta(seconds=20))
    assert ask(exam).context["rows"][0].fast is True
    clock.shift(20)
    assert ask(exam).context["rows"][0].fast is False


def test_reopening_through_the_screens_takes_two(exam) -> None:
    attempt = start(exam)
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at)
    form = {"do": "reopen", "minutes": 5, "reason": "误按交卷", "key": "click"}
    for _click in range(2):
        assert post(exam, name="watch_attempt", pk=attempt.pk, **form).status_code == 302
    asked = Decision.objects.get()
    assert ask(exam).context["asked"] == 1
    own = as_(exam.county.invigilator).post(reverse("watch_decide", args=[asked.pk]), {"do": "agree"}, follow=True)
    assert len(messages_of(own)) == 1
    assert Attempt.objects.filter(hand_in__isnull=True).count() == 0
    page = ask(exam, name="watch_attempt", role="centre", pk=attempt.pk).content.decode()
    assert reverse("watch_decide", args=[asked.pk]) in page
    after = post(exam, name="watch_decide", role="centre", pk=asked.pk, do="agree", next=reverse("watch_attempt", args=[attempt.pk]))
    assert after["Location"] == reverse("watch_attempt", args=[attempt.pk])
    assert post(exam, name="watch_decide", role="centre", pk=asked.pk, do="agree", next="//evil.example/")["Location"].startswith("/invigilation/")
    assert Attempt.objects.filter(hand_in__isnull=True).count() == 1
    assert ask(exam, name="watch_attempt", pk=attempt.pk).content.decode().count("误按交卷") >= 2  # asked for, and the time given
    wrong = post(exam, name="watch_attempt", pk=attempt.pk, **(form | {"key": "again"}))
    assert wrong.status_code == 400  # it has not ended now


def test_late_answers_are_listed_without_what_was_answered(exam) -> None:
    attempt = start(exam)
    items = right_items(attempt)
    actions.save(attempt.pk, epoch=1, seq=1, items=items, by=exam.learner, at=attempt.deadline + MINUTE)
    html = ask(exam, name="watch_late").content.decode()
    assert exam.learner.name in html
    assert "六" not in html  # the answer to its blanks
    record = AnswerRecord.objects.get()
    about = {"about": attempt.pk, "records": [record.pk], "key": "k"}
    assert post(exam, name="watch_late", **about, reason="").status_code == 400
    assert post(exam, name="watch_late", **about, reason="断网").status_code == 302
    post(exam, name="watch_decide", role="centre", pk=Decision.objects.get().pk, do="agree")
    assert Attempt.objects.get().hand_in.answered == 10
    assert exam.learner.name not in ask(exam, name="watch_late").content.decode()


@pytest.mark.fault(10, by="silence of a whole sitting, seen and credited on the board")
def test_an_outage_is_offered_from_the_silence_and_credited_once(exam, clock) -> None:
    attempt, other = start(exam), start(exam, exam.county.stranger)
    for seq, minute in enumerate((1, 2, 13, 14, 15), 1):
        item = {"n": 1, "v": [Paper.from_json(attempt.paper).slots[1].options[seq % 2]], "f": 0}
        actions.save(attempt.pk, epoch=1, seq=seq, items=[item], by=exam.learner, at=exam.at + minute * MINUTE)
    clock.shift(16 * MINUTE)
    page = ask(exam, name="watch_outage")
    assert [(s["began"], s["ended"]) for s in page.context["silences"]] == [(exam.at + 2 * MINUTE, exam.at + 13 * MINUTE)]
    form = {"began": "2026-11-23 10:02:00", "ended_at": "2026-11-23 10:13:00", "reason": "服务器停机", "key": "click"}
    for _click in range(2):
        assert post(exam, name="watch_outage", **form).status_code == 302
    assert Outage.objects.count() == 1
    assert sorted(TimeGrant.objects.values_list("attempt", "seconds")) == sorted([(attempt.pk, 660), (other.pk, 660)])
    for bad in ({"ended_at": "2026-11-23 10:01:00"}, {"ended_at": "2026-11-23 23:00:00"}, {"began": "gestern"}):
        assert post(exam, name="watch_outage", **(form | {"key": "other"} | bad)).status_code == 400
    assert Outage.objects.count() == 1


@pytest.mark.fault(10, 31, by="attempts that ended during the outage")
def test_what_an_outage_closed_waits_for_a_second_person(exam, clock) -> None:
    attempt = start(exam)
    clock.shift(70 * MINUTE)
    close_overdue(at=exam.at + 70 * MINUTE)
    post(exam, name="watch_outage", began="2026-11-23 10:55:00", ended_at="2026-11-23 11:05:00", reason="服务器停机", key="click")
    asked = Decision.objects.get()
    assert (asked.attempt, asked.minutes, asked.agreed) == (attempt, 10, None)


def test_incidents_of_people_and_rooms_stand_on_one_sheet(exam) -> None:
    attempt = start(exam)
    seat(exam, attempt.candidate, "一号机房", 3)
    admit(exam.sitting, exam.county.hr)
    post(exam, name="watch_attempt", pk=attempt.pk, do="incident", kind="cheating", text="带入手机")
    post(exam, name="watch_incidents", room="一号机房", kind="technical", text="空调漏水")
    post(exam, name="watch_incidents", room="没有这间", kind="other", text="开考前宣读规则")
    assert sorted(Incident.objects.values_list("room", flat=True)) == ["", "", "一号机房"]
    html = ask(exam, name="watch_incidents", room="一号机房").content.decode()
    for words in ("带入手机", "空调漏水", "开考前宣读规则", exam.learner.name):
        assert words in html
    assert post(exam, name="watch_incidents", kind="other", text="").status_code == 400


def test_a_file_is_looked_at_and_then_taken_in(exam) -> None:
    attempt = start(exam)
    content = file_of(attempt, [(1, right_items(attempt), 60_000)])
    looked = post(exam, name="watch_file", file=SimpleUploadedFile("answers-1.json", content))
    assert (looked.status_code, looked.context["new"], AnswerRecord.objects.count()) == (200, 1, 0)
    for _click in range(2):
        done = post(exam, name="watch_file", content=looked.context["content"])
        assert done["Location"] == reverse("watch_attempt", args=[attempt.pk])
    assert (AnswerFile.objects.count(), AnswerRecord.objects.count()) == (1, 1)
    assert post(exam, name="watch_file", file=SimpleUploadedFile("answers-1.json", content)).context["plan"].known is not None


def test_files_that_are_none_and_files_of_another_sitting_are_refused_with_a_sentence(exam) -> None:
    for content in (b"", b"PK", b'{"v":2,"attempt":1,"epoch":1,"plain":{}}', b'{"v":1,"attempt":999,"epoch":1,"plain":{}}', b"x" * (1024 * 1024 + 1)):
        answer = post(exam, name="watch_file", file=SimpleUploadedFile("a.json", content))
        assert answer.status_code == 400
        assert 'role="alert"' in answer.content.decode()
    assert post(exam, name="watch_file", content="!").status_code == 400
    assert AnswerFile.objects.count() == 0


@pytest.mark.parametrize("began", ["0001-01-01 00:00:00", "0100-01-01 00:00:00", "2026-11-21 09:00:00"])
def test_an_outage_is_a_day_at_most(exam, clock, began) -> None:
    attempt = start(exam)
    clock.shift(timedelta(minutes=5))
    response = post(exam, name="watch_outage", began=began, ended_at="2026-11-23 10:03:00", reason="停机", key="click")
    assert response.status_code == 400
    assert response.context["form"].errors["began"]
    assert not attempt.grants.exists()


def test_odd_input_on_the_board_is_answered_with_a_sentence(exam) -> None:
    start(exam)
    for about in ("²", "9" * 5000, "9" * 30, "-1"):
        assert post(exam, name="watch_late", about=about, reason="x", key="k").status_code == 400
    for content in ("中文", "====", "\N{NULL}", "a"):
        assert post(exam, name="watch_file", content=content).status_code == 400
