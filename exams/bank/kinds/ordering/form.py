"""Writing an ordering question: the steps in their right order, one a line."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.base import Option
from exams.bank.kinds.forms import WordingForm
from exams.bank.kinds.ordering.rule import ALL
from exams.bank.kinds.ordering.screen import MODES
from exams.bank.models import Question
from exams.bank.wording import Wording, options_unordered


class OrderingForm(WordingForm):
    kind = "ordering"
    own = ("steps", "mode")
    sentences = {("options", "count"): _("Write three to ten steps, one on each line."), ("options", "repeated"): _("Two steps say the same.")}
    steps = forms.CharField(
        label=_("Steps in the right order"), required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One step on each line. Candidates see them in an order drawn by lot."),
    )  # fmt: skip
    mode = forms.ChoiceField(label=_("How it is counted"), choices=list(MODES.items()), initial=ALL, required=False)

    def start(self, question: Question, wording: Wording) -> dict[str, Any]:
        steps = "\n".join(wording.face.text_of(option) for option in wording.key["order"])
        return super().start(question, wording) | {"steps": steps, "mode": wording.extra.get("mode", ALL)}

    def parts(self, data: dict[str, Any]) -> dict[str, Any]:
        texts = [line.strip() for line in data.get("steps", "").splitlines() if line.strip()]
        single = len(set(texts)) == len(texts)
        named = options_unordered(texts, self.known) if single else tuple(Option(id=f"{n}", text=text) for n, text in enumerate(texts))
        ids = {option.text: option.id for option in named}
        mode = data.get("mode") or ALL
        order = [ids[text] for text in texts] if single else [option.id for option in named]
        return {"options": named, "key": {"order": order}, "extra": {"mode": mode} if mode != ALL else {}}


FORM = OrderingForm
