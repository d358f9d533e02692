"""What Celery calls. Each task can be lost or doubled without harm."""

from celery import shared_task
from django.utils import timezone

from lms.jobs import actions
from lms.web.builds import another_build


@shared_task
def run_due() -> int:
    """Work off the outbox; a worker of another build leaves it to the others."""
    return 0 if another_build() else actions.run_due()


@shared_task
def tick() -> int:
    """Queue the sweeps that are due, then work off the outbox; a worker of another build does neither."""
    if another_build():
        return 0
    actions.queue_sweeps(timezone.now())
    return actions.run_due()
