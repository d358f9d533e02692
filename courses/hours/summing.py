"""Adding up a ledger of hours and holding it against what is required. The rule in prose: `docs/algorithms/hours.md`. No Django here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

NONE = Decimal("0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the ledger as the sum sees it; reversals have negative hours."""

    kind: str
    hours: Decimal
    earned_on: date
    tier: str = ""
    professional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Hours of a period. ``required`` belongs to the person's own tiers; ``online`` and ``offline`` add up to ``total``, so do the kinds."""

    total: Decimal = NONE
    by_kind: dict[str, Decimal] = field(default_factory=dict)
    online: Decimal = NONE
    offline: Decimal = NONE
    required: Decimal = NONE
    professional: Decimal = NONE

    @property
    def other(self) -> Decimal:
        return self.total - self.required


def totals(entries: Iterable[Entry], *, first: date, last: date, online_kinds: frozenset[str], own_tiers: frozenset[str] = frozenset()) -> Totals:
    """Add up what was earned from ``first`` to ``last``, both included."""
    rows = [e for e in entries if first <= e.earned_on <= last]
    by_kind: dict[str, Decimal] = {}
    for row in rows:
        by_kind[row.kind] = by_kind.get(row.kind, NONE) + row.hours
    return Totals(
        total=sum((r.hours for r in rows), NONE),
        by_kind=by_kind,
        online=sum((r.hours for r in rows if r.kind in online_kinds), NONE),
        offline=sum((r.hours for r in rows if r.kind not in online_kinds), NONE),
        required=sum((r.hours for r in rows if r.tier in own_tiers), NONE),
        professional=sum((r.hours for r in rows if r.professional), NONE),
    )


def window(year: int, years: int) -> tuple[date, date]:
    """Return first and last day of the ``years`` calendar years that end with ``year``."""
    return date(year - years + 1, 1, 1), date(year, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One requirement held against what was done. ``key`` is the policy key of ``needed``, ``policy`` its row, ``years`` its window.

    ``deciding`` is the one line by which a year counts as met; the others inform.
    """

    key: str
    needed: Decimal
    done: Decimal
    years: int
    deciding: bool
    policy: int
    source: str
    secondary: bool

    @property
    def missing(self) -> Decimal:
        return max(self.needed - self.done, NONE)

    @property
    def met(self) -> bool:
        return self.missing == NONE

    @property
    def percent(self) -> int:
        return 100 if self.needed <= 0 else max(0, min(100, int(100 * self.done / self.needed)))


def expected_today(needed: Decimal, *, year: int, years: int, day: date) -> Decimal:
    """Return the hours due by ``day`` at an even pace through the window, to one decimal; none before it, all after it."""
    first, last = window(year, years)
    if day < first:
        return NONE
    gone = min((day - first).days + 1, (last - first).days + 1)
    return (needed * gone / ((last - first).days + 1)).quantize(Decimal("0.1"))
