"""The outbox: once while unfinished, taken over when a worker dies, fenced, retried, stopped when asked."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.jobs import actions
from lms.jobs.actions import LEASE, MAX_TRIES, cancel, claim, enqueue, run, run_due
from lms.jobs.handlers import EVERY, HANDLERS, Work, handles
from lms.jobs.models import Job
from lms.jobs.states import JobState


@pytest.fixture
def kind(db, monkeypatch):
    """Register a handler for one test: ``kind(function)`` gives the name of its kind."""

    def register(function):
        monkeypatch.setitem(HANDLERS, "test.kind", function)
        return "test.kind"

    return register


def queued(kind: str, **more) -> Job:
    return enqueue(kind, title="t", by=None, at=timezone.now(), **more)


def test_job_runs_once_and_keeps_its_result(kind) -> None:
    seen = []
    job = queued(kind(lambda work: seen.append(work.arguments) or {"link": "/x/"}), total=3, a=1)
    assert (run_due(), run_due()) == (1, 0)
    job.refresh_from_db()
    assert (job.state, job.result, job.done, seen) == (JobState.DONE, {"link": "/x/"}, 3, [{"a": 1}])


def test_same_key_is_one_job_until_it_is_finished(kind) -> None:
    name = kind(lambda work: None)
    first = queued(name, key="k")
    assert queued(name, key="k") == first
    assert queued(name) != queued(name)
    run_due()
    assert queued(name, key="k") != first


def test_key_whose_job_is_finished_in_the_same_moment_gets_a_job_of_its_own(kind, monkeypatch) -> None:
    name = kind(lambda work: None)
    first = queued(name, key="k")
    save = Job.save

    def too_late(job: Job, **how: object) -> None:
        monkeypatch.setattr(Job, "save", save)
        raise IntegrityError("job_once_while_unfinished")

    run_due()  # done between the insert that was refused and the look for the job in its way
    monkeypatch.setattr(Job, "save", too_late)
    second = queued(name, key="k")
    assert (second.pk != first.pk, second.state) == (True, JobState.WAITING)


@pytest.mark.fault(48, by="a worker sleeps past its lease and writes on")
def test_lease_that_ran_out_is_taken_over_and_fences_the_first_worker(kind) -> None:
    job = queued(kind(lambda work: work.progress(1, 2)))
    start = timezone.now()
    first = claim(start)
    assert claim(start + LEASE) is None
    second = claim(start + LEASE + timedelta(seconds=1))
    assert (second.pk, second.tries, second.lease_token != first.lease_token) == (job.pk, 2, True)
    run(first)
    job.refresh_from_db()
    assert (job.state, job.done, job.lease_token) == (JobState.RUNNING, 0, second.lease_token)
    run(second)
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.DONE, 2)


@pytest.mark.fault(46, by="a handler that fails every time")
def test_fault_is_retried_later_then_parked_with_a_reference(kind) -> None:
    tries = []

    def breaks(work: Work) -> None:
        tries.append(1)
        raise RuntimeError("broken")

    job = queued(kind(breaks))
    for _n in range(MAX_TRIES):
        assert run_due() == 1
        assert run_due() == 0
        Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    job.refresh_from_db()
    assert (job.state, len(tries), len(job.error)) == (JobState.FAILED, 3, 8)


def test_waiting_job_is_cancelled_at_once_and_a_running_one_at_its_next_step(kind, county) -> None:
    job = queued(kind(lambda work: work.progress(0, 1)))
    cancel(job, by=county.hr, at=timezone.now())
    job.refresh_from_db()
    assert (job.state, run_due(), AuditRow.objects.filter(verb=Verb.JOB_CANCELLED).count()) == (JobState.CANCELLED, 0, 1)
    steps = []

    def works(work: Work) -> None:
        for n in range(5):
            steps.append(n)
            if n == 1:
                cancel(work.job, by=county.hr, at=timezone.now())
            work.progress(n, 5)

    other = queued(kind(works))
    run_due()
    other.refresh_from_db()
    assert (other.state, steps) == (JobState.CANCELLED, [0, 1])


def test_sweeps_are_queued_when_their_interval_has_passed(kind, monkeypatch) -> None:
    name = kind(lambda work: None)
    monkeypatch.setattr(actions, "EVERY", {name: timedelta(hours=1)})
    now = timezone.now()
    assert [actions.queue_sweeps(now), actions.queue_sweeps(now)] == [1, 0]
    run_due()
    assert [actions.queue_sweeps(now + timedelta(minutes=59)), actions.queue_sweeps(now + timedelta(minutes=61))] == [0, 1]


def test_two_handlers_for_one_kind_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="Two handlers"):
        handles("exchange.execute")(lambda work: None)
    assert set(EVERY) <= set(HANDLERS)
