"""Who must hold which certificate, who does, and what a unit lacks, on one day. The rule: `docs/algorithms/coverage.md`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum


class Standing(StrEnum):
    """Expiring counts as met: the certificate still holds."""

    MET = "met"
    EXPIRING = "expiring"
    GAP = "gap"


class Reason(StrEnum):
    """Why a gap is one: by the certificate of the type that ended last."""

    NEVER = "never"
    LAPSED = "lapsed"
    REVOKED = "revoked"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One appointment in force on the day. Two posts are two holders, in one unit or in two."""

    person: int
    unit: int
    post: int
    acting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A post calls for a certificate type on the day."""

    post: int
    type: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A certificate. ``until`` is its last valid day (None: no end), ``revoked_on`` the first day it no longer holds."""

    id: int
    person: int
    type: int
    since: date
    until: date | None
    revoked_on: date | None = None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until) and not self.revoked(day)

    def revoked(self, day: date) -> bool:
        return self.revoked_on is not None and self.revoked_on <= day

    def first_day_without(self) -> date:
        """The first day after its beginning on which it no longer holds."""
        lapse = date.max if self.until is None else self.until + timedelta(days=1)
        return min(lapse, self.revoked_on or date.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One holder × one call. ``certificate`` is the one that holds, or for a gap the one that ended last (None: never held)."""

    person: int
    unit: int
    post: int
    type: int
    standing: Standing
    reason: Reason | None = None
    certificate: int | None = None
    until: date | None = None
    left: int | None = None
    acting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """required = met + gaps; expiring is the part of met that lapses within the warning days."""

    required: int = 0
    met: int = 0
    expiring: int = 0
    gaps: int = 0

    @property
    def percent(self) -> int | None:
        """Met of required, rounded down so that 100 means all; None where nothing is required."""
        return 100 * self.met // self.required if self.required else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing:
    """How a unit under a staffing rule stands. ``officers`` counts the holders of a post that calls for a technician's certificate."""

    unit: int
    technicians: int
    minimum: int
    maximum: int
    officers: int

    @property
    def short(self) -> bool:
        return self.technicians < self.minimum

    @property
    def unmanned(self) -> bool:
        return self.officers == 0


def _line(holder: Holder, kind: int, had: list[Held], day: date, warning_days: int) -> Line:
    nothing = Line(
        person=holder.person, unit=holder.unit, post=holder.post, type=kind, acting=holder.acting, standing=Standing.GAP, reason=Reason.NEVER
    )  # fmt: skip
    holding = [c for c in had if c.holds(day)]
    if holding:
        best = max(holding, key=lambda c: (c.until or date.max, c.id))
        left = None if best.until is None else (best.until - day).days
        standing = Standing.EXPIRING if left is not None and left <= warning_days else Standing.MET
        return replace(nothing, standing=standing, reason=None, certificate=best.id, until=best.until, left=left)
    ended = [c for c in had if c.since <= day]
    if ended:
        last = max(ended, key=lambda c: (c.first_day_without(), c.id))
        if last.until is not None and (last.revoked_on is None or last.until < last.revoked_on):
            return replace(nothing, reason=Reason.LAPSED, certificate=last.id, until=last.until, left=-(day - last.until).days)
        return replace(nothing, reason=Reason.REVOKED, certificate=last.id, until=last.until)
    if had:
        first = min(had, key=lambda c: (c.since, c.id))
        return replace(nothing, reason=Reason.NOT_YET, certificate=first.id, until=first.until)
    return nothing


def lines(holders: Iterable[Holder], calls: Iterable[Call], held: Iterable[Held], day: date, warning_days: Mapping[int, int]) -> list[Line]:
    """Return one line per holder and call, in the order of the holders. ``warning_days`` by unit."""
    wanted: dict[int, list[int]] = defaultdict(list)
    for call in calls:
        if call.type not in wanted[call.post]:
            wanted[call.post].append(call.type)
    owned: dict[tuple[int, int], list[Held]] = defaultdict(list)
    for certificate in held:
        owned[certificate.person, certificate.type].append(certificate)
    return [
        _line(holder, kind, owned.get((holder.person, kind), []), day, warning_days[holder.unit])
        for holder in holders
        for kind in wanted.get(holder.post, [])
    ]


def tally(rows: Iterable[Line]) -> Tally:
    """Count lines: required = met + gaps; those that lapse soon are among the met."""
    standings = [row.standing for row in rows]
    expiring, gaps = standings.count(Standing.EXPIRING), standings.count(Standing.GAP)
    return Tally(required=len(standings), met=len(standings) - gaps, expiring=expiring, gaps=gaps)


def by_unit(rows: Iterable[Line]) -> dict[int, Tally]:
    """Return the tally of each unit that has a line. The units' tallies add up to the tally of all lines."""
    grouped: dict[int, list[Line]] = defaultdict(list)
    for row in rows:
        grouped[row.unit].append(row)
    return {unit: tally(of) for unit, of in grouped.items()}


def staffing(
    *,
    bounds: Mapping[int, tuple[int, int]],
    holders: Iterable[Holder],
    calls: Iterable[Call],
    held: Iterable[Held],
    technician_types: Iterable[int],
    day: date,
) -> list[Staffing]:
    """Return how each unit of ``bounds`` (minimum, maximum) is staffed: whoever holds any post there and a technician's certificate counts once."""
    counted = set(technician_types)
    certified = {c.person for c in held if c.type in counted and c.holds(day)}
    officer_posts = {call.post for call in calls if call.type in counted}
    technicians: dict[int, set[int]] = defaultdict(set)
    officers: dict[int, set[int]] = defaultdict(set)
    for holder in holders:
        if holder.person in certified:
            technicians[holder.unit].add(holder.person)
        if holder.post in officer_posts:
            officers[holder.unit].add(holder.person)
    return [
        Staffing(unit=unit, technicians=len(technicians[unit]), minimum=low, maximum=high, officers=len(officers[unit]))
        for unit, (low, high) in bounds.items()
    ]  # fmt: skip


def month_ends(day: date, months: int = 12) -> list[date]:
    """Return the last days of the ``months`` − 1 months before that of ``day``, then ``day`` itself."""
    days, first = [day], day.replace(day=1)
    for _ in range(months - 1):
        last = first - timedelta(days=1)
        days.append(last)
        first = last.replace(day=1)
    return days[::-1]
