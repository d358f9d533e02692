"""Writing an essay question: a rubric, whether candidates see it, and a model answer."""

from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.essay.rule import rubric_of
from exams.bank.kinds.sheet_forms import SHEET_SENTENCES, SheetForm, tidy
from exams.bank.kinds.sheets import lines_of, rows_of
from exams.bank.kinds.short.form import MODEL_TOO_LONG
from exams.bank.models import Question
from exams.bank.wording import Wording

RUBRIC_HELP = _("One line for each thing judged, like: clear argument | 10. Lines below it with a - say what earns how much, like: - 6 | no example.")


class EssayForm(SheetForm):
    kind = "essay"
    own = ("rubric", "visible", "model")
    sentences: ClassVar[dict[tuple[str, str], str | Promise]] = SHEET_SENTENCES | {("model", "too_long"): MODEL_TOO_LONG}
    rubric = forms.CharField(label=_("Rubric"), required=False, widget=forms.Textarea(attrs={"rows": 6}), help_text=RUBRIC_HELP)
    visible = forms.BooleanField(label=_("Candidates see the rubric"), required=False)
    model = forms.CharField(
        label=_("Model answer"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For the marker; shown to candidates after release."),
    )

    def start(self, question: Question, wording: Wording) -> dict[str, Any]:
        rows = rubric_of(wording.key, wording.extra)
        values = {"rubric": lines_of(rows), "visible": bool(wording.extra.get("rubric")), "model": wording.key.get("model", "")}
        return super().start(question, wording) | values

    def parts(self, data: dict[str, Any]) -> dict[str, Any]:
        rows, model = rows_of(tidy(data.get("rubric"))), tidy(data.get("model"))
        if data.get("visible"):
            return {"key": {"model": model}, "extra": {"rubric": rows}}
        return {"key": {"model": model, "rubric": rows}}


FORM = EssayForm
