"""Drawing a paper from rules and a seed. The rule and its proof: `docs/algorithms/drawing.md`."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b, sha256
from json import dumps

KINDS = ("single", "multiple", "true_false", "fill_in")  # the order of the parts of a Chinese paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a blueprint: ``count`` questions of ``kind`` at ``points`` each. None or '' asks for nothing in particular."""

    kind: str
    count: int
    points: Decimal
    topic: int | None = None
    tier: str = ""
    difficulty: int | None = None

    def fits(self, item: "PoolItem") -> bool:
        return (
            item.kind == self.kind
            and (self.topic is None or item.topic == self.topic)
            and (not self.tier or item.tier == self.tier)
            and (self.difficulty is None or item.difficulty == self.difficulty)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolItem:
    """A question that can be drawn, by its current version. ``options`` are option ids; ``blanks`` counts the gaps of a fill-in."""

    version: int
    question: int
    topic: int
    tier: str
    kind: str
    difficulty: int
    dimension: str
    options: tuple[str, ...] = ()
    blanks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """Row ``row`` (from 0) lacks ``missing`` questions. ``fitting`` fit it at all; ``rivals`` are the other rows that take from the same stock."""

    row: int
    missing: int
    fitting: int
    rivals: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Question number ``n`` of a paper, by immutable version, with its options in the order shown."""

    n: int
    version: int
    points: Decimal
    options: tuple[str, ...]
    blanks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    kind: str
    slots: tuple[Slot, ...]

    @property
    def points(self) -> Decimal:
        return sum((slot.points for slot in self.slots), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A frozen paper. `as_json` and `from_json` are inverse; the digest covers exactly what is stored."""

    sections: tuple[Section, ...]

    @property
    def slots(self) -> dict[int, Slot]:
        return {slot.n: slot for section in self.sections for slot in section.slots}

    @property
    def kinds(self) -> dict[int, str]:
        return {slot.n: section.kind for section in self.sections for slot in section.slots}

    @property
    def points(self) -> Decimal:
        return sum((section.points for section in self.sections), Decimal(0))

    def as_json(self) -> dict[str, object]:
        return {
            "sections": [
                {"kind": s.kind, "slots": [{"n": x.n, "q": x.version, "p": str(x.points), "o": list(x.options), "b": x.blanks} for x in s.slots]}
                for s in self.sections
            ]
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "Paper":
        """Read a stored paper; raises KeyError or TypeError for anything `as_json` did not write."""
        sections = []
        for part in data["sections"]:  # type: ignore[attr-defined]
            slots = tuple(Slot(n=x["n"], version=x["q"], points=Decimal(x["p"]), options=tuple(x["o"]), blanks=x["b"]) for x in part["slots"])
            sections.append(Section(kind=part["kind"], slots=slots))
        return cls(sections=tuple(sections))

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


def _fill(rows: Sequence[Row], pool: Sequence[PoolItem]) -> tuple[list[list[PoolItem]], list[Shortage]]:
    """Give each row what it asks for, in the order of ``pool``, moving earlier rows to other questions where that frees one."""
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
    return _fill(rows, sorted(_once(pool), key=lambda item: item.question))[1]


def _once(pool: Iterable[PoolItem]) -> list[PoolItem]:
    items = list(pool)
    if len({item.question for item in items}) != len(items):
        raise ValueError("A question stands in the pool twice.")
    return items


def draw(rows: Sequence[Row], pool: Iterable[PoolItem], seed: str, *, shuffle_options: bool = True) -> Paper:
    """Draw a paper: the same rows, pool and seed give the same paper. No question stands in it twice.

    Parts stand in the order of KINDS, within a part rows in their order, within a row by lot. Options of choices are in an order drawn by
    seed; true/false keeps its own. Raises NotEnoughQuestions.
    """
    lots = sorted(_once(pool), key=lambda item: _lot(seed, "question", item.question))
    given, missing = _fill(rows, lots)
    if missing:
        raise NotEnoughQuestions(missing)
    sections: list[Section] = []
    n = 0
    for kind in KINDS:
        slots = []
        for row, items in zip(rows, given, strict=True):
            if row.kind != kind:
                continue
            for item in items:
                n += 1
                options = item.options
                if shuffle_options and kind in {"single", "multiple"}:
                    options = tuple(sorted(options, key=lambda option: _lot(seed, "option", item.question, option)))
                slots.append(Slot(n=n, version=item.version, points=row.points, options=options, blanks=item.blanks))
        if slots:
            sections.append(Section(kind=kind, slots=tuple(slots)))
    return Paper(sections=tuple(sections))
