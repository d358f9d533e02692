"""Publishing an announcement."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.people.forms import Day, UnitChoice, Within
from lms.people.models import Unit


class AnnouncementForm(Within):
    number = forms.CharField(label=_("Document number"), max_length=40, help_text=_("For example 云人社〔2026〕17号; each number once."))
    title = forms.CharField(label=_("Announcement title"), max_length=120)
    body = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 12}), help_text=_("Plain text; an empty line begins a paragraph."))
    issued_by = UnitChoice(label=_("Issued by"), queryset=Unit.objects.none())
    issued_on = Day(label=_("Issued on"))
