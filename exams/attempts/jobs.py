"""The sweeps: closing what nobody handed in, counting what was shown."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from exams.attempts.closing import close_overdue
from exams.attempts.exposure import count_exposure
from lms.jobs.handlers import Work, handles


@handles("close_overdue", every=timedelta(seconds=10))
def close_overdue_attempts(work: Work) -> dict[str, Any]:
    return {"closed": close_overdue(at=timezone.now())}


@handles("count_exposure", every=timedelta(minutes=5))
def count_shown_questions(work: Work) -> dict[str, Any]:
    return {"attempts": count_exposure(at=timezone.now(), progress=work.progress)}
