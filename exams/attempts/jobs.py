"""The sweeps: closing what nobody handed in, counting what was shown."""

import logging
import time
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from exams.attempts.closing import close_overdue
from exams.attempts.drift import Reading, believable, drift
from exams.attempts.exposure import count_exposure
from lms.jobs.handlers import Work, handles

log = logging.getLogger(__name__)


@handles("close_overdue", every=timedelta(seconds=10))
def close_overdue_attempts(work: Work) -> dict[str, Any]:
    off = clock_is_off()
    if off:
        log.error("The clock of this machine is off by %.0f seconds: nothing is closed until it is right again or the worker is started anew.", off)
        return {"halted": round(off)}
    return {"closed": close_overdue(at=timezone.now())}


def _read_clocks() -> Reading:
    """The three clocks of this moment; a database in this very process has no clock of its own."""
    database = None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
            database = float(cursor.fetchone()[0])
    return Reading(wall=time.time(), steady=time.monotonic(), database=database)


FIRST: list[Reading] = []  # what the clocks of this process said when it first swept: nothing else remembers a step


def clock_is_off() -> float:
    """Seconds by which the wall clock has jumped since this process first looked, or differs from the database; 0 while it can be believed."""
    now = _read_clocks()
    if not FIRST:
        FIRST.append(now)
    return 0.0 if believable(FIRST[0], now) else drift(FIRST[0], now)


@handles("count_exposure", every=timedelta(minutes=5))
def count_shown_questions(work: Work) -> dict[str, Any]:
    return {"attempts": count_exposure(at=timezone.now(), progress=work.progress)}
