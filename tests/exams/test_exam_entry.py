"""What is said before the clock starts, and how an exam ends that nobody hands in."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from exams.attempts import actions
from exams.attempts.closing import close_overdue
from exams.attempts.models import Attempt, HandIn
from exams.marking.actions import mark_due
from exams.marking.models import Result
from exams.sittings.accommodations import Accommodation
from exams.sittings.accommodations_actions import accommodate
from exams.sittings.models import Sitting
from tests.factories.exams import right_items

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock(exam):
    with time_machine.travel(exam.at, tick=False) as traveller:
        yield traveller


@pytest.fixture
def browser(exam) -> Client:
    client = Client()
    client.force_login(exam.learner)
    client.cookies.load({"lang": "en"})
    return client


def change(exam, **terms) -> None:
    Sitting.objects.filter(pk=exam.sitting.pk).update(**terms)


def entry(exam, browser) -> str:
    return browser.get(reverse("exam_entry", args=[exam.sitting.pk])).content.decode()


@pytest.mark.parametrize(
    ("opens", "closes", "labels", "notice", "enabled"),
    [
        (2, 4, ["Opens", "Closes"], "The sitting has not opened yet.", False),
        (0.5, 4, ["Opens", "Closes"], "The sitting has not opened yet.", False),
        (-1, 2, ["Opened", "Closes"], "", True),
        (-1, 0.5, ["Opened", "Closes"], "in 30", True),
        (-3, -1, ["Opened", "Closed"], "The sitting is closed.", False),
        (-3, 0, ["Opened", "Closed"], "The sitting is closed.", False),
    ],
)
def test_labels_notice_and_button_follow_the_window(exam, browser, opens, closes, labels, notice, enabled) -> None:
    change(exam, opens_at=exam.at + opens * HOUR, closes_at=exam.at + closes * HOUR)
    html = entry(exam, browser)
    assert re.findall(r"<th>(Opens|Opened|Closes|Closed)</th>", html) == labels
    assert notice in html
    assert ('<button class="btn">Begin answering' in html) == enabled
    assert Attempt.objects.count() == 0


def test_everything_is_announced_before_the_start_by_ones_own_terms(exam, browser) -> None:
    change(exam, attempts_allowed=2, wait_minutes=30, counting="last", pass_percent="66.50", networks="10.0.0.0/8", closes_at=exam.at + 5 * HOUR)
    row = Accommodation(sitting=exam.sitting, person=exam.learner, extra=25, reason="视力")
    accommodate(row, by=exam.county.trainer, at=exam.at)
    html = entry(exam, browser)
    for words in (
        "75 minutes from the start",
        "25% more time",
        "66.5%",
        "2 of 2",
        "the last attempt counts",
        "30 minutes between",
        "network of the exam",
    ):
        assert words in html
    change(exam, pass_percent=0, attempts_allowed=0, duration=0)
    html = entry(exam, browser)
    assert "Pass mark" not in html
    assert "as many as you like" in html
    assert "No limit but the end" in html


def test_waiting_time_between_attempts(exam, browser, clock) -> None:
    change(exam, attempts_allowed=3, wait_minutes=30)
    first = actions.start(exam.candidate, key="start-key-1", by=exam.learner, at=exam.at)
    actions.hand_in(first.pk, by=exam.learner, at=exam.at + 5 * MINUTE)
    for at, allowed in ((34, False), (35, True)):
        if allowed:
            assert actions.start(exam.candidate, key="start-key-2", by=exam.learner, at=exam.at + at * MINUTE).number == 2
        else:
            with pytest.raises(actions.MayNotStart):
                actions.start(exam.candidate, key="start-key-2", by=exam.learner, at=exam.at + at * MINUTE)


def test_any_number_of_attempts(exam) -> None:
    change(exam, attempts_allowed=0)
    exam.candidate.refresh_from_db()
    for n in range(1, 5):
        attempt = actions.start(exam.candidate, key=f"start-key-{n}", by=exam.learner, at=exam.at)
        actions.hand_in(attempt.pk, by=exam.learner, at=exam.at)
    assert attempt.number == 4


def grace(exam, browser, **terms) -> Attempt:
    change(exam, **terms)
    browser.post(reverse("exam_start", args=[exam.sitting.pk]), {"key": "key-of-this-browser"})
    attempt = Attempt.objects.get()
    actions.save(attempt.pk, epoch=1, seq=1, items=right_items(attempt, wrong=2), by=exam.learner, at=exam.at + MINUTE)
    return attempt


def test_in_the_grace_nothing_more_is_answered_and_the_hand_in_keeps_its_real_time(exam, browser, clock) -> None:
    attempt = grace(exam, browser, overdue="grace", grace_minutes=10)
    late = attempt.deadline + 4 * MINUTE
    clock.move_to(late)
    assert close_overdue(at=late) == 0
    assert browser.get(reverse("paper", args=[attempt.pk]))["Location"] == reverse("hand_in", args=[attempt.pk])
    assert actions.save(attempt.pk, epoch=1, seq=2, items=right_items(attempt), by=exam.learner, at=late).closed is True
    assert browser.get(reverse("hand_in", args=[attempt.pk])).status_code == 200
    browser.post(reverse("hand_in", args=[attempt.pk]))
    end = HandIn.objects.get()
    assert (end.how, end.at, end.answered) == ("candidate", late, 8)


@pytest.mark.parametrize(("terms", "after"), [({"overdue": "grace", "grace_minutes": 10}, 10), ({"overdue": "abandon"}, 0)])
def test_what_had_to_be_handed_in_and_was_not_gets_no_result(exam, browser, clock, terms, after) -> None:
    attempt = grace(exam, browser, **terms)
    end = attempt.deadline + after * MINUTE
    assert close_overdue(at=end) == 0
    assert close_overdue(at=end + MINUTE) == 1
    lapsed = HandIn.objects.get()
    assert (lapsed.how, lapsed.at) == ("lapsed", end)
    mark_due(at=end + MINUTE)
    assert Result.objects.count() == 0
    clock.move_to(end + MINUTE)
    assert browser.get(reverse("receipt", args=[attempt.pk])).status_code == 200
    change(exam, closes_at=end + MINUTE)
    described = Sitting.objects.described().get(pk=exam.sitting.pk)
    assert described.state(end + 2 * MINUTE) == "marked"


def test_a_hand_in_after_an_abandoned_end_changes_nothing(exam, browser) -> None:
    attempt = grace(exam, browser, overdue="abandon")
    end = actions.hand_in(attempt.pk, by=exam.learner, at=attempt.deadline + MINUTE, epoch=1, seq=2, items=right_items(attempt))
    assert (end.how, end.answered) == ("lapsed", 8)
