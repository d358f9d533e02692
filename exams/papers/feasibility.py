"""What the stock holds against what rows ask, cell by cell, and who takes from whom. Whether it can be drawn at all is decided by `drawing`."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from exams.papers.drawing import PoolItem, Row, Shortage, allotted

ANY = 0  # the column of rows that leave the difficulty open
LEVELS = (1, 2, 3, ANY)
Place = tuple[str, int | str]  # ("topic", 12), ("tier", "technical") or ("any", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One row against the stock: ``fitting`` questions fit it, ``given`` of them it gets, ``missing`` lack. ``rivals``: how many of the fitting
    each other row (from 0) takes."""

    row: int
    fitting: int
    given: int
    rivals: Mapping[int, int]
    missing: int

    @property
    def taken(self) -> int:
        """How many of the fitting questions other rows take."""
        return sum(self.rivals.values())

    @property
    def spare(self) -> int:
        """How many of the fitting questions nobody takes."""
        return self.fitting - self.given - self.taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One place × kind × difficulty: questions there, questions asked exactly there, and how many of those are missing."""

    stock: int
    asked: int
    missing: int


def place_of(row: Row) -> Place:
    """Where a row draws from: a topic, a tier, or anywhere."""
    if row.topic is not None:
        return "topic", row.topic
    return ("tier", row.tier) if row.tier else ("any", "")


def needs(rows: Sequence[Row], pool: Sequence[PoolItem]) -> list[Need]:
    """Every row against the stock, as one and the same drawing would serve them all: earlier rows first."""
    given, short = allotted(rows, pool)
    owner = {item.question: index for index, items in enumerate(given) for item in items}
    missing = {shortage.row: shortage.missing for shortage in short}
    found = []
    for index, row in enumerate(rows):
        fitting = [item.question for item in pool if row.fits(item)]
        holders = Counter(owner[question] for question in fitting if question in owner)
        mine = holders.pop(index, 0)
        found.append(Need(row=index, fitting=len(fitting), given=mine, rivals=dict(sorted(holders.items())), missing=missing.get(index, 0)))
    return found


def cells(rows: Sequence[Row], pool: Iterable[PoolItem], short: Iterable[Shortage]) -> dict[tuple[Place, str, int], Cell]:
    """The matrix: every topic of the stock and every place asked, for the kinds that are asked. Difficulty ANY is the sum of the three.

    What a row asks counts in its own cell alone: a row that leaves the difficulty open stands under ANY, one for a tier in the tier's line.
    """
    kinds = {row.kind for row in rows}
    stock: Counter[tuple[Place, str, int]] = Counter()
    asked: Counter[tuple[Place, str, int]] = Counter()
    missing: Counter[tuple[Place, str, int]] = Counter()
    for item in pool:
        if item.kind not in kinds:
            continue
        places: tuple[Place, ...] = (("topic", item.topic), ("tier", item.tier), ("any", ""))
        for place in places:
            stock[place, item.kind, item.difficulty] += 1
            stock[place, item.kind, ANY] += 1
    keys = [(place_of(row), row.kind, row.difficulty or ANY) for row in rows]
    for row, key in zip(rows, keys, strict=True):
        asked[key] += row.count
    for shortage in short:
        missing[keys[shortage.row]] += shortage.missing
    return {key: Cell(stock=stock[key], asked=asked[key], missing=missing[key]) for key in {*stock, *asked}}
