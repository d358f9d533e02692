"""Single choice 单选题: one right option."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from exams.bank.kinds.base import CENT, NOTHING
from exams.bank.kinds.choices import Choice


class Single(Choice):
    name, order = "single", 10

    def key(self, answer: Any, extra: Mapping[str, Any]) -> frozenset[str]:
        return frozenset(str(option) for option in answer)

    def score(self, key: frozenset[str], values: Sequence[str], points: Decimal) -> Decimal:
        return points.quantize(CENT) if frozenset(values) == key else NOTHING


RULE = Single()
