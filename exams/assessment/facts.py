"""What the year's material is made from, as plain values. No Django here; filled by `exams.assessment.gathering`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PostHeld:
    """A post in force on the key day. ``until`` is its first day no longer in force."""

    unit: str
    post: str
    tier: str
    main: bool
    acting: bool = False
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """One entry of the hours ledger; a reversal is negative."""

    id: int
    kind: str
    hours: Decimal
    earned_on: date
    professional: bool
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One released result, sat in the year. ``policies`` are the rows its level was given by."""

    id: int
    sitting: str
    sat_on: date
    knowledge: Decimal
    knowledge_full: Decimal
    operation: Decimal
    operation_full: Decimal
    passed: bool
    level: str
    policies: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A certificate. ``until`` is its last valid day, None for no end; ``revoked_on`` the first day it no longer holds."""

    id: int
    type_id: int
    type_name: str
    number: str
    since: date
    until: date | None
    revoked_on: date | None = None

    def valid(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until) and (self.revoked_on is None or day < self.revoked_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A certificate that a post held on the key day calls for."""

    type_id: int
    type_name: str
    post: str
    since: date
    acting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything about one person and year. ``rank`` is ``section`` or ``division``; ``hours`` reach back five calendar years.

    ``serving_since`` is the day the person joined. ``objections`` holds, per objection, whether it has been answered.
    """

    year: int
    key_day: date
    rank: str
    serving_since: date
    posts: tuple[PostHeld, ...] = ()
    hours: tuple[Hours, ...] = ()
    scores: tuple[Score, ...] = ()
    certificates: tuple[Held, ...] = ()
    called_for: tuple[Called, ...] = ()
    objections: tuple[bool, ...] = ()
