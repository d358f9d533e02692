"""When a lesson may be called finished. The rule in prose: `docs/algorithms/hours.md`. No Django here."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacles:
    """Everything that still stands in the way: self-checks not yet right, and whole minutes to wait."""

    checks: tuple[str, ...]
    minutes: int

    def __bool__(self) -> bool:
        return bool(self.checks) or self.minutes > 0


def obstacles(*, checks: Iterable[str], right: Iterable[str], minutes: int, least_share: Decimal, opened_at: datetime, at: datetime) -> Obstacles:
    """Return what still stands in the way of finishing.

    ``checks`` are the ids of the lesson's self-checks, ``right`` those answered right at least once; ``minutes`` of the whole lesson.
    """
    done = set(right)
    ready = opened_at + timedelta(seconds=float(minutes * 60 * least_share))
    left = max(0.0, (ready - at).total_seconds())
    return Obstacles(checks=tuple(c for c in checks if c not in done), minutes=math.ceil(left / 60))
