"""Practical station 实操站: the candidate does something, an examiner fills a checklist. Steps with points; critical steps; a time that is noted."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from exams.bank.kinds.base import BadValues, Criterion, Fault, Rule, Shape, text_faults
from exams.bank.kinds.sheets import criteria_of, row_faults, sheet_text

if TYPE_CHECKING:
    from exams.bank.wording import Wording

LONGEST_TASK, LONGEST_MINUTES = 2000, 240


class Station(Rule):
    """``extra``: the ``task`` as the candidate reads it and its ``minutes``. The key: the ``rubric`` of steps; ``fatal``: a critical step that was
    failed fails the whole operation dimension (`docs/algorithms/grading.md`)."""

    name, order, by_hand, written = "station", 150, True, False

    def faults(self, wording: "Wording") -> list[Fault]:
        rows = wording.key.get("rubric", [])
        found = text_faults("task", [wording.extra.get("task", "")], LONGEST_TASK) + row_faults(rows, "rubric")
        if not wording.extra.get("task", "").strip():
            found.append(Fault(code="missing", field="task"))
        minutes = wording.extra.get("minutes")
        if not isinstance(minutes, int) or not 1 <= minutes <= LONGEST_MINUTES:
            found.append(Fault(code="number", field="minutes"))
        if wording.key.get("fatal") and not any(row.get("critical") for row in rows):
            found.append(Fault(code="no_critical", field="fatal"))
        if wording.key.get("fatal") and wording.dimension != "operation":
            found.append(Fault(code="not_operation", field="fatal"))
        return found

    def shape(self, options: Sequence[str], answer: Any, extra: Mapping[str, Any]) -> Shape:
        return Shape()

    def clean(self, shape: Shape, values: Sequence[str]) -> list[str]:
        if values:
            raise BadValues("Nothing is written here.")
        return []

    def sheet(self, answer: Any, extra: Mapping[str, Any]) -> list[Criterion]:
        return criteria_of(answer["rubric"])

    def grave(self, answer: Any, given: Mapping[str, Decimal]) -> bool:
        return bool(answer.get("fatal")) and any(row.critical and not given.get(row.id) for row in self.sheet(answer, {}))

    def key_text(self, wording: "Wording") -> str:
        return sheet_text(wording.key.get("rubric", []))


RULE = Station()
