"""Points as people type them: one number, or one for each row of a sheet; and an examiner's checklist."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams.bank.kinds.base import Criterion
from exams.bank.kinds.sheets import number
from lms.people.models import Person

LONGEST_COMMENT = 2000


class PointsField(forms.CharField):
    """A number from 0 to ``most`` with at most two decimals, in full-width digits too; None while nothing is written."""

    def __init__(self, most: Decimal, **kwargs: Any) -> None:
        self.most = most
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "pts", "data-most": plain(most)})
        super().__init__(
            required=kwargs.pop("required", True), widget=widget, error_messages={"required": _("Give points, 0 for nothing.")}, **kwargs
        )

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value).translate(FULL_WIDTH)
        if not text:
            return None
        points = number(text)
        if points is None:
            raise forms.ValidationError(_("Write the points as a number, with at most two decimals: 7 or 7.5."))
        if points > self.most:
            raise forms.ValidationError(
                _("%(given)s is more than the %(most)s points there are.") % {"given": plain(points), "most": plain(self.most)}
            )
        return points


FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0E: ".", 0x3002: "."}


def plain(value: Decimal) -> str:
    """2.00 as 2, 2.50 as 2.5."""
    return f"{value.normalize():f}" if value else "0"


class SheetFields(forms.Form):
    """A field ``c1`` … for each criterion; `given` are the marks by criterion."""

    criteria: Sequence[Criterion] = ()

    def lay(self, criteria: Sequence[Criterion], *, required: bool) -> None:
        self.criteria = criteria
        for row in criteria:
            self.fields[row.id] = PointsField(row.most, label=row.text, required=required)

    @property
    def rows(self) -> list[dict[str, Any]]:
        levels = [[{"points": plain(points), "text": text} for points, text in row.levels] for row in self.criteria]
        return [{"row": row, "most": plain(row.most), "field": self[row.id], "levels": said} for row, said in zip(self.criteria, levels, strict=True)]

    @property
    def given(self) -> dict[str, Decimal]:
        return {row.id: self.cleaned_data[row.id] for row in self.criteria if self.cleaned_data.get(row.id) is not None}


class MarkForm(SheetFields):
    """What a marker writes about one answer."""

    known = forms.IntegerField(required=False, widget=forms.HiddenInput)
    comment = forms.CharField(
        label=gettext_lazy("Comment"), required=False, max_length=LONGEST_COMMENT, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The candidate reads it after release."),
    )  # fmt: skip

    def __init__(self, *args: Any, criteria: Sequence[Criterion], most: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if criteria:
            self.lay(criteria, required=True)
        else:
            self.fields["points"] = PointsField(most, label=_("Points"))


class StationForm(SheetFields):
    """An examiner's checklist. To be signed off every step has to be judged."""

    known = forms.IntegerField(required=False, widget=forms.HiddenInput)
    seconds = forms.IntegerField(required=False, min_value=0, max_value=86_400, widget=forms.HiddenInput)
    second = forms.CharField(
        label=gettext_lazy("Second examiner"), required=False, help_text=gettext_lazy("Staff number, if somebody examined with you.")
    )
    comment = forms.CharField(label=gettext_lazy("Remarks"), required=False, max_length=LONGEST_COMMENT, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, criteria: Sequence[Criterion], examiner: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examiner = examiner
        self.signing = bool(self.data) and self.data.get("do") == "sign"
        self.lay(criteria, required=self.signing)

    def clean_second(self) -> Person | None:
        said = self.cleaned_data["second"].strip()
        if not said:
            return None
        found = Person.objects.filter(staff_number=said, is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("Nobody has this staff number."))
        if found.pk == self.examiner.pk:
            raise forms.ValidationError(_("The second examiner is another person than you."))
        return found
