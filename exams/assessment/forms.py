"""What people type in this room."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReturnForm(forms.Form):
    """Why material goes back."""

    reason = forms.CharField(label=_("Reason for returning"), max_length=200, help_text=_("One sentence the person and the next officer understand."))


class ObjectionForm(forms.Form):
    """What is wrong, in the person's own words."""

    text = forms.CharField(
        label=_("What is wrong and what would be right"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Name the line and the record, for example a lecture that is missing. HR answers in writing."),
    )  # fmt: skip


class AnswerForm(forms.Form):
    """HR's answer to an objection."""

    answer = forms.CharField(label=_("Answer to the objection"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
