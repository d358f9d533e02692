"""A sitting's terms, the filter of the list, and whom to admit."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.papers.rendering import sentence
from exams.papers.stock import shortages_of
from exams.sittings.models import Sitting
from exams.sittings.states import State
from lms.people.models import Person, Post, Unit
from lms.people.states import Act, Tier, UnitKind

DEFAULT_MINUTES = 60


class MomentInput(forms.DateTimeInput):
    """The browser's own date and time field; plain text where it has none."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class SittingFilterForm(forms.Form):
    q = forms.CharField(required=False, label=_("Title contains"))
    state = forms.ChoiceField(required=False, label=_("State"), choices=[("", _("All states")), *State.choices])


class SittingForm(forms.ModelForm[Sitting]):
    """The terms of a sitting, for the units the reader may hold one for."""

    class Meta:
        model = Sitting
        fields = [
            "title", "blueprint", "certificate_type", "unit", "opens_at", "closes_at", "duration", "attempts_allowed", "knowledge_percent",
            "operation_percent", "review", "auto_release", "place",
        ]  # fmt: skip
        widgets = {"opens_at": MomentInput(), "closes_at": MomentInput()}
        help_texts = {
            "closes_at": _("Nobody can begin after this, and every paper ends by then."),
            "duration": _("For one paper, from its start."),
            "certificate_type": _("Leave empty for an exam that earns no certificate."),
            "knowledge_percent": _("0 for no minimum. A pass needs the pass mark and both minima."),
            "auto_release": _("Otherwise someone looks at the results and releases them."),
            "place": _("Room and building, or empty for an exam at one's own desk."),
        }

    def __init__(self, *args: Any, person: Person, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.reached_by(person, Act.MANAGE_SITTINGS, day).open_on(day).exclude(kind=UnitKind.VILLAGE)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if self.instance.pk is None:
            self.fields["duration"].initial = DEFAULT_MINUTES
            if not self.initial.get("unit"):
                self.initial["unit"] = getattr(units.order_by("path").first(), "pk", None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", gettext("The exam must close after it opens."))
        elif opens and closes and (data.get("duration") or 0) * 60 > (closes - opens).total_seconds():
            self.add_error("duration", gettext("The paper takes longer than the exam is open."))
        if closes and closes <= timezone.now():
            self.add_error("closes_at", gettext("This time has passed already."))
        if data.get("blueprint") and "blueprint" in self.changed_data:
            short = shortages_of(data["blueprint"])
            if short:
                self.add_error("blueprint", ValidationError([gettext("This blueprint cannot be drawn yet."), *map(sentence, short)]))
        for name in ("duration", "attempts_allowed"):
            if data.get(name) == 0:
                self.add_error(name, gettext("At least one."))
        return data


class CloseLaterForm(forms.ModelForm[Sitting]):
    """All that may change once someone has begun."""

    class Meta:
        model = Sitting
        fields = ["closes_at"]
        widgets = {"closes_at": MomentInput()}
        help_texts = {"closes_at": _("Someone has begun: the exam can close later, nothing else changes. Papers that run keep their own deadline.")}

    def clean_closes_at(self) -> Any:
        closes = self.cleaned_data["closes_at"]
        if closes < Sitting.objects.get(pk=self.instance.pk).closes_at:
            raise ValidationError(gettext("Candidates count on the time they were told: only a later closing is possible."))
        return closes


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=120, help_text=_("Candidates read it."))


class AdmitForm(forms.Form):
    """Whom to admit: a pasted list, or everyone of a unit, a post, a tier. Both add up."""

    text = forms.CharField(
        label=_("Paste staff numbers or names"), required=False, max_length=200_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One on each line, or straight from Excel or a message. Other columns do no harm."),
    )  # fmt: skip
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Everyone of a unit and below"), required=False, empty_label=_("Nobody by unit"))
    post = forms.ModelChoiceField(Post.objects.all(), label=_("Only this post"), required=False, empty_label=_("All posts"))
    tier = forms.ChoiceField(label=_("Only this training tier"), required=False, choices=[("", _("All tiers")), *Tier.choices])
    picked = forms.ModelMultipleChoiceField(Person.objects.none(), required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, person: Person, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.reached_by(person, Act.MANAGE_SITTINGS, day).open_on(day)  # type: ignore[attr-defined]
        self.fields["picked"].queryset = Person.objects.reached_by(person, Act.MANAGE_SITTINGS, day)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("post") or data.get("tier")) and not data.get("unit"):
            self.add_error("unit", gettext("Choose the unit whose people of this post or tier are meant; the county for all."))
        elif not self.errors and not data.get("text", "").strip() and not data.get("unit") and not data.get("picked"):
            raise ValidationError(gettext("Paste a list or choose a unit."))
        return data
