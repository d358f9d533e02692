"""Splitting drawn questions into parallel forms of equal difficulty. The rule and its proof: `docs/algorithms/parallel-forms.md`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from itertools import product
from math import sqrt

ENOUGH = 30  # answers from which on a question's own past speaks instead of its difficulty: below, a share of right answers errs by 9 % or more
EXPECTED = {1: 0.85, 2: 0.65, 3: 0.45}  # share of the points expected from easy, medium and hard questions without a past
USUAL = 0.3  # correlation with the rest of the paper of an ordinary item without a past
ROUNDS = 200  # swaps at most; each lowers the difference, some dozens are usual
STEP = 1e-9  # differences below this are none


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """How a question did: answers counted, mean share of its points (0 to 1), correlation of its points with the rest of the paper (−1 to 1)."""

    answers: int
    facility: float
    discrimination: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question drawn for row ``row`` (from 0). ``mean`` and ``sd`` are what it adds to a form's expected score and to its spread, in points."""

    question: int
    row: int
    topic: int
    mean: float
    sd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a form promises: questions, expected score and its standard deviation in points, and by topic ``(questions, expected score)``."""

    questions: int
    mean: float
    sd: float
    topics: Mapping[int, tuple[int, float]]


def item(question: int, row: int, topic: int, *, difficulty: int, points: Decimal, past: Past | None) -> Item:
    """Weigh a question: by its past where there is enough of it, else by its difficulty."""
    known = past is not None and past.answers >= ENOUGH
    facility = min(1.0, max(0.0, past.facility)) if past is not None and known else EXPECTED[difficulty]
    discrimination = max(0.0, past.discrimination) if past is not None and known else USUAL
    worth = float(points)
    return Item(question=question, row=row, topic=topic, mean=worth * facility, sd=worth * sqrt(facility * (1 - facility)) * discrimination)


def common(count: int, percent: int) -> int:
    """How many of a row's ``count`` questions stand in every form when ``percent`` per cent are to be common: rounded down."""
    return count * percent // 100


def needed(count: int, forms: int, percent: int) -> tuple[int, int]:
    """``(common, own)`` questions a row needs for all forms together."""
    shared = common(count, percent)
    return shared, forms * (count - shared)


def measure(form: Iterable[Item]) -> Measure:
    """Sum up a form. Standard deviations add, weighted by discrimination (Gulliksen): the spread of a sum of items that measure one thing."""
    items = list(form)
    topics: dict[int, tuple[int, float]] = {}
    for one in items:
        number, mean = topics.get(one.topic, (0, 0.0))
        topics[one.topic] = number + 1, mean + one.mean
    return Measure(questions=len(items), mean=sum(one.mean for one in items), sd=sum(one.sd for one in items), topics=topics)


def spread(values: Iterable[float]) -> float:
    """The largest less the smallest; 0 of nothing."""
    known = list(values)
    return max(known) - min(known) if known else 0.0


def bound(items: Iterable[Item], forms: int) -> float:
    """The most by which expected scores of the dealt forms can differ, in points: the widest block of ``forms`` neighbours in a row."""
    return max((spread(one.mean for one in block) for block in _blocks(items, forms, "")), default=0.0)


def split(items: Iterable[Item], forms: int, seed: str) -> list[list[Item]]:
    """Deal the items to ``forms`` forms, as many of each row to each, then swap where that brings the forms nearer.

    The same items and seed give the same forms, in whatever order the items came. Raises ValueError where a row's number of items is no multiple.
    """
    return improved(dealt(items, forms, seed), seed)


def dealt(items: Iterable[Item], forms: int, seed: str) -> list[list[Item]]:
    """Row by row, from the easiest down in blocks of one item a form: the form that stands lowest takes the block's easiest."""
    hands: list[list[Item]] = [[] for _ in range(forms)]
    means = [0.0] * forms
    for block in _blocks(items, forms, seed):
        takers = sorted(range(forms), key=lambda f: (means[f], _lot(seed, "form", f, block[0].question)))
        for taker, one in zip(takers, block, strict=True):
            hands[taker].append(one)
            means[taker] += one.mean
    return hands


def improved(hands: Sequence[Sequence[Item]], seed: str) -> list[list[Item]]:
    """Swap two items of one row between the forms that differ most, the best swap first, until none helps.

    A swap is made only if it lowers the sum of both differences (of expected scores and of standard deviations) and leaves neither above where
    it began.
    """
    forms = [sorted(hand, key=lambda one: (one.row, _lot(seed, "swap", one.question))) for hand in hands]
    means, sds = [sum(i.mean for i in f) for f in forms], [sum(i.sd for i in f) for f in forms]
    most_mean, most_sd = spread(means), spread(sds)
    for _round in range(ROUNDS):
        best, now = None, spread(means) + spread(sds) - STEP
        for high, low in _pairs(means, sds):
            for a, b in product(range(len(forms[high])), range(len(forms[low]))):
                one, other = forms[high][a], forms[low][b]
                if one.row != other.row:
                    continue
                after_mean, after_sd = (
                    _moved(sums, high, low, given - taken) for sums, given, taken in ((means, one.mean, other.mean), (sds, one.sd, other.sd))
                )
                if after_mean > most_mean or after_sd > most_sd or after_mean + after_sd >= now:
                    continue
                best, now = (high, low, a, b), after_mean + after_sd
        if best is None:
            break
        high, low, a, b = best
        forms[high][a], forms[low][b] = forms[low][b], forms[high][a]
        means, sds = [sum(i.mean for i in f) for f in forms], [sum(i.sd for i in f) for f in forms]
    return forms


def form_of(number: str | int, forms: int) -> int:
    """Which form (from 0) the holder of a candidate number or seat takes: A, B, C, A … by its last figures, so that neighbours differ."""
    text = str(number)
    figures = text[len(text.rstrip("0123456789")) :]
    return (int(figures) - 1) % forms if figures else 0


def _pairs(means: Sequence[float], sds: Sequence[float]) -> list[tuple[int, int]]:
    """The forms furthest apart in expected score, and those furthest apart in standard deviation."""
    found = {(sums.index(max(sums)), sums.index(min(sums))) for sums in (list(means), list(sds))} if means else set()
    return sorted(pair for pair in found if pair[0] != pair[1])


def _moved(sums: Sequence[float], high: int, low: int, amount: float) -> float:
    """The spread after ``amount`` went from one form to the other."""
    return spread(value - amount if i == high else value + amount if i == low else value for i, value in enumerate(sums))


def _blocks(items: Iterable[Item], forms: int, seed: str) -> list[list[Item]]:
    rows: dict[int, list[Item]] = {}
    for one in items:
        rows.setdefault(one.row, []).append(one)
    blocks = []
    for _row, members in sorted(rows.items()):
        if len(members) % forms:
            raise ValueError("A row's questions can't be shared out evenly.")
        members.sort(key=lambda one: (-one.mean, _lot(seed, "item", one.question)))
        blocks += [members[i : i + forms] for i in range(0, len(members), forms)]
    return blocks


def _lot(seed: str, *what: object) -> bytes:
    return blake2b("\x1f".join([seed, *map(str, what)]).encode(), digest_size=16).digest()
