"""What a clock shows that has stood still. The rule: `docs/algorithms/timing.md`, "Pauses". Plain values in, plain values out; all instants aware."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

from exams.attempts.timing import TRANSIT

MINUTE = 60


def reading(at: datetime, paused_at: datetime | None) -> datetime:
    """The instant an attempt's clock shows at ``at``: the real one, or the one at which it was stopped."""
    return at if paused_at is None else min(at, paused_at)


def arrives_paused(at: datetime, paused_at: datetime | None) -> bool:
    """Whether what arrives at ``at`` was sent after the pause began: the seconds in transit are granted here as at the deadline."""
    return paused_at is not None and at > paused_at + TRANSIT


def seconds_between(began: datetime, ended: datetime) -> int:
    """Whole seconds that were lost, rounded up in the candidate's favour; never below 0."""
    return max(0, ceil((ended - began).total_seconds()))


def seconds_to_reopen(ended_at: datetime, due: datetime, at: datetime, minutes: int) -> int:
    """What a reopening adds: the time since the end, so that what was left is left again, and ``minutes`` on top.

    An end after the deadline (in transit) leaves nothing: the time is counted from the deadline.
    """
    return seconds_between(min(ended_at, due), at) + MINUTE * minutes


def silences(heard: Iterable[datetime], began: datetime, ended: datetime, least: timedelta) -> list[tuple[datetime, datetime]]:
    """The stretches between ``began`` and ``ended`` of at least ``least`` in which nothing was heard, the longest first."""
    marks = [began, *sorted(moment for moment in heard if began <= moment <= ended), ended]
    found = [(a, b) for a, b in zip(marks, marks[1:], strict=False) if b - a >= least]
    return sorted(found, key=lambda pair: (pair[0] - pair[1], pair[0]))
