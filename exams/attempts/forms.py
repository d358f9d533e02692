"""What an invigilator fills in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.attempts.closing import MOST_MINUTES
from exams.attempts.models import Incident, TimeGrant


class TimeForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutes to add"), min_value=1, max_value=MOST_MINUTES, initial=10)
    reason = forms.CharField(label=_("Reason"), max_length=TimeGrant._meta.get_field("reason").max_length)
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)


class IncidentForm(forms.Form):
    text = forms.CharField(label=_("What happened"), max_length=Incident._meta.get_field("text").max_length, widget=forms.Textarea(attrs={"rows": 3}))
