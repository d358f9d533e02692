"""Forms of the coverage room."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.certificates.models import CertificateType
from lms.people.models import Post
from lms.people.states import UnitKind

STATES = [
    ("", _("All")), ("covered", _("Covered, lapsing soon included")), ("met", _("Covered")), ("expiring", _("Lapses soon")), ("gap", _("Gap")),
    ("never", _("Gap: never held")), ("lapsed", _("Gap: certificate lapsed")), ("revoked", _("Gap: certificate revoked")),
]  # fmt: skip

EARLIEST = date(1950, 1, 1)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class BoardForm(forms.Form):
    """The filters, from the address. An unknown value counts as empty: the address may be old."""

    q = forms.CharField(label=_("Name, staff number or certificate number"), max_length=60, required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    post = forms.ModelChoiceField(
        label=_("Post"),
        queryset=Post.objects.filter(requirements__isnull=False).distinct(),
        to_field_name="code",
        required=False,
        empty_label=_("All"),
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    day = forms.DateField(label=_("As of"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean_day(self) -> date | None:
        """A day before there were registers counts as empty: the board looks back a year from it."""
        day: date | None = self.cleaned_data["day"]
        return day if day is None or day >= EARLIEST else None


class RequireForm(forms.Form):
    post = forms.ModelChoiceField(label=_("Post"), queryset=Post.objects.all(), to_field_name="code", empty_label=_("Choose"))
    certificate_type = forms.ModelChoiceField(
        label=_("Certificate"), queryset=CertificateType.objects.all(), to_field_name="code", empty_label=_("Choose")
    )
    since = _day(_("Since"))

    def __init__(self, data: Any = None, *, day: date) -> None:
        super().__init__(data, initial={"since": day})


class StaffingForm(forms.Form):
    unit_kind = forms.ChoiceField(label=_("Units of kind"), choices=UnitKind.choices)
    since = _day(_("Since"))

    def __init__(self, data: Any = None, *, day: date) -> None:
        super().__init__(data, initial={"since": day}, prefix="staffing")


class EndForm(forms.Form):
    until = _day(_("First day without"))
