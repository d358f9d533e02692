"""When an attempt ends. The rules and their edges: `docs/algorithms/timing.md`, `terms.md`. All instants are aware and by the server's clock."""

from collections.abc import Iterable
from datetime import datetime, timedelta

# What left the page before the deadline may still be on its way: the page is sealed at the deadline, the door closes this much later.
TRANSIT = timedelta(seconds=5)


def first_deadline(started_at: datetime, minutes: int, closes_at: datetime) -> datetime:
    """The deadline given at the start: the whole duration, or what the window leaves of it. 0 minutes: the window alone."""
    return min(started_at + timedelta(minutes=minutes), closes_at) if minutes else closes_at


def deadline(first: datetime, grants: Iterable[int]) -> datetime:
    """The first deadline plus every granted minute; grants may carry it beyond the window."""
    return first + timedelta(minutes=sum(grants))


def may_start(at: datetime, opens_at: datetime, closes_at: datetime) -> bool:
    """From the opening instant on, until just before the closing instant."""
    return opens_at <= at < closes_at


def over(at: datetime, due: datetime) -> bool:
    """Whether nothing more is taken: later than the deadline and the time in transit. At the very instant it is still taken."""
    return at > due + TRANSIT


def last_call(due: datetime, overdue: str, grace: int) -> datetime:
    """Until when an attempt may still be handed in: its deadline, or with the term ``grace`` that many minutes later."""
    return due + timedelta(minutes=grace) if overdue == "grace" else due


def lapses(overdue: str) -> bool:
    """Whether what nobody hands in gets no result. Otherwise it is handed in as it stands at the deadline."""
    return overdue in {"grace", "abandon"}


def next_start(ended_at: datetime, wait: int) -> datetime:
    """From when the next attempt may begin: ``wait`` minutes after the end of the last."""
    return ended_at + timedelta(minutes=wait)


def seconds_left(at: datetime, due: datetime) -> int:
    """Whole seconds until the deadline, rounded down, never below 0."""
    return max(0, int((due - at).total_seconds()))
