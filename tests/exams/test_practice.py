"""A practice is seen by whoever practises and by nobody else; what a result shows; which of several attempts counts."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from exams.assessment.gathering import person_year
from exams.attempts import actions
from exams.bank.models import Question
from exams.certificates.jobs import due as certificates_due
from exams.marking.actions import NothingToRelease, mark_due, release
from exams.marking.models import Result
from exams.marking.reading import released_results, still_sat
from exams.marking.reviewing import Seen, seen
from exams.papers.models import Blueprint
from exams.sittings.accommodations import Accommodation
from exams.sittings.accommodations_actions import accommodate
from exams.sittings.actions import Refused, change_sitting
from exams.sittings.models import Sitting
from lms.web.todo import todos
from tests.conftest import TODAY
from tests.factories.certificates import make_type
from tests.factories.exams import CANARY, right_items

MINUTE = timedelta(minutes=1)
TITLE = "练习场次暗记"


@pytest.fixture(autouse=True)
def clock(exam):
    with time_machine.travel(exam.at, tick=False) as traveller:
        yield traveller


def seat(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def practice(exam):
    Question.objects.update(pool="practice")
    Blueprint.objects.update(pool="practice")
    terms = {"practice": True, "attempts_allowed": 0, "review": "at_once", "title": TITLE}
    Sitting.objects.filter(pk=exam.sitting.pk).update(**terms)
    exam.candidate.refresh_from_db()
    exam.sitting.refresh_from_db()
    return exam


def sit(exam, n: int = 1, wrong: int = 0, at=None):
    attempt = actions.start(exam.candidate, key=f"start-key-{n}", by=exam.learner, at=at or exam.at)
    actions.hand_in(attempt.pk, by=exam.learner, at=at or exam.at, epoch=1, seq=1, items=right_items(attempt, wrong))
    return attempt


def test_everything_is_shown_to_the_candidate_as_soon_as_it_is_marked(practice) -> None:
    attempt = sit(practice)
    browser = seat(practice.learner)
    assert browser.get(reverse("result", args=[attempt.pk])).status_code == 404
    mark_due(at=practice.at)
    result = browser.get(reverse("result", args=[attempt.pk]))
    assert (result.status_code, CANARY in result.content.decode()) == (200, True)
    assert reverse("result", args=[attempt.pk]) in browser.get(reverse("exams")).content.decode()
    assert sit(practice, 2).number == 2


def test_nothing_of_a_practice_reaches_anybody_else(practice) -> None:
    attempt = sit(practice)
    mark_due(at=practice.at)
    county, learner = practice.county, practice.learner
    assert Result.objects.count() == 1
    with pytest.raises(NothingToRelease):
        release(practice.sitting, by=county.centre, at=practice.at)
    for role in (county.hr, county.centre, county.unit_admin, county.head, county.trainer):
        reader = seat(role)
        pages = [reverse("results"), reverse("person", args=[learner.staff_number]), reverse("coverage"), reverse("assessment"), "/"]
        pages += [reverse("assessment_person", args=[2026, learner.pk])]
        shown = [address for address in pages if TITLE in reader.get(address).content.decode() and role not in (county.centre, county.trainer)]
        assert shown == []
        assert TITLE not in reader.get(reverse("results")).content.decode()
        assert reader.get(reverse("sitting_results", args=[practice.sitting.pk])).status_code in {403, 404}
        assert reader.get(reverse("result", args=[attempt.pk])).status_code == 404
    assert TITLE not in str(person_year(learner, 2026, today=TODAY))
    assert list(certificates_due()) == []
    assert list(released_results(learner)) == []


def test_a_practice_never_stands_among_what_is_pressing(practice) -> None:
    rows = [row for row in todos(practice.learner, practice.at) if row.title == TITLE]
    assert [(row.tone, row.primary) for row in rows] == [("info", False)]


@pytest.mark.parametrize("changes", [{"certificate_type": True}, {"auto_release": True}])
def test_the_database_knows_no_practice_that_leaves_something(practice, changes) -> None:
    if "certificate_type" in changes:
        changes = {"certificate_type": make_type()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Sitting.objects.filter(pk=practice.sitting.pk).update(**changes)


def test_a_practice_takes_questions_of_the_practice_pool_only(exam) -> None:
    exam.sitting.practice = True
    with pytest.raises(Refused):
        change_sitting(exam.sitting, by=exam.county.trainer, at=exam.at)


SEEN = [
    ("never", (False, False), Seen()), ("never", (True, True), Seen(marks=True)), ("parts", (True, True), Seen(marks=True, parts=True)),
    ("parts", (False, True), Seen()), ("after_release", (False, True), Seen()), ("after_release", (True, False), Seen(marks=True, parts=True)),
    ("after_release", (True, True), Seen(marks=True, parts=True, answers=True)), ("after_close", (False, False), Seen()),
    ("after_close", (False, True), Seen(answers=True)), ("after_close", (True, False), Seen(marks=True, parts=True)),
    ("after_close", (True, True), Seen(marks=True, parts=True, answers=True)), ("at_once", (False, False), Seen()),
]  # fmt: skip


@pytest.mark.parametrize(("review", "state", "expected"), SEEN)
def test_what_a_candidate_sees(review, state, expected) -> None:
    assert seen(review, released=state[0], over=state[1]) == expected


def test_a_practice_shows_what_its_term_says_and_waits_for_no_release() -> None:
    assert seen("at_once", released=False, over=False, practice=True) == Seen(marks=True, parts=True, answers=True)
    assert seen("never", released=False, over=False, practice=True) == Seen(marks=True)


@pytest.mark.parametrize(("review", "parts", "answers"), [("never", False, False), ("parts", True, False), ("after_release", True, True)])
def test_the_result_page_follows_the_term(exam, clock, review, parts, answers) -> None:
    Sitting.objects.filter(pk=exam.sitting.pk).update(review=review)
    attempt = sit(exam)
    mark_due(at=exam.at)
    browser = seat(exam.learner)
    assert browser.get(reverse("result", args=[attempt.pk])).status_code == 404
    release(exam.sitting, by=None, at=exam.at)
    clock.move_to(exam.sitting.closes_at)
    html = browser.get(reverse("result", args=[attempt.pk])).content.decode()
    assert ('class="panel c7"' in html) == parts
    assert (CANARY in html) == answers


def test_answers_after_the_close_come_without_marks_before_the_release(exam, clock) -> None:
    Sitting.objects.filter(pk=exam.sitting.pk).update(review="after_close")
    attempt = sit(exam, wrong=1)
    mark_due(at=exam.at)
    browser = seat(exam.learner)
    assert browser.get(reverse("result", args=[attempt.pk])).status_code == 404
    clock.move_to(exam.sitting.closes_at)
    html = browser.get(reverse("result", args=[attempt.pk])).content.decode()
    assert (CANARY in html, re.search(r'class="num score"|class="tag (pass|late)"', html)) == (True, None)


def test_no_key_is_shown_while_someone_may_still_sit_by_their_own_terms(exam) -> None:
    row = Accommodation(sitting=exam.sitting, person=exam.learner, closes_at=exam.sitting.closes_at + MINUTE, reason="病")
    accommodate(row, by=exam.county.trainer, at=exam.at)
    assert still_sat(exam.sitting, exam.sitting.closes_at) is True
    assert still_sat(exam.sitting, exam.sitting.closes_at + MINUTE) is False


@pytest.mark.parametrize(
    ("counting", "wrongs", "counts", "earning"),
    [("best", (3, 1, 6), 2, [1, 2]), ("best", (1, 1), 1, [1, 2]), ("last", (0, 6), 2, []), ("best", (9, 0), 2, [2])],
)
def test_one_of_several_attempts_counts(exam, counting, wrongs, counts, earning) -> None:
    """Where the best counts, any pass earns the certificate, and the first one gives it: waiting for a better one must not cost its days."""
    terms = {"counting": counting, "attempts_allowed": 5, "certificate_type": make_type(), "pass_percent": Decimal(60)}
    Sitting.objects.filter(pk=exam.sitting.pk).update(**terms)
    exam.candidate.refresh_from_db()
    for n, wrong in enumerate(wrongs, 1):
        sit(exam, n, wrong)
    mark_due(at=exam.at)
    release(exam.sitting, by=None, at=exam.at)
    (result,) = Result.objects.released().counting()
    assert result.attempt.number == counts
    assert [r.attempt.number for r in certificates_due()] == earning
    listed = seat(exam.county.centre).get(reverse("sitting_results", args=[exam.sitting.pk])).content.decode()
    assert listed.count(exam.candidate.number) == 1


def test_the_preview_counts_for_nothing_and_says_what_would_block_a_real_attempt(exam, clock) -> None:
    browser = seat(exam.county.trainer)
    address = reverse("sitting_preview", args=[exam.sitting.pk])
    html = browser.get(address, {"seed": "ab"}).content.decode()
    assert (html.count("<fieldset"), "say warning" in html, CANARY in html) == (10, False, False)
    assert browser.get(address, {"seed": "ab"}).content.decode().count("<fieldset") == 10
    Sitting.objects.filter(pk=exam.sitting.pk).update(navigation="parts")
    assert [browser.get(address, {"seed": "ab", "page": n}).content.decode().count("<fieldset") for n in (1, 2, 9)] == [4, 2, 2]
    clock.move_to(exam.sitting.closes_at)
    assert "say warning" in browser.get(address).content.decode()
    assert exam.candidate.attempts.count() == 0
