"""Jobs through a real broker and a real Celery worker, over the same outbox."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from lms.jobs.actions import enqueue
from lms.jobs.models import Job
from lms.jobs.states import JobState

pytestmark = [pytest.mark.celery, pytest.mark.django_db(transaction=True)]
ROOT = Path(settings.BASE_DIR)


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker on the test database, with the probe job's handler, until the test ends."""
    database = connection.settings_dict
    address = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "CELERY_BROKER_URL": os.environ["TEST_REDIS_URL"],
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "tests.lms.celery_probe", "worker", "-c", "2", "--loglevel", "ERROR", "--without-gossip"],
        cwd=ROOT, env=environment,
    )  # fmt: skip
    yield process
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=20)


def ends(job: Job, seconds: float = 40) -> Job:
    """Wait until a job has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        job.refresh_from_db()
        if not job.unfinished:
            return job
        time.sleep(0.1)
    raise AssertionError(f"Job {job.kind} is still {job.state} after {seconds} s.")


def test_job_is_done_by_the_worker_once(worker, settings) -> None:
    from lms.celery import app

    settings.EMBEDDED_WORKER = False
    app.conf.broker_url = os.environ["TEST_REDIS_URL"]
    job = enqueue("probe", title="probe", by=None, at=timezone.now(), steps=3)
    assert ends(job).state == JobState.DONE
    assert job.result == {"steps": 3, "tries": 1}
    assert (job.done, job.total) == (3, 3)


@pytest.mark.fault(46, 48, by="a worker that died with a job in hand", on="PostgreSQL, Redis, Celery")
def test_job_of_a_dead_worker_is_taken_over(worker, settings) -> None:
    from lms.celery import app
    from lms.tasks import run_due

    settings.EMBEDDED_WORKER = True  # nobody is woken at commit
    job = enqueue("probe", title="probe", by=None, at=timezone.now(), steps=2)
    gone = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, lease_until=gone, lease_token="dead", tries=1)
    app.conf.broker_url = os.environ["TEST_REDIS_URL"]
    run_due.delay()
    assert ends(job).result == {"steps": 2, "tries": 2}
