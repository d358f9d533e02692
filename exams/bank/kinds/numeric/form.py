"""Writing a numeric question."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.forms import WordingForm
from exams.bank.kinds.numeric.rule import ABSOLUTE, MOST_UNIT_SHARE, PERCENT
from exams.bank.models import Question
from exams.bank.wording import Wording, without_repeats


class NumericForm(WordingForm):
    kind = "numeric"
    own = ("value", "tolerance", "within", "units", "unit_share")
    sentences = {
        ("value", "no_number"): _("Write the right answer as a number, like 3.5 or -12."),
        ("tolerance", "no_number"): _("Write the tolerance as a number, 0 for none."),
        ("units", "missing"): _("A unit is empty."),
        ("units", "too_long"): _("A unit is too long: at most 200 characters."),
        ("unit_share", "range"): _("The unit may earn 0 to 50 percent of the points."),
    }
    value = forms.CharField(label=_("Right number"), required=False, max_length=40)
    tolerance = forms.CharField(
        label=_("Tolerance"), required=False, max_length=40, initial="0", help_text=_("At its edge an answer is still right.")
    )
    within = forms.ChoiceField(
        label=_("Tolerance is"), required=False, choices=[(ABSOLUTE, _("in the unit of the number")), (PERCENT, _("percent of the number"))]
    )
    units = forms.CharField(
        label=_("Accepted units"), required=False, help_text=_("Several with a / between them, like 千米/km. Empty: no unit is asked for.")
    )
    unit_share = forms.IntegerField(
        label=_("Points for the unit, percent"), required=False, min_value=0, max_value=MOST_UNIT_SHARE, initial=0,
        help_text=_("0: with a wrong unit nothing counts."),
    )  # fmt: skip

    def start(self, question: Question, wording: Wording) -> dict[str, Any]:
        key = wording.key
        return super().start(question, wording) | {
            "value": key["value"], "tolerance": key["tolerance"], "within": key["in"], "units": "/".join(key["units"]),
            "unit_share": key["unit_share"],
        }  # fmt: skip

    def parts(self, data: dict[str, Any]) -> dict[str, Any]:
        units = list(without_repeats(data.get("units", "").replace("／", "/").split("/")))
        key = {
            "value": data.get("value", "").strip(), "tolerance": data.get("tolerance", "").strip() or "0", "in": data.get("within") or ABSOLUTE,
            "units": units, "unit_share": data.get("unit_share") or 0,
        }  # fmt: skip
        return {"key": key, "extra": {"unit": True} if units else {}}


FORM = NumericForm
