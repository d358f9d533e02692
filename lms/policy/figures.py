"""Which figure is in force. Plain values in, plain values out; the rule: `docs/algorithms/policy.md`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One policy row as a rule sees it. ``unit_path`` is the path of the unit it is for, '' for everywhere."""

    id: int
    key: str
    value: Decimal
    valid_from: date
    valid_to: date | None
    source: str
    secondary: bool
    unit_path: str = ""

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class NoFigure(LookupError):
    """No policy row answers the question; someone has to set one before a verdict can be given."""

    def __init__(self, key: str, day: date) -> None:
        super().__init__(f"No policy figure {key!r} is in force on {day}.")
        self.key, self.day = key, day


def figure_for(figures: Iterable[Figure], key: str, day: date, unit_path: str = "") -> Figure:
    """Return the figure in force on ``day`` for a unit: the one set nearest above the unit wins, then the latest start.

    Raises NoFigure when none is in force.
    """
    fitting = [f for f in figures if f.key == key and f.in_force(day) and unit_path.startswith(f.unit_path)]
    if not fitting:
        raise NoFigure(key, day)
    return max(fitting, key=lambda f: (len(f.unit_path), f.valid_from, f.id))
