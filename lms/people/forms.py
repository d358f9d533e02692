"""Forms of the people room."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    username = forms.CharField(
        label=_("Staff number or identity number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    error_messages = {
        "invalid_login": _("The number or the password is not right. Check both; after five wrong tries you must wait a quarter of an hour."),
        "inactive": _("The number or the password is not right. Check both; after five wrong tries you must wait a quarter of an hour."),
    }
