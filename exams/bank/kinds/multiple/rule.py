"""Multiple choice 多选题: two or more right options, and three ways to count them (`docs/algorithms/scoring.md`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from exams.bank.kinds.base import CENT, NOTHING, Fault, share
from exams.bank.kinds.choices import Choice

if TYPE_CHECKING:
    from exams.bank.wording import Wording

ALL, PER_OPTION, DEDUCTING = "all", "per_option", "deducting"
MODES = (ALL, PER_OPTION, DEDUCTING)


@dataclass(frozen=True, slots=True)
class Key:
    right: frozenset[str]
    mode: str = ALL


class Multiple(Choice):
    name, order, most_chosen = "multiple", 20, None

    def faults(self, wording: "Wording") -> list[Fault]:
        unknown = wording.extra.get("mode", ALL) not in MODES
        return super().faults(wording) + ([Fault(code="unknown", field="mode")] if unknown else [])

    def key(self, answer: Any, extra: Mapping[str, Any]) -> Key:
        return Key(frozenset(str(option) for option in answer), extra.get("mode", ALL))

    def score(self, key: Key, values: Sequence[str], points: Decimal) -> Decimal:
        chosen = frozenset(values)
        if key.mode == ALL:
            return points.quantize(CENT) if chosen == key.right else NOTHING
        right, wrong = len(chosen & key.right), len(chosen - key.right)
        if key.mode == PER_OPTION:
            return NOTHING if wrong else share(right, len(key.right), points)
        return share(max(0, right - wrong), len(key.right), points)


RULE = Multiple()
