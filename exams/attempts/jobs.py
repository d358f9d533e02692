"""The sweep that closes what nobody handed in."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from exams.attempts.closing import close_overdue
from lms.jobs.handlers import Work, handles


@handles("close_overdue", every=timedelta(seconds=10))
def close_overdue_attempts(work: Work) -> dict[str, Any]:
    return {"closed": close_overdue(at=timezone.now())}
