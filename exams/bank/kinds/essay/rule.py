"""Essay 论述题: a long text, judged by a person row by row along a rubric. The rubric is shown to candidates where the question says so."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from exams.bank.kinds.base import Criterion, Fault
from exams.bank.kinds.sheets import criteria_of, row_faults, sheet_text
from exams.bank.kinds.short.rule import Written

if TYPE_CHECKING:
    from exams.bank.wording import Wording


class Essay(Written):
    """The rubric stands in ``extra`` where candidates may see it, else in the key."""

    name, order, longest = "essay", 120, 20_000

    def faults(self, wording: "Wording") -> list[Fault]:
        return super().faults(wording) + row_faults(rubric_of(wording.key, wording.extra), "rubric")

    def sheet(self, answer: Any, extra: Mapping[str, Any]) -> list[Criterion]:
        return criteria_of(rubric_of(answer, extra))

    def key_text(self, wording: "Wording") -> str:
        return "；".join(part for part in (super().key_text(wording), sheet_text(rubric_of(wording.key, wording.extra))) if part)


def rubric_of(answer: Any, extra: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a question's rubric, whether candidates see them or not."""
    return list(extra.get("rubric") or answer.get("rubric") or [])


RULE = Essay()
