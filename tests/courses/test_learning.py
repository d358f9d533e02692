"""Learning: lessons, self-checks, finishing once, the path, the home page; what they cost and whom they let in."""

import gzip
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from content.library.loading import load_library
from content.library.sources import ROOT, read_topic
from content.models import LessonPage
from courses.hours.models import HoursEntry
from courses.plans.obligations import LessonState, topic_state
from courses.plans.panels import AROUND, ring
from courses.plans.rendering import learning
from courses.progress.actions import NotYet, answer_self_check, finish_lesson, open_lesson
from courses.progress.checking import accepted_answers, chosen_right, filled_right
from courses.progress.finishing import obstacles
from courses.progress.models import LessonProgress, SelfCheckAnswer
from courses.signals import lesson_finished
from lms.audit.models import AuditRow
from tests.conftest import NOW
from tests.courses.test_hours import SCALE
from tests.factories.content import check_block, make_lesson, make_topic
from tests.factories.people import PersonFactory, PostFactory

LATER = NOW + timedelta(minutes=5)


@pytest.mark.parametrize(("given_options", "right"), [([1], True), ([0], False), ([], False), ([0, 1], False)])
def test_choice_is_right_when_exactly_the_right_options_are_chosen(given_options: list[int], right: bool) -> None:
    assert chosen_right(given_options, [False, True, False]) is right


@pytest.mark.parametrize(
    ("texts", "right"), [(["物理"], True), (["物理隔离"], True), ([" 物 理 "], True), (["逻辑"], False), ([""], False), (["物理", "物理"], False)]
)
def test_blank_takes_any_accepted_answer(texts: list[str], right: bool) -> None:
    assert filled_right(texts, "物理\n物理隔离") is right


def test_empty_line_begins_the_next_blank() -> None:
    assert accepted_answers("三\r\n3\r\n\r\n五\n") == [["三", "3"], ["五"]]
    assert filled_right(["３", "五"], "三\n3\n\n五")


@pytest.mark.parametrize(
    ("right", "minutes_gone", "checks", "minutes"),
    [([], 0, ("a", "b"), 5), (["a"], 2, ("b",), 3), (["a", "b"], 4.5, (), 1), (["a", "b"], 5, (), 0), (["b", "a", "x"], 600, (), 0)],
)
def test_obstacles_to_finishing(right: list[str], minutes_gone: float, checks: tuple[str, ...], minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes_gone)
    found = obstacles(checks=["a", "b"], right=right, minutes=20, least_share=Decimal("0.25"), opened_at=NOW, at=at)
    assert (found.checks, found.minutes) == (checks, minutes)
    assert bool(found) is bool(checks or minutes)


@given(st.lists(st.builds(LessonState, minutes=st.integers(1, 90), begun=st.booleans(), finished=st.booleans()), max_size=6))
def test_topic_is_done_when_every_lesson_is(lessons: list[LessonState]) -> None:
    found = topic_state(tier="leaders", own_tiers=["leaders"], lessons=lessons, scale=SCALE)
    assert (found.state == "done") is (bool(lessons) and all(lesson.finished for lesson in lessons))
    assert found.required


@given(*[st.decimals(0, 700, places=2)] * 4)
def test_ring_is_never_overfull(needed: Decimal, done: Decimal, required: Decimal, due: Decimal) -> None:
    found = ring(needed=needed, done=done, required=required, due=due)
    assert 0 <= found.required + found.other <= AROUND + 0.2
    assert 0 <= found.angle <= 360


@pytest.fixture
def lesson(county):
    return make_lesson(make_topic())


def right_answer(person, lesson) -> None:
    answer_self_check(lesson, "c1", ["1"], by=person, at=NOW)


def test_finishing_too_soon_names_everything_missing(county, lesson) -> None:
    open_lesson(lesson, by=county.learner, at=NOW)
    with pytest.raises(NotYet) as caught:
        finish_lesson(lesson, by=county.learner, at=NOW)
    assert (caught.value.obstacles.checks, caught.value.obstacles.minutes) == (("c1",), 4)
    assert not HoursEntry.objects.exists()


def test_wrong_answer_does_not_count_and_stays(county, lesson) -> None:
    open_lesson(lesson, by=county.learner, at=NOW)
    assert not answer_self_check(lesson, "c1", ["0"], by=county.learner, at=NOW).right
    with pytest.raises(NotYet):
        finish_lesson(lesson, by=county.learner, at=LATER)
    right_answer(county.learner, lesson)
    finish_lesson(lesson, by=county.learner, at=LATER)
    assert SelfCheckAnswer.objects.count() == 2


def test_finishing_credits_hours_once_by_policy(county, lesson, django_capture_on_commit_callbacks) -> None:
    heard = []
    lesson_finished.connect(lambda **fact: heard.append((fact["person_id"], fact["lesson_id"])), weak=False, dispatch_uid="test")
    open_lesson(lesson, by=county.learner, at=NOW)
    right_answer(county.learner, lesson)
    with django_capture_on_commit_callbacks(execute=True):
        finish_lesson(lesson, by=county.learner, at=LATER)
        finish_lesson(lesson, by=county.learner, at=LATER + timedelta(days=1))
    lesson_finished.disconnect(dispatch_uid="test")
    entry = HoursEntry.objects.get()
    assert (entry.hours, entry.evidence, entry.tier, entry.policy.key) == (
        Decimal("0.5"),
        f"lesson:{lesson.pk}",
        "civil-servants",
        "hours.minutes_half",
    )
    assert heard == [(county.learner.pk, lesson.pk)]
    assert AuditRow.objects.filter(verb="lesson:finish").count() == 1


def test_lost_bookmark_does_not_earn_hours_twice(county, lesson) -> None:
    open_lesson(lesson, by=county.learner, at=NOW)
    right_answer(county.learner, lesson)
    finish_lesson(lesson, by=county.learner, at=LATER)
    LessonProgress.objects.update(finished_at=None)
    finish_lesson(lesson, by=county.learner, at=LATER)
    assert HoursEntry.objects.count() == 1


def test_reading_again_keeps_the_first_opening(county, lesson) -> None:
    open_lesson(lesson, by=county.learner, at=NOW)
    open_lesson(lesson, by=county.learner, at=LATER)
    progress = LessonProgress.objects.get()
    assert (progress.opened_at, progress.seen_at) == (NOW, LATER)


def test_path_marks_own_tiers_and_what_to_go_on_with(county) -> None:
    person = PersonFactory(home_unit=county.finance, post=PostFactory())
    first, second = make_topic(), make_topic("leaders-01", "leaders")
    lessons = [make_lesson(first), make_lesson(first), make_lesson(second)]
    found = learning(person, NOW)
    assert [(lane.tier.tier, lane.mine) for lane in found.lanes] == [("civil-servants", True), ("leaders", False)]
    assert found.resume()[1].pk == lessons[0].pk
    open_lesson(lessons[2], by=person, at=NOW)
    assert found.open_topics()[0].topic.key == first.key
    assert learning(person, NOW).resume()[1].pk == lessons[2].pk


def test_lesson_page_answers_at_once_and_credits(client, county, lesson) -> None:
    client.force_login(county.learner)
    address = reverse("lesson", args=[lesson.pk])
    with time_machine.travel(NOW, tick=False):
        page = client.get(address).content.decode()
        assert "哪一项对？" in page
        assert "因为。" not in page
        client.post(reverse("lesson_check", args=[lesson.pk, "c1"]), {"a": "0"})
        assert "因为。" in client.get(address).content.decode()
        refused = client.post(reverse("lesson_finish", args=[lesson.pk]), follow=True)
        assert len(refused.context["messages"]) == 2
        client.post(reverse("lesson_check", args=[lesson.pk, "c1"]), {"a": "1"})
    with time_machine.travel(LATER, tick=False):
        client.post(reverse("lesson_finish", args=[lesson.pk]))
    assert HoursEntry.objects.get().person == county.learner


@pytest.mark.parametrize(("kind", "given_answer"), [("single", ["1"]), ("multiple", ["1"]), ("true_false", ["1"]), ("fill_in", ["物理"])])
def test_every_kind_of_self_check_can_be_answered_without_script(client, county, kind: str, given_answer: list[str]) -> None:
    lesson = make_lesson(make_topic(), body=[check_block("k", kind)])
    client.force_login(county.learner)
    assert client.get(reverse("lesson", args=[lesson.pk])).status_code == 200
    client.post(reverse("lesson_check", args=[lesson.pk, "k"]), {"a": given_answer})
    assert SelfCheckAnswer.objects.get().right
    client.post(reverse("lesson_check", args=[lesson.pk, "k"]), {"a": ""})
    client.post(reverse("lesson_check", args=[lesson.pk, "gone"]), {"a": "1"})
    assert SelfCheckAnswer.objects.count() == 1


def test_position_is_remembered_within_the_lesson(client, county, lesson) -> None:
    client.force_login(county.learner)
    client.get(reverse("lesson", args=[lesson.pk]))
    address = reverse("lesson_position", args=[lesson.pk])
    assert client.post(address, {"position": "1"}).status_code == 204
    assert LessonProgress.objects.get().position == 1
    assert client.post(address, {"position": "999"}).status_code == 204
    assert LessonProgress.objects.get().position == len(lesson.body) - 1
    assert [client.post(address, {"position": text}).status_code for text in ("-1", "x", "99999")] == [400] * 3
    assert "#b2" in client.get(reverse("home")).content.decode()


def test_unknown_and_unpublished_pages_are_not_there(client, county, lesson) -> None:
    client.force_login(county.learner)
    lesson.unpublish()
    for address in (reverse("lesson", args=[lesson.pk]), reverse("lesson", args=[999999]), reverse("topic", args=["nowhere-01"])):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", ["learn", "record", "home", "search"])
def test_pages_ask_for_sign_in(client, db, name: str) -> None:
    assert client.get(reverse(name)).status_code == 302


def test_new_person_sees_empty_states(client, county) -> None:
    client.force_login(county.learner)
    for name in ("home", "learn", "record", "search"):
        assert client.get(reverse(name)).status_code == 200


def test_path_without_policy_figures_says_so(client, db) -> None:
    client.force_login(PersonFactory())
    assert client.get(reverse("learn")).status_code == 200


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["home", "learn"])
def test_pages_ask_as_many_queries_for_three_topics_as_for_one(client, county, name: str) -> None:
    person = PersonFactory(home_unit=county.finance, post=PostFactory())
    client.force_login(person)
    open_lesson(make_lesson(make_topic()), by=person, at=NOW)
    client.get(reverse(name))
    one = queries(client, reverse(name))
    for n in (2, 3):
        topic = make_topic(f"civil-servants-0{n}")
        for _ in range(2):
            open_lesson(make_lesson(topic), by=person, at=NOW)
    assert queries(client, reverse(name)) == one


def weight(response, *, also: tuple[str, ...] = ()) -> int:
    """Bytes on the wire of a first load: the page, the style sheet and its scripts, compressed."""
    parts = [response.content, *(Path(finders.find(name)).read_bytes() for name in ("lms/site.css", *also))]
    return sum(len(gzip.compress(part, 9)) for part in parts)


def test_first_load_of_home_and_lesson_is_light(client, county) -> None:
    topics = [read_topic(folder, "civil-servants") for folder in sorted((ROOT / "civil-servants").iterdir())]
    load_library(topics, by=None, at=NOW)
    client.force_login(PersonFactory(home_unit=county.finance, post=PostFactory()))
    assert weight(client.get(reverse("home"))) <= 14 * 1024
    for lesson in LessonPage.objects.all():
        assert weight(client.get(reverse("lesson", args=[lesson.pk])), also=("courses/lesson.js",)) <= 20 * 1024
