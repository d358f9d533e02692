"""What takes two people: reopening, and letting late answers count. The old end stays, the marks follow."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from exams.attempts import actions
from exams.attempts.closing import close_overdue
from exams.attempts.models import Attempt, HandIn
from exams.attempts.pausing import pause
from exams.attempts.reading import answers_of, ended, left
from exams.attempts.reopening import Refused, agree, ask_late, ask_reopening, refuse
from exams.attempts.watched import Decision
from exams.marking.actions import NothingToRelease, mark_due, mark_sitting, release
from exams.marking.models import GradeRun, Result
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from tests.factories.exams import right_items

MINUTE = timedelta(minutes=1)


def sit(exam, wrong=5) -> Attempt:
    attempt = actions.start(exam.candidate, key="start-key-1", by=exam.learner, at=exam.at)
    actions.save(attempt.pk, epoch=1, seq=1, items=right_items(attempt, wrong), by=exam.learner, at=exam.at + MINUTE)
    return attempt


def fresh(attempt) -> Attempt:
    return Attempt.objects.with_state().get(pk=attempt.pk)


def ask(exam, attempt, minutes=0, key="click", at=None, by=None) -> Decision:
    at = at or exam.at + 10 * MINUTE
    return ask_reopening(attempt.pk, minutes=minutes, reason="误按交卷", key=key, by=by or exam.county.invigilator, at=at)


def reopen(exam, attempt, minutes=0, at=None) -> Decision:
    at = at or exam.at + 10 * MINUTE
    return agree(ask(exam, attempt, minutes, at=at).pk, by=exam.county.centre, at=at)


@pytest.mark.fault(31, by="an attempt that had ended is reopened")
def test_a_reopened_attempt_goes_on_with_what_was_left_and_keeps_its_old_end(exam) -> None:
    attempt = sit(exam)
    first = actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 4 * MINUTE)
    decision = reopen(exam, attempt, minutes=5)
    now = exam.at + 10 * MINUTE
    assert (ended(fresh(attempt)), left(fresh(attempt), now)) == (False, (60 - 4 + 5) * 60)
    assert (decision.end, decision.second) == (first, exam.county.centre)
    second = actions.hand_in(attempt.pk, by=exam.learner, at=now + MINUTE, epoch=1, seq=2, items=right_items(attempt))
    assert (second.answered, second.receipt == first.receipt) == (10, False)
    assert HandIn.objects.get(pk=first.pk).receipt == first.receipt
    line = AuditRow.objects.get(verb=Verb.ATTEMPT_REOPENED)
    assert (line.actor_id, line.detail["asked_by"], line.detail["undone"]) == (exam.county.centre.pk, exam.county.invigilator.pk, first.receipt)


@pytest.mark.fault(31, by="one person asks and agrees")
def test_one_who_asked_cannot_agree_or_refuse(exam) -> None:
    attempt = sit(exam)
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 4 * MINUTE)
    asked = ask(exam, attempt)
    for act in (agree, refuse):
        with pytest.raises(Refused):
            act(asked.pk, by=exam.county.invigilator, at=exam.at + 11 * MINUTE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=asked.pk).update(agreed=True, second=exam.county.invigilator, decided_at=exam.at)
    assert ended(fresh(attempt))


def test_a_refused_request_changes_nothing_and_may_be_asked_again(exam) -> None:
    attempt = sit(exam)
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 4 * MINUTE)
    asked = ask(exam, attempt)
    with pytest.raises(Refused):
        ask(exam, attempt, key="other")  # one waits already
    assert ask(exam, attempt) == asked
    refuse(asked.pk, by=exam.county.centre, at=exam.at + 11 * MINUTE)
    assert agree(asked.pk, by=exam.county.centre, at=exam.at + 11 * MINUTE).agreed is False
    assert ended(fresh(attempt))
    agree(ask(exam, attempt, key="third").pk, by=exam.county.centre, at=exam.at + 12 * MINUTE)
    assert not ended(fresh(attempt))


@pytest.mark.fault(31, by="the agreement sent twice")
def test_agreeing_twice_reopens_once(exam) -> None:
    attempt = sit(exam)
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 4 * MINUTE)
    asked = reopen(exam, attempt)
    agree(asked.pk, by=exam.county.centre, at=exam.at + 20 * MINUTE)
    assert attempt.grants.count() == 1


def test_closed_at_the_deadline_needs_minutes(exam) -> None:
    attempt = sit(exam)
    later = attempt.deadline + 3 * MINUTE
    close_overdue(at=later)
    with pytest.raises(Refused):
        ask(exam, attempt, minutes=0, at=later)
    reopen(exam, attempt, minutes=10, at=later)
    assert left(fresh(attempt), later) == 600
    assert close_overdue(at=later + 9 * MINUTE) == 0
    assert close_overdue(at=later + 11 * MINUTE) == 1


def test_an_open_attempt_or_one_followed_by_another_is_not_reopened(exam) -> None:
    attempt = sit(exam)
    with pytest.raises(Refused):
        ask(exam, attempt)
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 4 * MINUTE)
    exam.sitting.attempts_allowed = 2
    exam.sitting.save()
    exam.candidate.refresh_from_db()
    actions.start(exam.candidate, key="start-key-2", by=exam.learner, at=exam.at + 5 * MINUTE)
    with pytest.raises(Refused):
        ask(exam, attempt)


def test_a_pause_that_ran_at_the_end_is_over_with_it(exam) -> None:
    attempt = sit(exam)
    pause([attempt.pk], reason="火警", key="k", by=exam.county.invigilator, at=exam.at + 2 * MINUTE)
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 4 * MINUTE)
    reopen(exam, attempt)
    assert left(fresh(attempt), exam.at + 10 * MINUTE) == 58 * 60


def test_marks_of_the_old_end_are_superseded_and_marked_again_after_the_new(exam) -> None:
    attempt = sit(exam)
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 4 * MINUTE)
    mark_due(at=exam.at + 5 * MINUTE)
    assert Result.objects.get().score == 10
    reopen(exam, attempt)
    assert mark_sitting(exam.sitting, by=None, at=exam.at + 11 * MINUTE) == 0
    with pytest.raises(NothingToRelease):
        release(exam.sitting, by=exam.county.centre, at=exam.at + 11 * MINUTE)
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 20 * MINUTE, epoch=1, seq=2, items=right_items(attempt))
    for _again in range(2):
        mark_due(at=exam.at + 21 * MINUTE)
    signed = release(exam.sitting, by=exam.county.centre, at=exam.at + 22 * MINUTE)
    assert [(r.attempt_id, r.score) for r in signed.run.results.all()] == [(attempt.pk, 20)]
    assert [r.score for r in Result.objects.released()] == [20]
    assert Result.objects.count() == 2  # the superseded one stays in its run
    assert not GradeRun.objects.open().exists()
    with pytest.raises(NothingToRelease):
        release(exam.sitting, by=exam.county.centre, at=exam.at + 23 * MINUTE)


def test_a_released_result_is_not_reopened_not_even_between_asking_and_agreeing(exam) -> None:
    attempt = sit(exam)
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 4 * MINUTE)
    asked = ask(exam, attempt)
    mark_due(at=exam.at + 5 * MINUTE)
    release(exam.sitting, by=exam.county.centre, at=exam.at + 6 * MINUTE)
    with pytest.raises(Refused):
        agree(asked.pk, by=exam.county.centre, at=exam.at + 7 * MINUTE)
    with pytest.raises(Refused):
        ask(exam, attempt, key="again")
    assert ended(fresh(attempt))


def late(exam, attempt, seq=2) -> int:
    actions.save(attempt.pk, epoch=1, seq=seq, items=right_items(attempt), by=exam.learner, at=attempt.deadline + MINUTE)
    return attempt.answers.get(seq=seq).pk


@pytest.mark.fault(18, by="late answers, and a decision of two people")
def test_late_answers_count_once_two_people_say_so_and_are_marked(exam) -> None:
    attempt = sit(exam)
    record = late(exam, attempt)
    mark_due(at=attempt.deadline + 2 * MINUTE)
    old = fresh(attempt).hand_in
    at = attempt.deadline + 5 * MINUTE
    asked = ask_late(attempt.pk, records=[record], reason="断网", key="k", by=exam.county.invigilator, at=at)
    assert sum(1 for a in answers_of([attempt])[attempt.pk].values() if a.values) == 5
    agree(asked.pk, by=exam.county.centre, at=at)
    new = fresh(attempt).hand_in
    assert (new.pk == old.pk, new.at, new.how, old.answered, new.answered) == (False, old.at, old.how, 5, 10)
    mark_due(at=at)
    release(exam.sitting, by=exam.county.centre, at=at)
    assert [r.score for r in Result.objects.released()] == [20]
    assert not attempt.answers.evidence().exists()


def test_late_answers_that_were_refused_stay_evidence(exam) -> None:
    attempt = sit(exam)
    record = late(exam, attempt)
    at = attempt.deadline + 5 * MINUTE
    with pytest.raises(Refused):
        ask_late(attempt.pk, records=[record + 1000], reason="断网", key="k", by=exam.county.invigilator, at=at)
    asked = ask_late(attempt.pk, records=[record], reason="断网", key="k", by=exam.county.invigilator, at=at)
    refuse(asked.pk, by=exam.county.centre, at=at)
    assert fresh(attempt).hand_in.answered == 5
    assert [r.pk for r in attempt.answers.evidence()] == [record]
