"""Writing a short answer question: a model answer and keywords for the marker."""

from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.forms import WordingForm
from exams.bank.kinds.sheet_forms import tidy
from exams.bank.models import Question
from exams.bank.wording import Wording, without_repeats

MODEL_TOO_LONG = _("The model answer is too long: at most 4,000 characters.")


class ShortForm(WordingForm):
    kind = "short"
    own = ("model", "keywords")
    sentences: ClassVar[dict[tuple[str, str], str | Promise]] = {
        ("model", "missing"): _("Write a model answer or some keywords: the marker goes by them."),
        ("model", "too_long"): MODEL_TOO_LONG,
        ("keywords", "count"): _("Give at most thirty keywords."),
        ("keywords", "too_long"): _("A keyword is too long: at most 60 characters."),
    }
    model = forms.CharField(
        label=_("Model answer"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For the marker; shown to candidates after release."),
    )
    keywords = forms.CharField(
        label=_("Keywords"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("With a 、 or a line between them. The marker sees which of them stand in an answer; points are given by the marker alone."),
    )  # fmt: skip

    def start(self, question: Question, wording: Wording) -> dict[str, Any]:
        values = {"model": wording.key.get("model", ""), "keywords": "、".join(wording.key.get("keywords", []))}
        return super().start(question, wording) | values

    def parts(self, data: dict[str, Any]) -> dict[str, Any]:
        words = without_repeats(tidy(data.get("keywords")).replace("、", "\n").replace("；", "\n").splitlines())
        return {"key": {"model": tidy(data.get("model")), "keywords": list(words)}}


FORM = ShortForm
