"""Forms of the certificates room."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.certificates.models import CertificateType
from exams.certificates.states import LABELS
from lms.people.models import Unit

PDF_LIMIT = 2 * 1024 * 1024  # bytes; our own files stay below 140 KB


class VerifyForm(forms.Form):
    """A code; or a number with the full name; or the file itself."""

    code = forms.CharField(
        label=_("Verification code"), max_length=60, required=False, help_text=_("26 letters and digits, printed beside the QR code.")
    )
    number = forms.CharField(label=_("Certificate number"), max_length=40, required=False, help_text=_("For example YX-SEC-2026-000418."))
    name = forms.CharField(label=_("Full name of the holder"), max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    file = forms.FileField(label=_("PDF file of the certificate"), required=False, widget=forms.FileInput(attrs={"accept": "application/pdf"}))

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        if file and file.size > PDF_LIMIT:
            raise forms.ValidationError(_("The file is larger than 2 MB; a certificate of this county is not."))
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not (data.get("code") or data.get("file") or (data.get("number") and data.get("name"))):
            raise forms.ValidationError(_("Enter the code, or the number together with the full name, or choose the PDF file."))
        return data


class FileForm(forms.Form):
    file = forms.FileField(label=_("PDF file of the certificate"), widget=forms.FileInput(attrs={"accept": "application/pdf"}))
    clean_file = VerifyForm.clean_file


class RevokeForm(forms.Form):
    on = forms.DateField(label=_("Revoked from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The holder sees it; the public page does not."))

    def __init__(self, data: Any = None, *, day: date) -> None:
        super().__init__(data, initial={"on": day})


class FilterForm(forms.Form):
    """Every field may be empty; unknown values are dropped rather than refused, because the address may be old."""

    q = forms.CharField(label=_("Name, staff number or certificate number"), max_length=60, required=False)
    type = forms.ModelChoiceField(
        label=_("Certificate"), queryset=CertificateType.objects.all(), to_field_name="code", required=False, empty_label=_("All")
    )
    state = forms.ChoiceField(label=_("State"), required=False)
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), to_field_name="code", required=False, empty_label=_("All"))

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", _("All")), *((state.value, label) for state, label in LABELS.items())]  # type: ignore[attr-defined]
