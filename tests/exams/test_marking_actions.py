"""Marking and release: one result a run, runs closed by release, later results carried with the earlier ones."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exams.attempts import actions
from exams.attempts.models import Attempt
from exams.bank.models import QuestionVersion
from exams.marking.actions import NothingToRelease, mark_due, mark_sitting, release, release_due
from exams.marking.models import GradeRun, Release, Result
from exams.marking.reading import released_results
from exams.papers.drawing import Paper
from exams.signals import result_released
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.jobs.models import Job
from tests.factories.exams import admit, right_items


def sit(exam, candidate=None, wrong=0, key="start-key-1") -> Attempt:
    candidate = candidate or exam.candidate
    attempt = actions.start(candidate, key=key, by=candidate.person, at=exam.at)
    actions.hand_in(attempt.pk, by=candidate.person, at=exam.at, epoch=1, seq=1, items=right_items(attempt, wrong))
    return attempt


def test_marking_gives_one_result_with_its_figures(exam) -> None:
    attempt = sit(exam, wrong=2)
    assert mark_due(at=exam.at) == {"marked": 1, "released": 0}
    assert mark_due(at=exam.at) == {"marked": 0, "released": 0}
    result = Result.objects.get()
    assert (result.score, result.full, result.passed) == (Decimal("16.00"), Decimal("20.00"), True)
    assert result.knowledge + result.operation == result.score
    assert result.slots == {str(n): "0.00" if n <= 2 else "2.00" for n in Paper.from_json(attempt.paper).slots}
    assert [used["key"] for used in result.policies] == ["level.excellent", "level.good", "level.pass"]
    assert AuditRow.objects.filter(verb=Verb.GRADES_RUN).count() == 1


def test_editing_a_question_changes_no_paper_and_no_mark(exam) -> None:
    attempt = sit(exam)
    slot = Paper.from_json(attempt.paper).slots[1]
    old = QuestionVersion.objects.get(pk=slot.version)
    new = QuestionVersion.objects.get(pk=slot.version)
    new.pk, new.number, new.answer = None, 2, [next(o["id"] for o in old.options if o["id"] not in old.answer)]
    new._state.adding = True
    new.save()
    old.question.current = new
    old.question.save()
    mark_due(at=exam.at)
    assert Result.objects.get().score == 20


def test_result_is_nobodys_until_released(exam, django_capture_on_commit_callbacks) -> None:
    sit(exam)
    mark_due(at=exam.at)
    assert list(released_results(exam.learner)) == []
    heard = []
    result_released.connect(lambda sitting, run, **kwargs: heard.append((sitting.pk, run.number)), weak=False, dispatch_uid="heard")
    with django_capture_on_commit_callbacks(execute=True):
        release(exam.sitting, by=exam.county.centre, at=exam.at)
    result_released.disconnect(dispatch_uid="heard")
    assert heard == [(exam.sitting.pk, 1)]
    assert [r.score for r in released_results(exam.learner)] == [20]
    row = AuditRow.objects.get(verb=Verb.RESULTS_RELEASED)
    assert (row.actor_id, row.detail) == (exam.county.centre.pk, {"run": 1, "results": 1, "passed": 1})


def test_release_waits_for_what_is_unmarked_and_happens_once(exam) -> None:
    with pytest.raises(NothingToRelease):
        release(exam.sitting, by=exam.county.centre, at=exam.at)
    sit(exam)
    mark_due(at=exam.at)
    (other,) = admit(exam.sitting, exam.county.stranger)
    sit(exam, other)
    with pytest.raises(NothingToRelease):
        release(exam.sitting, by=exam.county.centre, at=exam.at)
    mark_due(at=exam.at)
    release(exam.sitting, by=exam.county.centre, at=exam.at)
    with pytest.raises(NothingToRelease):
        release(exam.sitting, by=exam.county.centre, at=exam.at)
    assert Release.objects.count() == 1


def test_later_attempt_goes_to_a_run_that_holds_all(exam) -> None:
    exam.sitting.auto_release = True
    exam.sitting.save()
    first = sit(exam, wrong=10)
    assert mark_due(at=exam.at) == {"marked": 1, "released": 1}
    (other,) = admit(exam.sitting, exam.county.stranger)
    second = sit(exam, other)
    assert mark_due(at=exam.at) == {"marked": 1, "released": 0}  # one result was released: the next release waits a second
    assert release_due(at=exam.at + timedelta(seconds=1)) == 1
    runs = {run.number: sorted(run.results.values_list("attempt", flat=True)) for run in GradeRun.objects.all()}
    assert runs == {1: [first.pk], 2: [first.pk, second.pk]}
    assert [r.run.number for r in released_results(exam.learner)] == [2]
    assert [r.score for r in released_results(exam.learner)] == [0]
    assert mark_due(at=exam.at + timedelta(hours=1)) == {"marked": 0, "released": 0}


def test_hand_in_queues_one_marking_job(exam, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        sit(exam)
    (other,) = admit(exam.sitting, exam.county.stranger)
    with django_capture_on_commit_callbacks(execute=True):
        sit(exam, other)
    assert Job.objects.filter(kind="mark").count() == 1


def test_marking_costs_the_same_for_one_and_three(exam) -> None:
    sit(exam)
    counts = []
    for people in ([], [exam.county.stranger, exam.county.hr, exam.county.head]):
        for candidate in admit(exam.sitting, *people):
            sit(exam, candidate)
        with CaptureQueriesContext(connection) as queries:
            mark_sitting(exam.sitting, by=None, at=exam.at)
        counts.append(len(queries))
    assert counts[1] <= counts[0]
