"""From points to a verdict. The rule: `docs/algorithms/grading.md`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

from exams.bank.kinds.base import CENT
from exams.marking.scoring import KeyOf, score, waits
from exams.papers.drawing import Paper

ZERO = Decimal("0.00")
KNOWLEDGE, OPERATION = "knowledge", "operation"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRule:
    """Percent of the full marks, and least percents of the two dimensions (0 for none)."""

    percent: Decimal
    knowledge: Decimal = Decimal(0)
    operation: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """From which percent of the operation marks each operating level begins."""

    excellent: Decimal
    good: Decimal
    passing: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Points by slot and by dimension; ``score == knowledge + operation`` and likewise for the full marks.

    ``grave``: a critical step at a station failed the operation dimension, whatever its points.
    """

    slots: dict[int, Decimal]
    knowledge: Decimal
    knowledge_full: Decimal
    operation: Decimal
    operation_full: Decimal
    grave: bool = False

    @property
    def score(self) -> Decimal:
        return self.knowledge + self.operation

    @property
    def full(self) -> Decimal:
        return self.knowledge_full + self.operation_full


def mark(
    paper: Paper,
    keys: Mapping[int, KeyOf],
    values: Mapping[int, tuple[str, ...]],
    given: Mapping[int, Decimal] = MappingProxyType({}),
    grave: Collection[int] = (),
) -> Marks:
    """Mark a paper: ``keys`` by version, ``values`` by slot, ``given`` the points people gave, ``grave`` the slots whose failed step fails operation.

    Raises KeyError when a version has no key, or a slot that a person has to judge is not given.
    """
    slots: dict[int, Decimal] = {}
    got, full = {KNOWLEDGE: ZERO, OPERATION: ZERO}, {KNOWLEDGE: ZERO, OPERATION: ZERO}
    for n, slot in paper.slots.items():
        key = keys[slot.version]
        answer = values.get(n, ())
        by_hand = n in given or waits(key, answer)
        slots[n] = max(ZERO, min(slot.points, given[n])).quantize(CENT) if by_hand else score(key, answer, slot.points)
        got[key.dimension] += slots[n]
        full[key.dimension] += slot.points
    return Marks(
        slots=slots, knowledge=got[KNOWLEDGE], knowledge_full=full[KNOWLEDGE], operation=got[OPERATION], operation_full=full[OPERATION],
        grave=any(n in grave for n in slots),
    )  # fmt: skip


def reaches(part: Decimal, whole: Decimal, percent: Decimal) -> bool:
    """Whether ``part`` is at least ``percent`` of ``whole``, exactly, without rounding. Nothing asked for is reached by anything."""
    return percent <= 0 or part * 100 >= percent * whole


def passed(marks: Marks, rule: PassRule) -> bool:
    """The whole and both dimensions reach what the rule asks. A dimension without questions is not held against anyone; a grave step is."""
    return (
        marks.full > 0
        and not marks.grave
        and reaches(marks.score, marks.full, rule.percent)
        and reaches(marks.knowledge, marks.knowledge_full, rule.knowledge)
        and reaches(marks.operation, marks.operation_full, rule.operation)
    )


def level(marks: Marks, levels: Levels) -> str:
    """The operating level, from the operation marks alone: excellent, good, pass, fail, or none where operation was not examined."""
    if marks.operation_full <= 0:
        return "none"
    if marks.grave:
        return "fail"
    for name, percent in (("excellent", levels.excellent), ("good", levels.good), ("pass", levels.passing)):
        if reaches(marks.operation, marks.operation_full, percent):
            return name
    return "fail"


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """For showing only: percent to one decimal, halves up; 0 of nothing is 0."""
    return (part * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else Decimal("0.0")
