"""Fill in 填空题: texts into the blanks of the stem, each right or wrong by itself."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from content.lessons.typed import normal
from exams.bank.kinds.base import BadValues, Fault, Rule, Shape, checked_text, share, text_faults

if TYPE_CHECKING:
    from exams.bank.wording import Wording

MOST_BLANKS = 12
BLANK = re.compile(r"_{4,}")


class FillIn(Rule):
    name, order = "fill_in", 40

    def faults(self, wording: "Wording") -> list[Fault]:
        found = [] if not wording.options and not wording.chosen else [Fault(code="no_options", field="options")]
        in_stem = len(BLANK.findall(wording.stem))
        if not 1 <= in_stem <= MOST_BLANKS:
            found.append(Fault(code="blanks", field="stem"))
        elif in_stem != len(wording.blanks):
            found.append(Fault(code="blank_count", field="answer"))
        return found + accepted_faults(wording.blanks)

    def answer_stored(self, wording: "Wording") -> list[list[str]]:
        return [list(accepted) for accepted in wording.blanks]

    def read(self, answer: Any) -> dict[str, Any]:
        return {"blanks": tuple(tuple(accepted) for accepted in answer)}

    def shape(self, options: Sequence[str], answer: Any, extra: Mapping[str, Any]) -> Shape:
        return Shape(blanks=len(answer))

    def clean(self, shape: Shape, values: Sequence[str]) -> list[str]:
        if len(values) not in {0, shape.blanks}:
            raise BadValues("One text per blank.")
        texts = [checked_text(value) for value in values]
        return texts if any(text.strip() for text in texts) else []

    def key(self, answer: Any, extra: Mapping[str, Any]) -> tuple[frozenset[str], ...]:
        return tuple(frozenset(normal(text) for text in blank) for blank in answer)

    def score(self, key: tuple[frozenset[str], ...], values: Sequence[str], points: Decimal) -> Decimal:
        right = sum(1 for text, accepted in zip(values, key, strict=False) if normal(text) and normal(text) in accepted)
        return share(right, len(key), points)

    def right(self, wording: "Wording") -> tuple[str, ...]:
        return tuple(accepted[0] for accepted in wording.blanks)

    def key_text(self, wording: "Wording") -> str:
        return "；".join("／".join(accepted) for accepted in wording.blanks)


def accepted_faults(blanks: Sequence[Sequence[str]]) -> list[Fault]:
    """Blanks without an accepted text, or with the same one twice."""
    found = []
    for place, accepted in enumerate(blanks, 1):
        found += [Fault(code=fault.code, field="answer", place=place) for fault in text_faults("answer", accepted)]
        folded = [normal(text) for text in accepted]
        if not folded or not all(folded):
            found.append(Fault(code="missing", field="answer", place=place))
        elif len(set(folded)) < len(folded):
            found.append(Fault(code="repeated", field="answer", place=place))
    return found


RULE = FillIn()
