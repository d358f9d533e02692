"""Forms of the people room."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from lms.people.models import Post, Unit
from lms.people.names import tidy
from lms.people.states import Rank, Role, Tier, UnitKind


class Day(forms.DateField):
    """A day, typed or picked."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class StaffNumber(forms.CharField):
    """A staff number as people type it: full-width digits and spaces are put right, anything else is explained."""

    default_validators = [RegexValidator(r"^[0-9A-Za-z-]{1,20}$", _("At most 20 digits, letters and hyphens."))]

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")


class UnitChoice(forms.ModelChoiceField):
    """A unit out of those within reach, indented as the tree is."""

    def label_from_instance(self, obj: Unit) -> str:
        return "　" * obj.depth + obj.name


class Code(forms.SlugField):
    """A code that stands in addresses."""

    default_error_messages = {"invalid": _("Use letters a to z, digits and hyphens only.")}
    default_validators = [RegexValidator(r"^[-a-zA-Z0-9_]+$", _("Use letters a to z, digits and hyphens only."))]


class SignInForm(AuthenticationForm):
    username = forms.CharField(
        label=_("Staff number or identity number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    error_messages = {
        "invalid_login": _("The number or the password is not right. Check both; after five wrong tries you must wait a quarter of an hour."),
        "inactive": _("The number or the password is not right. Check both; after five wrong tries you must wait a quarter of an hour."),
    }


class Within(forms.Form):
    """A form that offers the units in reach."""

    def __init__(self, *args: Any, units: QuerySet[Unit] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, UnitChoice):
                field.queryset = Unit.objects.none() if units is None else units


class PersonForm(Within):
    name = forms.CharField(label=_("Full name"), max_length=60)
    staff_number = StaffNumber(label=_("Staff number"), help_text=_("At most 20 digits, letters and hyphens; it never changes."))
    identity_number = forms.CharField(
        label=_("Identity number"), max_length=24, required=False, help_text=_("18 characters. It is stored encrypted and shown masked.")
    )
    rank = forms.ChoiceField(label=_("Rank"), choices=Rank.choices)
    unit = UnitChoice(label=_("Unit"), queryset=Unit.objects.none())
    post = forms.ModelChoiceField(label=_("Post"), queryset=Post.objects.all())
    valid_from = Day(label=_("Appointed from"))


class PersonChangeForm(forms.Form):
    name = forms.CharField(label=_("Full name"), max_length=60)
    rank = forms.ChoiceField(label=_("Rank"), choices=Rank.choices)
    identity_number = forms.CharField(
        label=_("New identity number"), max_length=24, required=False, help_text=_("Leave empty to keep the number on record.")
    )


class AppointForm(Within):
    unit = UnitChoice(label=_("Unit"), queryset=Unit.objects.none())
    post = forms.ModelChoiceField(label=_("Post"), queryset=Post.objects.all())
    valid_from = Day(label=_("From day"))
    main = forms.BooleanField(label=_("This is the main post; the main post held until then ends"), required=False)
    acting = forms.BooleanField(label=_("Acting, until the day below"), required=False)
    valid_to = Day(
        label=_("Until (the first day no longer in force)"),
        required=False,
        help_text=_("Empty: until further notice. An acting appointment needs it."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("valid_from"), data.get("valid_to")
        if data.get("acting") and not end and "valid_to" not in self.errors:
            self.add_error("valid_to", _("An acting appointment needs an end."))
        if start and end and end <= start:
            self.add_error("valid_to", _("The end must come after the beginning."))
        return data


class MoveForm(Within):
    unit = UnitChoice(label=_("To unit"), queryset=Unit.objects.none())
    post = forms.ModelChoiceField(label=_("Post"), queryset=Post.objects.all(), required=False, empty_label=_("the same post"))
    day = Day(label=_("From day"))


class EndForm(forms.Form):
    day = Day(label=_("First day no longer in force"))
    reason = forms.CharField(label=_("Reason"), max_length=100)


class ReinstateForm(Within):
    unit = UnitChoice(label=_("Unit"), queryset=Unit.objects.none())
    post = forms.ModelChoiceField(label=_("Post"), queryset=Post.objects.all())
    day = Day(label=_("From day"))


class RevealForm(forms.Form):
    reason = forms.CharField(label=_("Why do you need the full number?"), max_length=100, help_text=_("The reason is kept in the audit trail."))


class UnitForm(Within):
    code = Code(label=_("Unit code"), max_length=20, help_text=_("Letters, digits and hyphens; it never changes."))
    name = forms.CharField(label=_("Name of the unit"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Kind of unit"), choices=UnitKind.choices)
    parent = UnitChoice(label=_("Belongs to"), queryset=Unit.objects.none())
    order = forms.IntegerField(label=_("Order"), min_value=0, initial=0, required=False)
    day = Day(label=_("Founded on"))


class UnitChangeForm(Within):
    name = forms.CharField(label=_("Name of the unit"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Kind of unit"), choices=UnitKind.choices)
    parent = UnitChoice(label=_("Belongs to"), queryset=Unit.objects.none(), required=False)
    order = forms.IntegerField(label=_("Order"), min_value=0, required=False)
    day = Day(label=_("In force from"), help_text=_("Not in the future. Reports about earlier days keep the old name and place."))


class CloseForm(forms.Form):
    day = Day(label=_("First day it no longer exists"))


class PostForm(forms.Form):
    code = Code(label=_("Post code"), max_length=20, help_text=_("Letters, digits and hyphens; it never changes."))
    name = forms.CharField(label=_("Name of the post"), max_length=40)
    name_en = forms.CharField(label=_("English name"), max_length=60)
    tier = forms.ChoiceField(label=_("Training tier"), choices=Tier.choices, help_text=_("Decides what the holders must learn."))
    order = forms.IntegerField(label=_("Order"), min_value=0, initial=0, required=False)


class GrantForm(Within):
    staff_number = StaffNumber(label=_("Staff number"))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    unit = UnitChoice(label=_("For unit and below"), queryset=Unit.objects.none())
    day = Day(label=_("From day"))


class ChangePasswordForm(SetPasswordForm):
    """The present password, a one-time one too, and the new one twice."""

    old_password = forms.CharField(label=_("Present password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    field_order = ["old_password", "new_password1", "new_password2"]

    def clean_old_password(self) -> str:
        if not self.user.check_password(self.cleaned_data["old_password"]):
            raise forms.ValidationError(_("The present password is not right."))
        return str(self.cleaned_data["old_password"])
