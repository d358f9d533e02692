"""Queuing, claiming and running jobs. The database is the truth; Celery and the embedded worker are only woken by it."""

import logging
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.jobs.handlers import EVERY, HANDLERS, Cancelled, LeaseLost, Work
from lms.jobs.models import Job
from lms.jobs.states import UNFINISHED, JobState
from lms.people.models import Person

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)  # longer than any chunk between two progress calls; a dead worker's job is taken over after this
MAX_TRIES = 3


def enqueue(kind: str, *, title: str, by: Person | None, at: datetime, key: str = "", total: int = 0, **arguments: Any) -> Job:
    """Put a job into the outbox, in the caller's transaction; workers are woken on commit.

    With a ``key``, an unfinished job of the same key is returned instead of a second one.
    """
    standing = _standing(key)
    if standing is not None:
        return standing
    job = Job(kind=kind, key=key, title=title, arguments=arguments, by=by, created_at=at, due_at=at, total=total)
    for last in (False, True):
        try:
            with transaction.atomic():
                job.save(force_insert=True)
            break
        except IntegrityError:
            standing = _standing(key)
            if standing is not None:
                return standing
            if last or not key:
                raise  # else it was finished between the two statements: once more
    transaction.on_commit(_wake)
    return job


def _standing(key: str) -> Job | None:
    return Job.objects.filter(key=key, state__in=UNFINISHED).first() if key else None


def _wake() -> None:
    if settings.EMBEDDED_WORKER:
        return  # it polls
    from lms.tasks import run_due

    try:
        run_due.delay()
    except Exception:  # the broker is away: the beat's tick finds the job later
        log.warning("The broker could not be reached; the job waits for the next tick.")


def queue_sweeps(at: datetime) -> int:
    """Queue each periodic job whose interval has passed since it last began; returns how many."""
    queued = 0
    for kind, interval in EVERY.items():
        last = Job.objects.filter(kind=kind).order_by("-pk").values_list("created_at", "state").first()
        if last is None or (last[1] not in UNFINISHED and last[0] <= at - interval):
            enqueue(kind, title=kind, by=None, at=at, key=f"sweep:{kind}")
            queued += 1
    Job.objects.filter(kind__in=EVERY, state=JobState.DONE, finished_at__lt=at - timedelta(days=1)).delete()
    return queued


def claim(at: datetime) -> Job | None:
    """Take the next job that is due, or whose lease ran out, under a new lease. Returns None when there is nothing to do."""
    free = Q(state=JobState.WAITING, due_at__lte=at) | Q(state=JobState.RUNNING, lease_until__lt=at)
    for pk in Job.objects.filter(free).order_by("pk").values_list("pk", flat=True)[:20]:
        token = secrets.token_hex(16)
        taken = Job.objects.filter(free, pk=pk).update(
            state=JobState.RUNNING, lease_until=at + LEASE, lease_token=token, tries=F("tries") + 1, started_at=at, error=""
        )
        if taken:
            return Job.objects.get(pk=pk)
    return None


def run(job: Job) -> None:
    """Work on a claimed job to its end; never raises for a fault of the handler.

    A fault puts the job back with a pause, up to MAX_TRIES; then it is parked as failed with a reference for the log.
    """
    held = Job.objects.filter(pk=job.pk, lease_token=job.lease_token)

    def progress(done: int, total: int) -> None:
        now = timezone.now()
        if not held.update(done=min(done, total), total=total, lease_until=now + LEASE):
            raise LeaseLost
        if held.filter(cancel_asked=True).exists():
            raise Cancelled

    try:
        result = HANDLERS[job.kind](Work(job=job, progress=progress)) or {}
        end: dict[str, Any] = {"state": JobState.DONE, "result": result, "done": F("total")}
    except Cancelled:
        end = {"state": JobState.CANCELLED}
    except LeaseLost:
        return
    except Exception:
        reference = secrets.token_hex(4)
        log.exception("Job %s of kind %s failed, reference %s.", job.pk, job.kind, reference)
        if job.tries < MAX_TRIES:
            held.update(state=JobState.WAITING, lease_until=None, due_at=timezone.now() + timedelta(seconds=5 * 4**job.tries), error=reference)
            return
        end = {"state": JobState.FAILED, "error": reference}
    held.update(lease_until=None, finished_at=timezone.now(), **end)


def run_due(limit: int = 100) -> int:
    """Work off what is due; returns how many jobs were run."""
    for count in range(limit):
        job = claim(timezone.now())
        if job is None:
            return count
        run(job)
    return limit


@transaction.atomic
def cancel(job: Job, *, by: Person, at: datetime) -> None:
    """Ask a job to stop: a waiting one ends now, a running one at its next progress call."""
    Job.objects.filter(pk=job.pk, state__in=UNFINISHED).update(cancel_asked=True)
    Job.objects.filter(pk=job.pk, state=JobState.WAITING).update(state=JobState.CANCELLED, finished_at=at)
    record(Verb.JOB_CANCELLED, job, by=by, at=at)
