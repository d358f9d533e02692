"""One page of wires: fact heard, job queued. A lost fact is healed by the sweep of the same job."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from exams.attempts.turning import move_deadlines
from exams.certificates.models import Certificate
from exams.signals import attempt_submitted, certificate_issued, result_released, terms_changed
from exams.sittings.models import Sitting
from lms.jobs.actions import enqueue
from lms.people.models import Person


def mark_what_waits(**kwargs: object) -> None:
    enqueue("mark", title="mark", by=None, at=timezone.now(), key="mark")


def issue_certificates(**kwargs: object) -> None:
    enqueue("certificates.issue", title="certificates.issue", by=None, at=timezone.now(), key="certificates.issue")


def draw_certificate(certificate: Certificate, **kwargs: object) -> None:
    enqueue(
        "certificates.render",
        title=certificate.number,
        by=None,
        at=timezone.now(),
        key=f"certificates.render:{certificate.pk}",
        certificate=certificate.pk,
    )


def move_what_runs(*, sitting: Sitting, people: list[int] | None, by: Person, at: datetime, **kwargs: Any) -> None:
    """At once and in the same transaction: between two terms nobody may be judged by the old ones."""
    move_deadlines(sitting, people, by=by, at=at)


def connect() -> None:
    """Tie facts to jobs."""
    terms_changed.connect(move_what_runs, dispatch_uid="move_what_runs")
    attempt_submitted.connect(mark_what_waits, dispatch_uid="mark_what_waits")
    result_released.connect(issue_certificates, dispatch_uid="issue_certificates")
    certificate_issued.connect(draw_certificate, dispatch_uid="draw_certificate")
