"""From which day to which day a certificate holds, and how it stands on a day. The rule: `docs/algorithms/validity.md`."""

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum


class State(StrEnum):
    """How a certificate stands on one day. The first that fits, in this order."""

    REVOKED = "revoked"
    NOT_YET = "not_yet"
    LAPSED = "lapsed"
    EXPIRING = "expiring"
    VALID = "valid"


HOLDING = frozenset({State.VALID, State.EXPIRING})


def last_valid_day(start: date, months: int) -> date | None:
    """Return the last day of ``months`` months that begin on ``start``; None (no end) for 0 months.

    The day before the corresponding day; in a month without a corresponding day, its last day (compare 民法典 art. 202).
    Raises ValueError for negative months.
    """
    if months < 0:
        raise ValueError("A certificate is valid for 0 months (no end) or more.")
    if months == 0:
        return None
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    length = monthrange(year, month + 1)[1]
    if start.day > length:
        return date(year, month + 1, length)
    return date(year, month + 1, start.day) - timedelta(days=1)


def state_on(day: date, *, valid_from: date, valid_until: date | None, revoked_on: date | None, warning_days: int) -> State:
    """Return how a certificate stands on ``day``. Revoked counts from the day of the revocation, so the past is not changed by it."""
    if revoked_on is not None and revoked_on <= day:
        return State.REVOKED
    if day < valid_from:
        return State.NOT_YET
    if valid_until is None:
        return State.VALID
    if valid_until < day:
        return State.LAPSED
    return State.EXPIRING if (valid_until - day).days <= warning_days else State.VALID


def days_left(valid_until: date | None, day: date) -> int | None:
    """Days after ``day`` that still count: 0 on the last valid day, negative once lapsed, None without an end."""
    return None if valid_until is None else (valid_until - day).days


def percent_used(valid_from: date, valid_until: date | None, day: date) -> int:
    """Return how much of the validity has passed, 0 to 100; 0 without an end."""
    if valid_until is None or day < valid_from:
        return 0
    whole = (valid_until - valid_from).days + 1
    return min(100, 100 * (day - valid_from).days // whole)
