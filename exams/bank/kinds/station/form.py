"""Writing a practical station: the task for the candidate, its minutes, and the examiner's checklist."""

from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.sheet_forms import SHEET_SENTENCES, SheetForm, tidy
from exams.bank.kinds.sheets import lines_of, rows_of
from exams.bank.models import Question
from exams.bank.wording import Wording


class StationForm(SheetForm):
    kind = "station"
    own = ("task", "minutes", "rubric", "fatal")
    sentences: ClassVar[dict[tuple[str, str], str | Promise]] = SHEET_SENTENCES | {
        ("task", "missing"): _("Write what the candidate has to do."),
        ("task", "too_long"): _("The task is too long: at most 2,000 characters."),
        ("minutes", "number"): _("Give a whole number of minutes from 1 to 240."),
        ("fatal", "no_critical"): _("No step is critical: begin its line with a !."),
        ("fatal", "not_operation"): _("Only a question of the operation dimension can fail that dimension."),
    }
    task = forms.CharField(label=_("Task for the candidate"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    minutes = forms.IntegerField(label=_("Time in minutes"), required=False, initial=10)
    rubric = forms.CharField(
        label=_("Checklist"), required=False, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One line for each step, like: locks the screen | 2. A line that begins with ! is critical: failed, the station earns nothing."),
    )  # fmt: skip
    fatal = forms.BooleanField(label=_("A failed critical step fails the whole operation dimension"), required=False)

    def start(self, question: Question, wording: Wording) -> dict[str, Any]:
        values = {"task": wording.extra["task"], "minutes": wording.extra["minutes"], "fatal": bool(wording.key.get("fatal"))}
        return super().start(question, wording) | values | {"rubric": lines_of(wording.key["rubric"])}

    def parts(self, data: dict[str, Any]) -> dict[str, Any]:
        key = {"rubric": rows_of(tidy(data.get("rubric")))} | ({"fatal": True} if data.get("fatal") else {})
        return {"extra": {"task": tidy(data.get("task")), "minutes": data.get("minutes")}, "key": key}


FORM = StationForm
