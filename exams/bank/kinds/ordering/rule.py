"""Ordering 排序题: steps to put in order. Counted as a whole, or place by place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from exams.bank.kinds.base import CENT, NOTHING, BadValues, Fault, Rule, Shape, parts_of, share
from exams.bank.kinds.choices import option_faults

if TYPE_CHECKING:
    from exams.bank.wording import Wording

FEWEST_STEPS, MOST_STEPS = 3, 10
ALL, PER_PLACE = "all", "per_place"
MODES = (ALL, PER_PLACE)


@dataclass(frozen=True, slots=True)
class Key:
    places: Mapping[str, str]  # option id → place, as the answer writes it
    mode: str


class Ordering(Rule):
    """Key: ``{"order": ["b", "a", "c"]}``. Answer: ``a=2``, the place of each step. Two steps at one place are an answer, and both wrong."""

    name, order = "ordering", 70

    def faults(self, wording: "Wording") -> list[Fault]:
        found = option_faults(wording, FEWEST_STEPS, MOST_STEPS)
        if sorted(wording.key.get("order", [])) != sorted(option.id for option in wording.options):
            found.append(Fault(code="unknown", field="steps"))
        if wording.extra.get("mode", ALL) not in MODES:
            found.append(Fault(code="unknown", field="mode"))
        return found

    def shape(self, options: Sequence[str], answer: Any, extra: Mapping[str, Any]) -> Shape:
        """By id: the order of the options themselves would be the key."""
        return Shape(options=tuple(sorted(options)))

    def drawn(self, shape: Shape, lot: Callable[[str], bytes]) -> Shape:
        return Shape(options=tuple(sorted(shape.options, key=lot)))

    def clean(self, shape: Shape, values: Sequence[str]) -> list[str]:
        places = {str(n) for n in range(1, len(shape.options) + 1)}
        for option, given in parts_of(values).items():
            if option not in shape.options or len(given) != 1 or given[0] not in places:
                raise BadValues("Not a place of a step of this question.")
        return sorted(values)

    def key(self, answer: Any, extra: Mapping[str, Any]) -> Key:
        return Key({option: str(n) for n, option in enumerate(answer["order"], 1)}, extra.get("mode", ALL))

    def score(self, key: Key, values: Sequence[str], points: Decimal) -> Decimal:
        given = {option: places[0] for option, places in parts_of(values).items()}
        taken = list(given.values())
        right = sum(1 for option, place in key.places.items() if given.get(option) == place and taken.count(place) == 1)
        if key.mode == PER_PLACE:
            return share(right, len(key.places), points)
        return points.quantize(CENT) if right == len(key.places) else NOTHING

    def right(self, wording: "Wording") -> tuple[str, ...]:
        return tuple(sorted(f"{option}={n}" for n, option in enumerate(wording.key["order"], 1)))

    def key_text(self, wording: "Wording") -> str:
        return " → ".join(wording.face.text_of(option) for option in wording.key["order"])


RULE = Ordering()
