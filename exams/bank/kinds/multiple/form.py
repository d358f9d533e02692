"""Writing a multiple choice: also how it is counted."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.forms import ChoiceForm
from exams.bank.kinds.multiple.rule import ALL
from exams.bank.kinds.multiple.screen import MODES
from exams.bank.models import Question
from exams.bank.wording import Wording


class MultipleForm(ChoiceForm):
    kind = "multiple"
    own = ("mode",)
    mode = forms.ChoiceField(label=_("How it is counted"), choices=list(MODES.items()), initial=ALL, required=False)

    def start(self, question: Question, wording: Wording) -> dict[str, Any]:
        return super().start(question, wording) | {"mode": wording.extra.get("mode", ALL)}

    def parts(self, data: dict[str, Any]) -> dict[str, Any]:
        mode = data.get("mode") or ALL
        return super().parts(data) | ({"extra": {"mode": mode}} if mode != ALL else {})


FORM = MultipleForm
