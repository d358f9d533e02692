"""Writing a file upload question: which types, how large, and a rubric if the marker shall go row by row."""

from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.essay.form import RUBRIC_HELP
from exams.bank.kinds.sheet_forms import SHEET_SENTENCES, SheetForm, tidy
from exams.bank.kinds.sheets import lines_of, rows_of
from exams.bank.kinds.short.form import MODEL_TOO_LONG
from exams.bank.kinds.upload.files import MOST_MEGABYTES, TYPES, USUAL
from exams.bank.models import Question
from exams.bank.wording import Wording


class UploadForm(SheetForm):
    kind = "upload"
    own = ("types", "megabytes", "rubric", "model")
    sentences: ClassVar[dict[tuple[str, str], str | Promise]] = SHEET_SENTENCES | {
        ("model", "too_long"): MODEL_TOO_LONG, ("types", "missing"): _("Tick at least one type of file."),
        ("megabytes", "size"): _("Give a whole number of megabytes from 1 to 10."),
    }  # fmt: skip
    types = forms.MultipleChoiceField(
        label=_("Types of file"), required=False, choices=[(t, t) for t in TYPES], initial=USUAL, widget=forms.CheckboxSelectMultiple,
        help_text=_("Each file is checked by what is in it, not by its name."),
    )  # fmt: skip
    megabytes = forms.IntegerField(label=_("Largest size in megabytes"), required=False, initial=MOST_MEGABYTES)
    rubric = forms.CharField(label=_("Rubric"), required=False, widget=forms.Textarea(attrs={"rows": 5}), help_text=RUBRIC_HELP)
    model = forms.CharField(
        label=_("Model answer"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For the marker; shown to candidates after release."),
    )

    def start(self, question: Question, wording: Wording) -> dict[str, Any]:
        values = {"types": wording.extra["types"], "megabytes": wording.extra["megabytes"], "model": wording.key.get("model", "")}
        return super().start(question, wording) | values | {"rubric": lines_of(wording.key.get("rubric", []))}

    def parts(self, data: dict[str, Any]) -> dict[str, Any]:
        extra = {"types": [t for t in TYPES if t in data.get("types", [])], "megabytes": data.get("megabytes")}
        return {"extra": extra, "key": {"model": tidy(data.get("model")), "rubric": rows_of(tidy(data.get("rubric")))}}


FORM = UploadForm
