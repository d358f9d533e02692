"""What one fills in to give a person or a group other terms."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.sittings.accommodations import MOST_EXTRA, Accommodation, CandidateGroup
from exams.sittings.forms import MomentInput, keep_in_bounds
from exams.sittings.models import Sitting
from exams.sittings.rosters import Known, match
from lms.people.models import Person

GIVEN = ("opens_at", "closes_at", "minutes", "attempts", "extra")
EMPTY = _("Leave empty what stays as it is for everyone.")


class AccommodationForm(forms.ModelForm[Accommodation]):
    """What is given; for whom say the forms below."""

    class Meta:
        model = Accommodation
        fields = [*GIVEN, "reason"]
        widgets: dict[str, Any] = {"opens_at": MomentInput(), "closes_at": MomentInput()}
        help_texts = {
            "opens_at": EMPTY, "minutes": _("0 for no limit within the window."), "attempts": _("0 for as many as one likes."),
            "extra": _("Applied to the minutes and rounded up: 25 makes 75 minutes of 60."),
            "reason": _("Those who manage and watch sittings read it."),
        }  # fmt: skip

    def __init__(self, *args: Any, sitting: Sitting | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sitting = sitting
        keep_in_bounds(self)
        self.fields["extra"].max_value = MOST_EXTRA  # type: ignore[attr-defined]

    def clean_extra(self) -> int | None:
        extra: int | None = self.cleaned_data["extra"]
        if extra is not None and extra > MOST_EXTRA:
            raise ValidationError(gettext("At most %(most)d percent. For more, give no limit: 0 minutes.") % {"most": MOST_EXTRA})
        return extra

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and all(data.get(name) is None for name in GIVEN if name in self.fields):
            raise ValidationError(gettext("Give at least one thing: times, minutes, attempts or extra time."))
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if self.sitting is not None and (opens or closes):
            first, last = opens or self.sitting.opens_at, closes or self.sitting.closes_at
            if last <= first:
                self.add_error("closes_at" if closes else "opens_at", gettext("With this the exam would close before it opens."))
        return data

    def made(self) -> Accommodation:
        """A new row of what was filled in, never the old one changed."""
        return Accommodation(sitting=self.sitting, **{name: self.cleaned_data.get(name) for name in GIVEN}, reason=self.cleaned_data["reason"])

    def _post_clean(self) -> None:
        """The model's own checks come with the action: this form never holds a whole row."""


class PersonForm(AccommodationForm):
    """An exception for one admitted person who has none yet."""

    person = forms.ModelChoiceField(Person.objects.none(), label=_("Candidate"), empty_label=_("Choose a candidate"))
    field_order = ["person", *GIVEN, "reason"]

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any) -> None:
        super().__init__(*args, sitting=sitting, **kwargs)
        has = sitting.accommodations.filter(ended_at=None, group=None).values("person")
        people = Person.objects.filter(candidatures__sitting=sitting).exclude(pk__in=has).select_related("home_unit").order_by("candidatures__number")
        field: Any = self.fields["person"]
        field.queryset = people
        field.label_from_instance = lambda p: f"{p.name}（{p.staff_number}）{p.home_unit.name if p.home_unit else ''}"


class GroupForm(AccommodationForm):
    """A named group, the people in it as a pasted list, and what they are given."""

    name = forms.CharField(label=_("Name of the group"), max_length=CandidateGroup._meta.get_field("name").max_length)
    people = forms.CharField(
        label=_("People in the group"), max_length=100_000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Staff numbers or names of candidates, one on each line, or straight from Excel."),
    )  # fmt: skip
    field_order = ["name", "people", *GIVEN, "reason"]

    def clean_people(self) -> list[Person]:
        """The candidates that are meant. Every word that means nobody, or several, is named."""
        admitted = list(Person.objects.filter(candidatures__sitting=self.sitting).select_related("home_unit"))
        known = [Known(id=p.pk, number=p.staff_number, name=p.name, unit=p.home_unit.name if p.home_unit else "") for p in admitted]
        meant = match(self.cleaned_data["people"], known)
        faults = [gettext("%(word)s is not a candidate of this sitting.") % {"word": word[:40]} for word in meant.unknown]
        faults += [gettext("Several candidates are called %(word)s: give staff numbers.") % {"word": item.word} for item in meant.several]
        faults += [gettext("Number and name belong to different people: %(line)s") % {"line": item.line[:60]} for item in meant.mismatched]
        if faults:
            raise ValidationError(faults)
        wanted = {person.id for person in meant.found}
        return [person for person in admitted if person.pk in wanted]


class StandingForm(AccommodationForm):
    """Extra time a person has wherever they sit, from a day to a day."""

    class Meta(AccommodationForm.Meta):
        fields = ["extra", "reason", "valid_from", "valid_to"]
        widgets: dict[str, Any] = {name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in ("valid_from", "valid_to")}

    staff_number = forms.CharField(label=_("Staff number"), max_length=30)
    field_order = ["staff_number", "extra", "valid_from", "valid_to", "reason"]

    def __init__(self, *args: Any, people: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, sitting=None, **kwargs)
        self.people, self.at = people, at
        for name in ("extra", "valid_from", "valid_to"):
            self.fields[name].required = True

    def clean_staff_number(self) -> Person:
        """The person of that number among those in reach."""
        found: Person | None = self.people.filter(staff_number__iexact=self.cleaned_data["staff_number"].strip()).first()
        if found is None:
            raise ValidationError(gettext("Nobody in your units has this staff number."))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        start, end = data.get("valid_from"), data.get("valid_to")
        if start and end and end < start:
            self.add_error("valid_to", gettext("The last day comes before the first."))
        return data

    def made(self) -> Accommodation:
        data = self.cleaned_data
        return Accommodation(
            person=data["staff_number"], extra=data["extra"], reason=data["reason"], valid_from=data["valid_from"], valid_to=data["valid_to"]
        )
