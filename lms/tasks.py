"""What Celery calls. Each task can be lost or doubled without harm."""

from celery import shared_task
from django.utils import timezone

from lms.jobs import actions


@shared_task
def run_due() -> int:
    """Work off the outbox."""
    return actions.run_due()


@shared_task
def tick() -> int:
    """Queue the sweeps that are due, then work off the outbox."""
    actions.queue_sweeps(timezone.now())
    return actions.run_due()
