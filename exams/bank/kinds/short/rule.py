"""Short answer 简答题: a few sentences, judged by a person. Keywords help the marker to find a place in the text; they are no score."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from content.lessons.typed import normal
from exams.bank.kinds.base import BadValues, Fault, Rule, Shape, checked_text, text_faults

if TYPE_CHECKING:
    from exams.bank.wording import Wording

MOST_KEYWORDS = 30
LONGEST_MODEL = 4000


class Written(Rule):
    """One free text, judged by a person. ``longest`` is in characters."""

    by_hand, longest = True, 2000

    def faults(self, wording: "Wording") -> list[Fault]:
        found = [] if not wording.options and not wording.chosen else [Fault(code="no_options", field="options")]
        return found + text_faults("model", [wording.key.get("model", "")], LONGEST_MODEL)

    def shape(self, options: Sequence[str], answer: Any, extra: Mapping[str, Any]) -> Shape:
        return Shape(blanks=1)

    def clean(self, shape: Shape, values: Sequence[str]) -> list[str]:
        if len(values) > 1:
            raise BadValues("One text.")
        texts = [checked_text(value.replace("\r\n", "\n"), self.longest) for value in values]
        return texts if any(text.strip() for text in texts) else []

    def right(self, wording: "Wording") -> tuple[str, ...]:
        return (wording.key["model"],) if wording.key.get("model") else ()

    def key_text(self, wording: "Wording") -> str:
        return str(wording.key.get("model", ""))


class Short(Written):
    name, order = "short", 110

    def faults(self, wording: "Wording") -> list[Fault]:
        words = wording.key.get("keywords", [])
        found = super().faults(wording) + text_faults("keywords", words, 60)
        if not words and not wording.key.get("model"):
            found.append(Fault(code="missing", field="model"))
        if len(words) > MOST_KEYWORDS:
            found.append(Fault(code="count", field="keywords"))
        return found

    def key_text(self, wording: "Wording") -> str:
        return "；".join(part for part in (super().key_text(wording), "、".join(wording.key.get("keywords", []))) if part)


def found_in(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """Each keyword and whether it stands in a text, after folding. A help to the marker, never a score."""
    folded = normal(text)
    return [(word, bool(normal(word)) and normal(word) in folded) for word in words]


RULE = Short()
