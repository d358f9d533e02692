"""From one answer to its points. The rule: `docs/algorithms/scoring.md`. By option id, never by position."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from content.lessons.typed import normal

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOf:
    """The key of a question version: ``options`` for choices, ``blanks`` (accepted texts per blank) for fill-in."""

    kind: str
    dimension: str
    options: frozenset[str] = frozenset()
    blanks: tuple[frozenset[str], ...] = ()


def key_of(kind: str, dimension: str, answer: Sequence[str] | Sequence[Sequence[str]]) -> KeyOf:
    """Read the stored answer of a version; accepted texts are normalised here once."""
    if kind == "fill_in":
        return KeyOf(kind=kind, dimension=dimension, blanks=tuple(frozenset(normal(text) for text in blank) for blank in answer))
    return KeyOf(kind=kind, dimension=dimension, options=frozenset(str(option) for option in answer))


def score(key: KeyOf, values: Sequence[str], points: Decimal) -> Decimal:
    """Points for ``values``, between 0 and ``points``, to the cent, halves up.

    Choices count whole or not at all: a multiple choice needs exactly the keyed options. A fill-in shares its points equally over
    its blanks. No answer and a wrong one are both 0.
    """
    if not values:
        return Decimal(0).quantize(CENT)
    if key.kind == "fill_in":
        right = sum(1 for text, accepted in zip(values, key.blanks, strict=False) if normal(text) and normal(text) in accepted)
        return (points * right / len(key.blanks)).quantize(CENT, ROUND_HALF_UP) if key.blanks else Decimal(0).quantize(CENT)
    return (points if frozenset(values) == key.options else Decimal(0)).quantize(CENT)
