"""True or false 判断题: a single choice between two options that stand on every such question."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from exams.bank.kinds.base import Fault, Option, Shape, text_faults
from exams.bank.kinds.single.rule import Single

if TYPE_CHECKING:
    from exams.bank.wording import Wording

TRUE, FALSE = "t", "f"


def true_false_options() -> tuple[Option, ...]:
    """The two options of every true/false question, as they stand on a Chinese paper."""
    return (Option(id=TRUE, text="正确"), Option(id=FALSE, text="错误"))


class TrueFalse(Single):
    name, order = "true_false", 30

    def faults(self, wording: "Wording") -> list[Fault]:
        found = text_faults("options", [option.text for option in wording.options])
        if [option.id for option in wording.options] != [TRUE, FALSE]:
            found.append(Fault(code="not_true_false", field="options"))
        return found + self.chosen_faults(wording)

    def drawn(self, shape: Shape, lot: Callable[[str], bytes]) -> Shape:
        return shape


RULE = TrueFalse()
