"""From one answer to its points. The rules of the kinds: `docs/algorithms/scoring.md`, `exams.bank.kinds`. By option id, never by position."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exams.bank.kinds import rule_of
from exams.bank.kinds.base import CENT, NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOf:
    """The key of a question version, prepared once by its kind for any number of answers."""

    kind: str
    dimension: str
    key: Any


def key_of(kind: str, dimension: str, answer: Any, extra: Mapping[str, Any] | None = None) -> KeyOf:
    """Read the stored answer of a version. Raises KeyError for a kind that is not there."""
    return KeyOf(kind=kind, dimension=dimension, key=rule_of(kind).key(answer, extra or {}))


def waits(key: KeyOf, values: Sequence[str]) -> bool:
    """Whether a person has to judge this answer. An empty one is worth nothing unseen, unless the kind is not answered in writing."""
    rule = rule_of(key.kind)
    return rule.by_hand and (bool(values) or not rule.written)


def score(key: KeyOf, values: Sequence[str], points: Decimal) -> Decimal:
    """Points for ``values``, between 0 and ``points``, to the cent. No answer and a wrong one are both 0. Not for answers that wait for a person."""
    if not values:
        return NOTHING
    return min(points, max(NOTHING, rule_of(key.kind).score(key.key, values, points))).quantize(CENT)
