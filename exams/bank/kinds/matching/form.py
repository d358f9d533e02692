"""Writing a matching question: a pair a line."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.base import Option
from exams.bank.kinds.forms import WordingForm
from exams.bank.models import Question
from exams.bank.wording import Wording, options_unordered, without_repeats

BETWEEN = re.compile(r"\s*(?:=|＝|→|\t)\s*")


class MatchingForm(WordingForm):
    kind = "matching"
    own = ("pairs",)
    sentences = {
        ("pairs", "count"): _("Write two to ten pairs, one on each line."),
        ("pairs", "missing"): _("A line has nothing on the left of its = sign, or nothing on the right."),
        ("pairs", "repeated"): _("The same thing stands on the left twice."),
        ("pairs", "unknown"): _("Each line needs one = sign between the two sides."),
        ("pairs", "too_long"): _("An option is too long: at most 500 characters."),
        ("options", "count"): _("There must be two to twelve different things on the right."),
    }
    pairs = forms.CharField(
        label=_("Pairs"), required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One pair on each line: left = right. A line that begins with = adds something that belongs to nothing."),
    )  # fmt: skip

    def start(self, question: Question, wording: Wording) -> dict[str, Any]:
        used = wording.key["pairs"]
        lines = [f"{left['text']} = {wording.face.text_of(used[left['id']])}" for left in wording.extra["lefts"]]
        lines += [f"= {option.text}" for option in wording.options if option.id not in used.values()]
        return super().start(question, wording) | {"pairs": "\n".join(lines)}

    def parts(self, data: dict[str, Any]) -> dict[str, Any]:
        rows = [BETWEEN.split(line.strip(), maxsplit=1) for line in data.get("pairs", "").splitlines() if line.strip()]
        split = [(row[0].strip(), row[1].strip()) if len(row) == 2 else (row[0].strip(), "") for row in rows]
        options = options_unordered(without_repeats(right for _left, right in split), self.known) if all(right for _left, right in split) else ()
        by_text: dict[str, Option] = {option.text: option for option in options}
        lefts = [(str(n), left, right) for n, (left, right) in enumerate((pair for pair in split if pair[0]), 1)]
        return {
            "options": options, "extra": {"lefts": [{"id": n, "text": left} for n, left, _right in lefts]},
            "key": {"pairs": {n: by_text[right].id for n, _left, right in lefts if right in by_text}},
        }  # fmt: skip


FORM = MatchingForm
