"""Drawing a paper from rules and a seed. The rule and its proof: `docs/algorithms/drawing.md`."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from hashlib import blake2b, sha256
from json import dumps
from typing import Any

from exams.bank.kinds import rule_of, rules
from exams.bank.kinds.base import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a blueprint: ``count`` questions of ``kind`` at ``points`` each. None or '' asks for nothing in particular.

    Rows with the same ``title`` make one part of the paper under that heading, with the ``note`` of the first that has one; without a title, a
    kind is a part. ``rested_since``: never shown, or last on an earlier day; ``seen_below``: shown fewer times than that.
    """

    kind: str
    count: int
    points: Decimal
    topic: int | None = None
    tier: str = ""
    difficulty: int | None = None
    title: str = ""
    note: str = ""
    tag: str = ""
    rested_since: date | None = None
    seen_below: int | None = None

    def fits(self, item: "PoolItem") -> bool:
        return (
            item.kind == self.kind
            and (self.topic is None or item.topic == self.topic)
            and (not self.tier or item.tier == self.tier)
            and (self.difficulty is None or item.difficulty == self.difficulty)
            and (not self.tag or self.tag in item.tags)
            and (self.rested_since is None or item.last_shown is None or item.last_shown < self.rested_since)
            and (self.seen_below is None or item.shown < self.seen_below)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolItem:
    """A question that can be drawn, by its current version; ``options``, ``blanks`` and ``more`` are its shape (`exams.bank.kinds.base.Shape`).

    ``shown`` counts ended attempts that had it, ``last_shown`` is the day of the last.
    """

    version: int
    question: int
    topic: int
    tier: str
    kind: str
    difficulty: int
    dimension: str
    options: tuple[str, ...] = ()
    blanks: int = 0
    more: Mapping[str, Any] = field(default_factory=dict)
    pool: str = "sealed"
    tags: frozenset[str] = frozenset()
    shown: int = 0
    last_shown: date | None = None

    @property
    def shape(self) -> Shape:
        return Shape(options=self.options, blanks=self.blanks, more=self.more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """Row ``row`` (from 0) lacks ``missing`` questions. ``fitting`` fit it at all; ``rivals`` are the other rows that take from the same stock."""

    row: int
    missing: int
    fitting: int
    rivals: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Question number ``n`` of a paper, by immutable version, with its shape as this candidate sees it."""

    n: int
    version: int
    points: Decimal
    options: tuple[str, ...] = ()
    blanks: int = 0
    more: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ""  # only where the part holds several kinds; ask `Paper.kinds`

    @property
    def shape(self) -> Shape:
        return Shape(options=self.options, blanks=self.blanks, more=self.more)

    def as_json(self) -> dict[str, object]:
        """What a stored paper keeps of it; particulars only where there are some."""
        stored: dict[str, object] = {"n": self.n, "q": self.version, "p": str(self.points), "o": list(self.options), "b": self.blanks}
        return stored | ({"m": dict(self.more)} if self.more else {}) | ({"k": self.kind} if self.kind else {})

    @classmethod
    def from_json(cls, x: Mapping[str, Any]) -> "Slot":
        return cls(n=x["n"], version=x["q"], points=Decimal(x["p"]), options=tuple(x["o"]), blanks=x["b"], more=x.get("m") or {}, kind=x.get("k", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a paper: one ``kind``, or under a ``title`` of its own, where ``kind`` is '' if it holds several. ``note``: its instructions."""

    kind: str
    slots: tuple[Slot, ...]
    title: str = ""
    note: str = ""

    def as_json(self) -> dict[str, object]:
        named: dict[str, object] = {name: text for name, text in (("title", self.title), ("note", self.note)) if text}
        return {"kind": self.kind, "slots": [slot.as_json() for slot in self.slots]} | named

    @property
    def points(self) -> Decimal:
        return sum((slot.points for slot in self.slots), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A frozen paper. `as_json` and `from_json` are inverse; the digest covers exactly what is stored. ``form``: A, B … of parallel forms."""

    sections: tuple[Section, ...]
    form: str = ""

    @property
    def slots(self) -> dict[int, Slot]:
        return {slot.n: slot for section in self.sections for slot in section.slots}

    @property
    def parts(self) -> list[list[int]]:
        """The numbers of the slots, part by part."""
        return [[slot.n for slot in section.slots] for section in self.sections]

    @property
    def kinds(self) -> dict[int, str]:
        return {slot.n: slot.kind or section.kind for section in self.sections for slot in section.slots}

    @property
    def points(self) -> Decimal:
        return sum((section.points for section in self.sections), Decimal(0))

    def as_json(self) -> dict[str, object]:
        return {"sections": [section.as_json() for section in self.sections]} | ({"form": self.form} if self.form else {})

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "Paper":
        """Read a stored paper; raises KeyError or TypeError for anything `as_json` did not write."""
        sections = []
        for part in data["sections"]:  # type: ignore[attr-defined]
            slots = tuple(Slot.from_json(x) for x in part["slots"])
            sections.append(Section(kind=part["kind"], slots=slots, title=part.get("title", ""), note=part.get("note", "")))
        return cls(sections=tuple(sections), form=str(data.get("form", "")))

    def digest(self) -> str:
        return sha256(dumps(self.as_json(), sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class NotEnoughQuestions(Exception):
    """The stock cannot fill the rows; ``shortages`` says which and by how many."""

    def __init__(self, shortages: list[Shortage]) -> None:
        super().__init__(f"{sum(s.missing for s in shortages)} questions are missing.")
        self.shortages = shortages


def _lot(seed: str, *what: object) -> bytes:
    """A number drawn for a thing: the same for the same seed on every machine and Python."""
    return blake2b("\x1f".join([seed, *map(str, what)]).encode(), digest_size=16).digest()


def allotted(rows: Sequence[Row], pool: Sequence[PoolItem]) -> tuple[list[list[PoolItem]], list[Shortage]]:
    """Give each row what it asks for, in the order of ``pool``, moving earlier rows to other questions where that frees one.

    Returns what each row gets, and what is missing; earlier rows are served first.
    """
    fitting = [[i for i, item in enumerate(pool) if row.fits(item)] for row in rows]
    owner: dict[int, int] = {}
    shortages = []
    for index, row in enumerate(rows):
        for taken in range(row.count):
            reached = _augment(index, fitting, owner)
            if reached:
                rivals = tuple(sorted(reached - {index}))
                shortages.append(Shortage(row=index, missing=row.count - taken, fitting=len(fitting[index]), rivals=rivals))
                break
    given: list[list[PoolItem]] = [[] for _ in rows]
    for i, item in enumerate(pool):
        if i in owner:
            given[owner[i]].append(item)
    return given, shortages


def _augment(start: int, fitting: list[list[int]], owner: dict[int, int]) -> set[int]:
    """Give row ``start`` one more question along a shortest chain of moves. Returns the empty set, or the rows that were asked in vain."""
    came: dict[int, tuple[int, int]] = {}  # row -> (row that wants its question, that question)
    queue, seen = deque([start]), {start}
    while queue:
        row = queue.popleft()
        for item in fitting[row]:
            holder = owner.get(item)
            if holder is None:
                while True:  # pass questions back along the chain
                    owner[item] = row
                    if row == start:
                        return set()
                    row, item = came[row]  # noqa: PLW2901
            if holder not in seen:
                seen.add(holder)
                came[holder] = (row, item)
                queue.append(holder)
    return seen


def shortages(rows: Sequence[Row], pool: Iterable[PoolItem]) -> list[Shortage]:
    """Say exactly which rows cannot be filled and by how many; empty means `draw` succeeds.

    Earlier rows are served first; the sum of what is missing is the least possible.
    """
    return allotted(rows, sorted(_once(pool), key=lambda item: item.question))[1]


def _once(pool: Iterable[PoolItem]) -> list[PoolItem]:
    items = list(pool)
    if len({item.question for item in items}) != len(items):
        raise ValueError("A question stands in the pool twice.")
    return items


def draw(rows: Sequence[Row], pool: Iterable[PoolItem], seed: str, *, shuffle_options: bool = True) -> Paper:
    """Draw a paper: the same rows, pool and seed give the same paper. No question stands in it twice.

    Parts with a title stand first, in the order of their first rows; then the others in the order of kinds. Within a part rows keep their
    order, within a row the lot decides. Options are in an order drawn by seed where the kind allows. Raises NotEnoughQuestions.
    """
    lots = sorted(_once(pool), key=lambda item: _lot(seed, "question", item.question))
    given, missing = allotted(rows, lots)
    if missing:
        raise NotEnoughQuestions(missing)
    placed = [[(item, row.points) for item in items] for row, items in zip(rows, given, strict=True)]
    return laid_out(rows, placed, seed, shuffle_options=shuffle_options)


def laid_out(
    rows: Sequence[Row], given: Sequence[Sequence[tuple[PoolItem, Decimal]]], seed: str, *, shuffle_options: bool = True, form: str = ""
) -> Paper:
    """Lay questions that are settled, row by row with their points, out as a paper: parts, numbers, and options by lot where the kind allows."""
    sections: list[Section] = []
    n = 0
    for title, kinds in _parts(rows):
        mine = [(row, items) for row, items in zip(rows, given, strict=True) if row.title == title and row.kind in kinds]
        slots = []
        for item, points in (one for _row, items in mine for one in items):
            n += 1
            shape = rule_of(item.kind).drawn(item.shape, partial(_lot, seed, "option", item.question)) if shuffle_options else item.shape
            kind = item.kind if len(kinds) > 1 else ""
            slots.append(Slot(n=n, version=item.version, points=points, options=shape.options, blanks=shape.blanks, more=shape.more, kind=kind))
        if slots:
            note = next((row.note for row, _items in mine if row.note), "")
            sections.append(Section(kind=kinds[0] if len(kinds) == 1 else "", slots=tuple(slots), title=title, note=note))
    return Paper(sections=tuple(sections), form=form)


def _parts(rows: Sequence[Row]) -> list[tuple[str, tuple[str, ...]]]:
    """The parts of a paper: each title with the kinds under it, then each kind that stands under no title."""
    titles = dict.fromkeys(row.title for row in rows if row.title)
    titled = [(title, tuple(dict.fromkeys(row.kind for row in rows if row.title == title))) for title in titles]
    plain = {row.kind for row in rows if not row.title}
    return titled + [("", (kind,)) for kind in rules() if kind in plain]
