"""How fast and how right somebody typed. The rule: `docs/algorithms/typing.md`. Milliseconds and characters in, plain values out; no Django."""

from dataclasses import dataclass
from decimal import Decimal

from exams.bank.kinds.base import NOTHING, share

MINUTE, SECOND = 60_000, 1000  # milliseconds
WHOLE = 95  # percent of the text from which it counts as typed to the end


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was measured: characters right, characters typed, and the milliseconds that count."""

    correct: int
    typed: int
    ms: int

    @property
    def per_minute(self) -> int:
        """Net characters a minute, rounded down; for showing."""
        return self.correct * MINUTE // self.ms

    @property
    def accuracy(self) -> int:
        """Percent right of what was typed, rounded down; for showing."""
        return self.correct * 100 // self.typed if self.typed else 0


def laid_even(text: str) -> str:
    """A text with every run of white space as one blank, and none at its ends."""
    return " ".join(text.split())


def common(one: str, other: str) -> int:
    """Length of the longest common subsequence, by bits of one large number (Hyyrö 2004)."""
    where: dict[str, int] = {}
    for place, character in enumerate(one):
        where[character] = where.get(character, 0) | 1 << place
    row = full = (1 << len(one)) - 1
    for character in other:
        found = row & where.get(character, 0)
        row = ((row + found) | (row - found)) & full
    return len(one) - row.bit_count()


def measured(given: str, typed: str, ms: int, seconds: int) -> Typed:
    """Compare what was typed with the given text. ``ms`` is the time from first key to last change, ``seconds`` what the question allows."""
    text, said = laid_even(given), laid_even(typed)
    whole = len(said) * 100 >= WHOLE * len(text)
    return Typed(correct=common(text, said), typed=len(said), ms=max(SECOND, ms if whole else max(ms, seconds * SECOND)))


def points_for(typed: Typed, *, target: int, accuracy: int, points: Decimal) -> Decimal:
    """``points`` × net speed ÷ target, all of them from the target on, none below the least accuracy (percent)."""
    if typed.correct * 100 < accuracy * typed.typed or not typed.correct:
        return NOTHING
    reached, asked = typed.correct * MINUTE, target * typed.ms
    return share(min(reached, asked), asked, points)
