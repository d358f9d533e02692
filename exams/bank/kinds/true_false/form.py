"""Writing a true/false question."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.forms import WordingForm
from exams.bank.kinds.true_false.rule import FALSE, TRUE, true_false_options
from exams.bank.models import Question
from exams.bank.wording import Wording


class TrueFalseForm(WordingForm):
    kind = "true_false"
    own = ("answer",)
    answer = forms.ChoiceField(label=_("The statement is"), choices=[(TRUE, _("True")), (FALSE, _("False"))], widget=forms.RadioSelect)

    def start(self, question: Question, wording: Wording) -> dict[str, Any]:
        return super().start(question, wording) | {"answer": wording.chosen[0]}

    def parts(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"options": true_false_options(), "chosen": (data["answer"],) if data.get("answer") else ()}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "answer" in self.errors:  # the field says it already; the fault of the wording would say it twice
            del self.errors["answer"][1:]
        return data


FORM = TrueFalseForm
