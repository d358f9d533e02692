"""Which terms hold for whom. The rule: `docs/algorithms/terms.md`. Minutes and attempts: 0 is no limit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

NO_END = datetime.max.replace(tzinfo=UTC)  # a window that never closes; as an instant it is later than all others
SOON = timedelta(hours=1)  # a countdown nearer than this helps; farther away it only makes nervous
FIELDS = ("opens", "closes", "minutes", "attempts", "extra")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What one exception says; None where it says nothing."""

    opens: datetime | None = None
    closes: datetime | None = None
    minutes: int | None = None
    attempts: int | None = None
    extra: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds: a window, minutes for a paper before extra time, attempts, and extra time in percent."""

    opens: datetime
    closes: datetime
    minutes: int
    attempts: int
    extra: int = 0

    @property
    def limit(self) -> int:
        """Whole minutes for a paper with extra time, rounded up; 0 for no limit."""
        return -(-self.minutes * (100 + self.extra) // 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What a door says about its window. ``soon``: the next edge, opening or closing, is less than an hour away."""

    state: str  # early, open, late
    edge: datetime | None
    soon: bool

    @property
    def closing(self) -> bool:
        """Whether the next edge is the closing."""
        return self.state == "open" and self.edge is not None


def window(terms: Terms, now: datetime) -> Window:
    """Where ``now`` stands in the window; it opens at its first instant and is closed at its last."""
    state = "late" if now >= terms.closes else "open" if now >= terms.opens else "early"
    edge = terms.opens if state == "early" else terms.closes if state == "open" and terms.closes != NO_END else None
    return Window(state=state, edge=edge, soon=edge is not None and edge - now < SOON)


def most_generous(groups: Sequence[Given]) -> Given:
    """The best of all groups, field by field; None where no group says anything."""
    return Given(
        opens=min((g.opens for g in groups if g.opens is not None), default=None),
        closes=max((g.closes for g in groups if g.closes is not None), default=None),
        minutes=_most(g.minutes for g in groups),
        attempts=_most(g.attempts for g in groups),
        extra=max((g.extra for g in groups if g.extra is not None), default=None),
    )


def _most(numbers: Iterable[int | None]) -> int | None:
    said = [number for number in numbers if number is not None]
    return 0 if 0 in said else max(said, default=None)


def effective(sitting: Terms, *, own: Given | None = None, standing: Given | None = None, groups: Sequence[Given] = ()) -> Terms:
    """The terms that hold for one person: own before standing before the most generous group before the sitting, field by field."""
    layers = [layer for layer in (own, standing, most_generous(groups)) if layer is not None]
    held: dict[str, Any] = {}
    for field in FIELDS:
        said = (getattr(layer, field) for layer in layers)
        held[field] = next((value for value in said if value is not None), getattr(sitting, field))
    return Terms(**held)
