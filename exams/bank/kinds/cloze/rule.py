"""Cloze 完形填空/选词填空: gaps in a passage, each to be written or chosen from a list of its own."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from content.lessons.typed import normal
from exams.bank.kinds.base import LONGEST, BadValues, Fault, Rule, Shape, checked_text, parts_of, share, text_faults

if TYPE_CHECKING:
    from exams.bank.wording import Wording

GAP = re.compile(r"_{4,}")
MOST_GAPS, FEWEST_CHOICES, MOST_CHOICES = 30, 2, 6


class Cloze(Rule):
    """Extra: ``{"passage": "… ____ …", "gaps": [[{"id", "text"}, …], []]}``, an empty list for a gap to write in.

    Key: ``{"gaps": ["b", ["accepted", …]]}``. Answer: ``1=b``, ``2=text``.
    """

    name, order = "cloze", 80

    def faults(self, wording: "Wording") -> list[Fault]:
        passage, gaps, keys = wording.extra.get("passage", ""), wording.extra.get("gaps", []), wording.key.get("gaps", [])
        found = [Fault(code=fault.code, field="passage") for fault in text_faults("extra", [passage])]
        in_passage = len(GAP.findall(passage))
        if not 1 <= in_passage <= MOST_GAPS:
            found.append(Fault(code="blanks", field="passage"))
        elif not in_passage == len(gaps) == len(keys):
            found.append(Fault(code="count", field="gaps"))
        for place, (choices, key) in enumerate(zip(gaps, keys, strict=False), 1):
            found += _gap_faults(place, choices, key)
        return found

    def shape(self, options: Sequence[str], answer: Any, extra: Mapping[str, Any]) -> Shape:
        return Shape(more={"gaps": [sorted(choice["id"] for choice in choices) for choices in extra["gaps"]]})

    def drawn(self, shape: Shape, lot: Callable[[str], bytes]) -> Shape:
        return Shape(more={"gaps": [sorted(ids, key=lambda id_, n=n: lot(f"{n}:{id_}")) for n, ids in enumerate(shape.more["gaps"], 1)]})  # type: ignore[misc]

    def clean(self, shape: Shape, values: Sequence[str]) -> list[str]:
        gaps = {str(n): ids for n, ids in enumerate(shape.more["gaps"], 1)}
        kept = {}
        for part, given in parts_of(values).items():
            if part not in gaps or len(given) != 1:
                raise BadValues("No such gap, or a gap twice.")
            text = checked_text(given[0], LONGEST["answer"])
            if gaps[part] and text not in gaps[part]:
                raise BadValues("Not a choice of this gap.")
            if text.strip():
                kept[part] = text
        return [f"{part}={kept[part]}" for part in gaps if part in kept]

    def key(self, answer: Any, extra: Mapping[str, Any]) -> list[frozenset[str]]:
        return [frozenset([key]) if isinstance(key, str) else frozenset(normal(text) for text in key) for key in answer["gaps"]]

    def score(self, key: list[frozenset[str]], values: Sequence[str], points: Decimal) -> Decimal:
        given = {part: texts[0] for part, texts in parts_of(values).items()}
        right = sum(1 for n, accepted in enumerate(key, 1) if normal(given.get(str(n), "")) in accepted)
        return share(right, len(key), points)

    def right(self, wording: "Wording") -> tuple[str, ...]:
        return tuple(f"{n}={key if isinstance(key, str) else key[0]}" for n, key in enumerate(wording.key["gaps"], 1))

    def key_text(self, wording: "Wording") -> str:
        return "；".join(gap_text(choices, key) for choices, key in zip(wording.extra["gaps"], wording.key["gaps"], strict=True))


def gap_text(choices: Sequence[Mapping[str, str]], key: Any) -> str:
    """The right answer of one gap in words."""
    return next((choice["text"] for choice in choices if choice["id"] == key), "") if isinstance(key, str) else "／".join(key)


def _gap_faults(place: int, choices: Sequence[Mapping[str, str]], key: Any) -> list[Fault]:
    texts = [choice["text"] for choice in choices] if choices else list(key)
    found = [Fault(code=fault.code, field="gaps", place=place) for fault in text_faults("answer", texts)]
    folded = [normal(text) for text in texts]
    if not folded or not all(folded):
        found.append(Fault(code="missing", field="gaps", place=place))
    elif len(set(folded)) < len(folded):
        found.append(Fault(code="repeated", field="gaps", place=place))
    if choices and (key not in {choice["id"] for choice in choices} or not FEWEST_CHOICES <= len(choices) <= MOST_CHOICES):
        found.append(Fault(code="choices", field="gaps", place=place))
    return found


RULE = Cloze()
