"""Writing a fill-in question: the accepted answers of each blank on a line."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.forms import WordingForm
from exams.bank.models import Question
from exams.bank.wording import Wording, key_text, without_repeats


class FillInForm(WordingForm):
    kind = "fill_in"
    own = ("answer",)
    answer = forms.CharField(
        label=_("Accepted answers"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One line for each blank, in order; several accepted answers with a / between them, like 六/6."),
    )  # fmt: skip

    def start(self, question: Question, wording: Wording) -> dict[str, Any]:
        lines = key_text(wording).replace("；", "\n").replace("／", "/") if not any("/" in t for b in wording.blanks for t in b) else ""
        return super().start(question, wording) | {"answer": lines or "\n".join(" | ".join(accepted) for accepted in wording.blanks)}

    def parts(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"blanks": accepted_lines(data.get("answer", ""))}


def accepted_lines(text: str) -> tuple[tuple[str, ...], ...]:
    """Accepted texts, a blank a line, with ``/`` or ``|`` between them."""
    lines = [line for line in text.splitlines() if line.strip()]
    return tuple(
        without_repeats(line.replace("｜", "|").split("|") if "|" in line or "｜" in line else line.replace("／", "/").split("/")) for line in lines
    )


FORM = FillInForm
