"""Matching 配对题: each thing on the left gets one of the options; options may be left over. Each pair is right or wrong by itself."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from content.lessons.typed import normal
from exams.bank.kinds.base import BadValues, Fault, Rule, Shape, parts_of, share, text_faults
from exams.bank.kinds.choices import option_faults

if TYPE_CHECKING:
    from exams.bank.wording import Wording

FEWEST_PAIRS, MOST_PAIRS, MOST_RIGHTS = 2, 10, 12


class Matching(Rule):
    """Extra: ``{"lefts": [{"id": "1", "text": "…"}]}``. Key: ``{"pairs": {"1": "a"}}``. Answer: ``1=a``."""

    name, order = "matching", 60

    def faults(self, wording: "Wording") -> list[Fault]:
        found = option_faults(wording, FEWEST_PAIRS, MOST_RIGHTS)
        lefts = wording.extra.get("lefts", [])
        texts = [left["text"] for left in lefts]
        found += [Fault(code=fault.code, field="pairs", place=fault.place) for fault in text_faults("options", texts)]
        if not FEWEST_PAIRS <= len(lefts) <= MOST_PAIRS:
            found.append(Fault(code="count", field="pairs"))
        folded = [normal(text) for text in texts]
        found += [Fault(code="missing", field="pairs", place=n) for n, text in enumerate(folded, 1) if not text]
        if len(set(folded)) < len(folded):
            found.append(Fault(code="repeated", field="pairs"))
        pairs = wording.key.get("pairs", {})
        if set(pairs) != {left["id"] for left in lefts} or not set(pairs.values()) <= {option.id for option in wording.options}:
            found.append(Fault(code="unknown", field="pairs"))
        return found

    def shape(self, options: Sequence[str], answer: Any, extra: Mapping[str, Any]) -> Shape:
        return Shape(options=tuple(sorted(options)), more={"lefts": [left["id"] for left in extra["lefts"]]})

    def drawn(self, shape: Shape, lot: Callable[[str], bytes]) -> Shape:
        return Shape(options=tuple(sorted(shape.options, key=lot)), more=shape.more)

    def clean(self, shape: Shape, values: Sequence[str]) -> list[str]:
        chosen = parts_of(values)
        for left, rights in chosen.items():
            if left not in shape.more["lefts"] or len(rights) != 1 or rights[0] not in shape.options:
                raise BadValues("Not a pair of this question.")
        return sorted(values)

    def key(self, answer: Any, extra: Mapping[str, Any]) -> frozenset[str]:
        return frozenset(f"{left}={right}" for left, right in answer["pairs"].items())

    def score(self, key: frozenset[str], values: Sequence[str], points: Decimal) -> Decimal:
        return share(len(key & set(values)), len(key), points)

    def right(self, wording: "Wording") -> tuple[str, ...]:
        return tuple(sorted(f"{left}={right}" for left, right in wording.key["pairs"].items()))

    def key_text(self, wording: "Wording") -> str:
        pairs = wording.key["pairs"]
        return "；".join(f"{left['text']} → {wording.face.text_of(pairs[left['id']])}" for left in wording.extra["lefts"])


RULE = Matching()
