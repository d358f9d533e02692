"""What an invigilator fills in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.attempts.bundles import MOST_BYTES
from exams.attempts.closing import MOST_MINUTES
from exams.attempts.pausing import LONGEST_OUTAGE
from exams.attempts.watched import Decision, Incident, Outage, Pause, TimeGrant


def _reason(model: Any) -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=model._meta.get_field("reason").max_length)


class Keyed(forms.Form):
    """A form whose click is worth one action, however often it is sent."""

    key = forms.CharField(max_length=32, widget=forms.HiddenInput)


class TimeForm(Keyed):
    minutes = forms.IntegerField(label=_("Minutes to add"), min_value=1, max_value=MOST_MINUTES, initial=10)
    reason = _reason(TimeGrant)


class PauseForm(Keyed):
    reason = _reason(Pause)


class ReopenForm(Keyed):
    minutes = forms.IntegerField(
        label=_("Minutes on top of what was left"), min_value=0, max_value=MOST_MINUTES, initial=0,
        help_text=_("What was left at the end is given back in any case. Another invigilator must agree."),
    )  # fmt: skip
    reason = _reason(Decision)


class LateForm(Keyed):
    records = forms.TypedMultipleChoiceField(label=_("Late saves"), coerce=int)
    reason = _reason(Decision)

    def __init__(self, *args: Any, records: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["records"].choices = [(pk, pk) for pk in records]  # type: ignore[attr-defined]


class IncidentForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of incident"), choices=Incident.Kind.choices, initial=Incident.Kind.OTHER)
    text = forms.CharField(label=_("What happened"), max_length=Incident._meta.get_field("text").max_length, widget=forms.Textarea(attrs={"rows": 3}))


class OutageForm(Keyed):
    began = forms.DateTimeField(label=_("Outage began"), widget=forms.DateTimeInput(format="%Y-%m-%d %H:%M:%S"))
    ended_at = forms.DateTimeField(label=_("Outage ended"), widget=forms.DateTimeInput(format="%Y-%m-%d %H:%M:%S"))
    reason = _reason(Outage)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("began") and cleaned.get("ended_at") and cleaned["began"] >= cleaned["ended_at"]:
            self.add_error("ended_at", _("The outage must end after it began."))
        elif cleaned.get("began") and cleaned.get("ended_at") and cleaned["ended_at"] - cleaned["began"] > LONGEST_OUTAGE:
            self.add_error("began", _("An outage of more than a day cannot be made good with time: hold another exam."))
        return cleaned


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("Answer file"), help_text=_("The file that the candidate's page offered for download, at most 1 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json"}),
    )  # fmt: skip

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is larger than 1 MB: it is no answer file."))
        content: bytes = file.read()
        return content
