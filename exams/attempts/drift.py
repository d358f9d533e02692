"""Whether the wall clock of this machine can be believed. The rule: `docs/algorithms/board.md`, "A clock that jumps"."""

from dataclasses import dataclass

MOST = 5.0  # seconds; an hourly time service corrects far less, a step is far more


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Three clocks read at one moment, in seconds: the wall, this machine's steady counter, and the database's wall (None where it is this one)."""

    wall: float
    steady: float
    database: float | None = None


def drift(first: Reading, now: Reading) -> float:
    """Seconds by which the wall clock disagrees: with the steady counter since ``first``, or with the database now, whichever is more."""
    stepped = abs((now.wall - first.wall) - (now.steady - first.steady))
    return stepped if now.database is None else max(stepped, abs(now.wall - now.database))


def believable(first: Reading, now: Reading) -> bool:
    """Whether a sweep may close anything by this clock."""
    return drift(first, now) <= MOST
