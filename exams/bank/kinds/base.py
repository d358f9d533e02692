"""What every kind of question has to say, apart from Django. One folder a kind stands beside this file; how to add one: `docs/kinds.md`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from exams.bank.wording import Wording

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")
LONGEST = {"stem": 2000, "options": 500, "answer": 200, "explanation": 4000, "cites": 200, "extra": 4000}  # characters
LONGEST_ANSWER = 2000  # characters a candidate may write into one field; kinds that ask for more say so


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option to choose: the id that answers name, and its text."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One reason why a wording can't be saved. ``place`` counts options, blanks or rows from 1; 0 where it does not apply."""

    code: str
    field: str
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a candidate may see of a question: everything but the key, the explanation and its sources."""

    kind: str
    stem: str
    options: tuple[Option, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def text_of(self, option: str) -> str:
        """The text of an option by its id. Raises StopIteration for an id the question does not have."""
        return next(o.text for o in self.options if o.id == option)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What can be answered, as a paper freezes it: option ids in the order shown, how many positional texts, and what else the kind needs to
    check an answer without reading the bank."""

    options: tuple[str, ...] = ()
    blanks: int = 0
    more: Mapping[str, Any] = field(default_factory=dict)


class BadValues(ValueError):
    """What came is not an answer to this question. The message never repeats the answer."""


class Rule:
    """A kind of question: when its wording is whole, what can be answered, and what an answer is worth.

    An answer is a list of texts ("values"): option ids; or one text a blank, all or none; or ``part=value`` for kinds with named parts.
    ``order`` is where the kind's part stands on a paper. Kinds marked ``by_hand`` have `sheet` and `from_sheet` instead of `score`.
    """

    name: ClassVar[str]
    order: ClassVar[int]
    by_hand: ClassVar[bool] = False  # a person gives the points
    written: ClassVar[bool] = True  # the candidate answers here; False where someone else writes down what the candidate did
    traced: ClassVar[bool] = False  # what an answer is worth depends on how it came in: `settle` is asked before `score`

    def faults(self, wording: "Wording") -> list[Fault]:
        """Everything that is wrong with options, key and extras; empty means it may be saved."""
        raise NotImplementedError

    def answer_stored(self, wording: "Wording") -> Any:
        """The key as a question version keeps it."""
        return dict(wording.key)

    def read(self, answer: Any) -> dict[str, Any]:
        """The fields of a wording that hold the key, from what `answer_stored` gave."""
        return {"key": answer}

    def shape(self, options: Sequence[str], answer: Any, extra: Mapping[str, Any]) -> Shape:
        """What can be answered. Must give away nothing of the key: it travels with every paper."""
        return Shape(options=tuple(options))

    def drawn(self, shape: Shape, lot: Callable[[str], bytes]) -> Shape:
        """The shape in an order drawn by lot; kinds whose order matters return it as it is."""
        return shape

    def clean(self, shape: Shape, values: Sequence[str]) -> list[str]:
        """The answer in its one canonical form; the empty list for no answer. Raises BadValues."""
        raise NotImplementedError

    def key(self, answer: Any, extra: Mapping[str, Any]) -> Any:
        """The stored key, prepared once for any number of answers."""
        return answer

    def score(self, key: Any, values: Sequence[str], points: Decimal) -> Decimal:
        """Points for an answer that is not empty, from 0 to ``points``, to the cent."""
        raise NotImplementedError

    def settle(self, key: Any, values: Sequence[str], trace: "Trace") -> tuple[list[str], tuple[str, ...]]:
        """What of an answer the server's own record bears out, and codes of doubts (kinds marked `traced`). With a doubt a person decides."""
        return list(values), ()

    def sheet(self, answer: Any, extra: Mapping[str, Any]) -> list["Criterion"]:
        """What a marker judges, row by row (kinds marked by hand); empty where the points are given as one number."""
        return []

    def grave(self, answer: Any, given: Mapping[str, Decimal]) -> bool:
        """Whether a filled sheet fails the whole dimension, whatever else was earned."""
        return False

    def from_sheet(self, criteria: Sequence["Criterion"], given: Mapping[str, Decimal], points: Decimal) -> Decimal:
        """Points from a filled sheet: the share of the criteria's marks that was given; 0 as soon as a critical row got nothing."""
        if any(row.critical and not given.get(row.id) for row in criteria):
            return NOTHING
        full = sum((row.most for row in criteria), Decimal(0))
        got = sum((min(row.most, max(Decimal(0), given.get(row.id, Decimal(0)))) for row in criteria), Decimal(0))
        return share(got, full, points)

    def right(self, wording: "Wording") -> tuple[str, ...]:
        """An answer that earns all points, for previews; empty where there is no such thing."""
        return ()

    def key_text(self, wording: "Wording") -> str:
        """The right answer in words, for trainers and reviewers."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One row of a marker's sheet: what is judged, the most it can earn, whether nothing in it means nothing at all, and what earns how much."""

    id: str
    text: str
    most: Decimal
    critical: bool = False
    levels: tuple[tuple[Decimal, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """How an answer came to the server: each counting save that spoke of it, in order, by the server's clock; and when the attempt began."""

    began: datetime
    steps: tuple[tuple[datetime, tuple[str, ...]], ...]


def share(part: Decimal | int, whole: Decimal | int, points: Decimal) -> Decimal:
    """``points`` × part ÷ whole, to the cent, halves up; nothing of nothing."""
    return (points * part / whole).quantize(CENT, ROUND_HALF_UP) if whole else NOTHING


def unprintable(text: str) -> bool:
    """Whether a text holds what no keyboard gives: control characters (line feed and tab aside) or half a surrogate pair."""
    return any((ord(c) < 32 and c not in "\n\t") or 0xD800 <= ord(c) <= 0xDFFF for c in text)


def text_faults(field_name: str, texts: Iterable[str], longest: int | None = None) -> list[Fault]:
    """Texts that are too long or can't be printed; places count from 1."""
    found = []
    most = LONGEST[field_name] if longest is None else longest
    for place, text in enumerate(texts, 1):
        if len(text) > most:
            found.append(Fault(code="too_long", field=field_name, place=place))
        if unprintable(text):
            found.append(Fault(code="unprintable", field=field_name, place=place))
    return found


def checked_text(text: str, longest: int = LONGEST_ANSWER) -> str:
    """A text a candidate typed. Raises BadValues for what no keyboard gives, or too much of it."""
    if len(text) > longest:
        raise BadValues("A text is too long.")
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise BadValues("A text holds what no keyboard gives.")
    return text


def parts_of(values: Iterable[str]) -> dict[str, list[str]]:
    """Split ``part=value`` texts; a part may have several values. Raises BadValues where the sign is missing."""
    found: dict[str, list[str]] = {}
    for value in values:
        part, sign, rest = value.partition("=")
        if not sign:
            raise BadValues("A value names its part.")
        found.setdefault(part, []).append(rest)
    return found
