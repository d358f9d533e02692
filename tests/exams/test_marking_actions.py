"""Marking and release: one result a run, runs closed by release, later results carried with the earlier ones."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exams.attempts import actions
from exams.attempts.models import Attempt
from exams.bank.models import QuestionVersion
from exams.marking import actions as marking
from exams.marking.actions import NothingToRelease, mark_due, mark_sitting, release, release_due
from exams.marking.models import GradeRun, Release, Result
from exams.marking.reading import released_results, review_of, still_sat
from exams.papers.drawing import Paper
from exams.signals import result_released
from exams.sittings.actions import cancel_sitting
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.jobs.models import Job
from lms.policy.querysets import PolicyBook
from tests.factories.exams import admit, make_sitting, right_items


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


@pytest.mark.fault(32, 33, 35, by="a new version with another key while the paper is out")
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


@pytest.mark.fault(34, 35, by="release before everything is marked, and twice")
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


@pytest.mark.fault(34, by="an attempt handed in after a release")
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


def test_cancelled_sitting_is_neither_marked_nor_released(exam) -> None:
    exam.sitting.auto_release = True
    exam.sitting.save()
    sit(exam)
    cancel_sitting(exam.sitting, reason="试卷外泄", by=exam.county.centre, at=exam.at)
    assert mark_due(at=exam.at) == {"marked": 0, "released": 0}
    assert mark_sitting(exam.sitting, by=None, at=exam.at) == 0
    assert (Result.objects.count(), Release.objects.count()) == (0, 0)


def test_marked_sitting_that_was_cancelled_cannot_be_released(exam) -> None:
    exam.sitting.auto_release = True
    exam.sitting.save()
    sit(exam)
    mark_sitting(exam.sitting, by=None, at=exam.at)
    cancel_sitting(exam.sitting, reason="试卷外泄", by=exam.county.centre, at=exam.at)
    with pytest.raises(NothingToRelease):
        release(exam.sitting, by=exam.county.centre, at=exam.at)
    assert release_due(at=exam.at) == 0
    assert Release.objects.count() == 0


def test_sitting_that_cannot_be_marked_holds_up_no_other(exam, caplog) -> None:
    early = make_sitting(exam.county.root, exam.at.replace(year=1995), blueprint=exam.sitting.blueprint)
    (candidate,) = admit(early, exam.learner)
    attempt = actions.start(candidate, key="start-key-9", by=exam.learner, at=exam.at.replace(year=1995))
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at.replace(year=1995))  # no level figure was in force then
    sit(exam)
    assert mark_due(at=exam.at) == {"marked": 1, "released": 0}
    assert f"Sitting {early.pk} could not be marked." in caplog.text


@pytest.mark.fault(34, by="two markers at once, the slower writes last")
def test_slower_marker_makes_no_run_of_its_own(exam) -> None:
    attempt = sit(exam)
    slow, _pieces = marking._marked(exam.sitting, [Attempt.objects.select_related("hand_in").get(pk=attempt.pk)], PolicyBook(), exam.at)
    mark_sitting(exam.sitting, by=None, at=exam.at)
    release(exam.sitting, by=exam.county.centre, at=exam.at)
    assert marking._write(exam.sitting, slow, by=None, at=exam.at) == 0
    assert GradeRun.objects.count() == 1


@pytest.mark.fault(36, by="released results while others still write")
def test_keys_stay_hidden_while_the_sitting_goes_on(exam) -> None:
    sit(exam)
    mark_due(at=exam.at)
    release(exam.sitting, by=exam.county.centre, at=exam.at)
    (result,) = released_results(exam.learner)
    sitting = exam.sitting
    assert still_sat(sitting, sitting.closes_at - timedelta(seconds=1))
    assert not still_sat(sitting, sitting.closes_at)
    (other,) = admit(sitting, exam.county.head)
    actions.start(other, key="start-key-2", by=exam.county.head, at=exam.at)
    assert still_sat(sitting, sitting.closes_at)  # time was added for someone
    sitting.closes_at = timezone.now() + timedelta(hours=1)
    sitting.save()
    result.attempt.candidate.sitting = sitting
    assert review_of(result) is None
