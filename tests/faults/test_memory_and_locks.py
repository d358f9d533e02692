"""Long and heavy work beside an exam: it holds no lock a save needs, and when it falls it falls alone."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exams.attempts.closing import close_overdue
from exams.marking.actions import mark_due, release
from lms.jobs import handlers
from lms.jobs.actions import MAX_TRIES, enqueue, run_due
from lms.jobs.models import Job
from lms.jobs.states import JobState
from tests.faults.test_services_gone import post

LOCKS = ("FOR UPDATE", "LOCK TABLE", "INSERT INTO", "UPDATE ", "DELETE FROM")


@pytest.fixture
def officer(county: Any) -> Client:
    client = Client()
    client.force_login(county.centre)
    return client


@pytest.mark.fault(45, by="board, results, coverage and register read and exported", model="their statements, searched for locks and writes")
def test_reading_and_exporting_lock_nothing_a_save_needs(exam, county, attempt, officer) -> None:
    close_overdue(at=exam.at.replace(year=2027))
    mark_due(at=exam.at)
    release(exam.sitting, by=county.centre, at=exam.at)
    pages = [
        reverse("watch", args=[exam.sitting.pk]), reverse("results"), reverse("sitting_results", args=[exam.sitting.pk]) + "?format=xlsx",
        reverse("coverage"), reverse("certificates_all") + "?format=xlsx",
    ]  # fmt: skip
    for page in pages:
        with CaptureQueriesContext(connection) as caught:
            assert officer.get(page).status_code == 200, page
        wrote = [q["sql"] for q in caught if any(word in q["sql"] for word in LOCKS) and "lms_audit" not in q["sql"]]
        assert [sql for sql in wrote if "exams_" in sql] == [], page


@pytest.mark.fault(46, by="a job asks for more memory than any machine has")
def test_job_without_memory_is_tried_three_times_and_parked(db, attempt, enter, monkeypatch, caplog) -> None:
    def bomb(work: Any) -> None:
        bytearray(2**62)

    monkeypatch.setitem(handlers.HANDLERS, "bomb", bomb)
    enqueue("bomb", title="bomb", by=None, at=attempt.started_at)
    for _try in range(MAX_TRIES + 2):
        Job.objects.filter(kind="bomb", state=JobState.WAITING).update(due_at=attempt.started_at)
        run_due()
    job = Job.objects.get(kind="bomb")
    assert (job.state, job.tries) == (JobState.FAILED, MAX_TRIES)
    assert "MemoryError" in caplog.text
    assert post(enter(), attempt, 2)[0] == 200
