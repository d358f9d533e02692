"""What kinds with options to tick have in common. No Django."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from content.lessons.typed import normal
from exams.bank.kinds.base import BadValues, Fault, Rule, Shape, text_faults

if TYPE_CHECKING:
    from exams.bank.wording import Wording

FEWEST_OPTIONS, MOST_OPTIONS = 2, 8


def option_faults(wording: "Wording", fewest: int = FEWEST_OPTIONS, most: int = MOST_OPTIONS) -> list[Fault]:
    """Options that are missing, said twice, or too many."""
    found = text_faults("options", [option.text for option in wording.options])
    ids = [option.id for option in wording.options]
    if not fewest <= len(ids) <= most:
        found.append(Fault(code="count", field="options"))
    if len(set(ids)) < len(ids) or not all(ids):
        found.append(Fault(code="ids", field="options"))
    seen: set[str] = set()
    for place, option in enumerate(wording.options, 1):
        text = normal(option.text)
        if not text:
            found.append(Fault(code="missing", field="options", place=place))
        elif text in seen:
            found.append(Fault(code="repeated", field="options", place=place))
        seen.add(text)
    return found


class Choice(Rule):
    """Options with a key of option ids, compared by id and never by position."""

    most_chosen: int | None = 1

    def faults(self, wording: "Wording") -> list[Fault]:
        return option_faults(wording) + self.chosen_faults(wording)

    def chosen_faults(self, wording: "Wording") -> list[Fault]:
        right = set(wording.chosen)
        if not right <= {option.id for option in wording.options} or len(right) < len(wording.chosen):
            return [Fault(code="unknown", field="answer")]
        if self.most_chosen is None:
            return [] if len(right) >= 2 else [Fault(code="two_or_more", field="answer")]
        return [] if len(right) == 1 else [Fault(code="exactly_one", field="answer")]

    def answer_stored(self, wording: "Wording") -> list[str]:
        return [option.id for option in wording.options if option.id in wording.chosen]

    def read(self, answer: Any) -> dict[str, Any]:
        return {"chosen": tuple(answer)}

    def drawn(self, shape: Shape, lot: Callable[[str], bytes]) -> Shape:
        return Shape(options=tuple(sorted(shape.options, key=lot)), blanks=shape.blanks, more=shape.more)

    def clean(self, shape: Shape, values: Sequence[str]) -> list[str]:
        if len(set(values)) != len(values) or not set(values) <= set(shape.options):
            raise BadValues("Not options of this question.")
        if self.most_chosen is not None and len(values) > self.most_chosen:
            raise BadValues("One option at most.")
        return sorted(values)

    def right(self, wording: "Wording") -> tuple[str, ...]:
        return tuple(sorted(wording.chosen))

    def key_text(self, wording: "Wording") -> str:
        return "；".join(option.text for option in wording.options if option.id in wording.chosen)
