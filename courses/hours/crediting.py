"""From minutes to credit hours. The rule in prose: `docs/algorithms/hours.md`. No Django here."""

from dataclasses import dataclass
from decimal import Decimal

FULL, HALF = Decimal("1"), Decimal("0.5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The figures of the table: minutes from which a lesson counts one hour, minutes above which it counts half, hours of a shorter one."""

    full: Decimal
    half: Decimal
    short: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """So many hours, and the figure of the scale that decided: ``full``, ``half`` or ``short``."""

    hours: Decimal
    decided_by: str


def hours_for_minutes(minutes: int, scale: Scale) -> Credit:
    """Return the credit for a lesson of so many minutes. Raises ValueError for less than one minute."""
    if minutes < 1:
        raise ValueError("A lesson takes at least a minute.")
    if minutes >= scale.full:
        return Credit(hours=FULL, decided_by="full")
    if minutes > scale.half:
        return Credit(hours=HALF, decided_by="half")
    return Credit(hours=scale.short, decided_by="short")
