"""A sitting's terms, the filter of the list, and whom to admit."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.bank.states import Pool
from exams.papers.sources import lacking
from exams.sittings.models import Sitting
from exams.sittings.sources import offered
from exams.sittings.states import Overdue, Review, State
from lms.people.models import Person, Post, Unit
from lms.people.states import Act, Tier, UnitKind

NARROWING = ("source", "unit", "post", "tier")
DEFAULT_MINUTES = 60
MINIMA = ("knowledge_percent", "operation_percent")
USUAL = ("navigation", "overdue", "grace_minutes", "wait_minutes", "counting")


class MomentInput(forms.DateTimeInput):
    """The browser's own date and time field; plain text where it has none."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class SittingFilterForm(forms.Form):
    q = forms.CharField(required=False, label=_("Title contains"))
    state = forms.ChoiceField(required=False, label=_("State"), choices=[("", _("All states")), *State.choices])


FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)  # no exam is held before or after
MOST, LONGEST_WAIT = 2**15 - 1, 366 * 24 * 60  # what small columns hold on every database; minutes of a year


def keep_in_bounds(form: forms.BaseForm) -> None:
    """Let moments lie in this century and numbers fit their columns, so that no sum of them leaves the calendar."""
    for name, field in form.fields.items():
        if isinstance(field, forms.DateTimeField):
            field.validators += [MinValueValidator(FIRST), MaxValueValidator(LAST)]
        elif isinstance(field, forms.IntegerField) and not isinstance(field, forms.DecimalField):
            field.validators.append(MaxValueValidator(LONGEST_WAIT if name == "wait_minutes" else MOST))


class SittingForm(forms.ModelForm[Sitting]):
    """The terms of a sitting, for the units the reader may hold one for."""

    class Meta:
        model = Sitting
        fields = [
            "title", "blueprint", "paper_set", "certificate_type", "unit", "opens_at", "closes_at", "duration", "attempts_allowed",
            "knowledge_percent", "operation_percent", "review", "auto_release", "place", "practice", "navigation",
            "overdue", "grace_minutes", "wait_minutes", "counting",
        ]  # fmt: skip
        widgets = {"opens_at": MomentInput(), "closes_at": MomentInput()}
        help_texts = {
            "blueprint": _("Every candidate gets a paper of their own, drawn when they begin."),
            "paper_set": _("Or a paper whose questions are settled, in one form or in parallel forms A, B, C. It is locked from now on."),
            "closes_at": _("Nobody can begin after this, and every paper ends by then."),
            "duration": _("For one paper, from its start. 0 for no limit within the window."),
            "attempts_allowed": _("0 for as many as one likes."),
            "practice": _("For learning: questions of the practice pool, marked for the candidate alone, no certificate, nothing in anybody's file."),
            "navigation": _("Page by page, what is left behind is neither seen nor changed again."),
            "overdue": _("When the time of a paper has run out."),
            "grace_minutes": _("For handing in only; nothing more can be answered."),
            "wait_minutes": _("From the end of one attempt to the start of the next; 0 for none."),
            "certificate_type": _("Leave empty for an exam that earns no certificate."),
            "knowledge_percent": _("0 for no minimum. A pass needs the pass mark and both minima."),
            "auto_release": _("Otherwise someone looks at the results and releases them."),
            "place": _("Room and building, or empty for an exam at one's own desk."),
        }

    def __init__(self, *args: Any, person: Person, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_in_bounds(self)
        units = Unit.objects.reached_by(person, Act.MANAGE_SITTINGS, day).open_on(day).exclude(kind=UnitKind.VILLAGE)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        for name in USUAL:
            self.fields[name].required = False
        for name in MINIMA:
            self.fields[name].validators.append(MaxValueValidator(100))
            self.fields[name].widget.attrs["max"] = 100
        if self.instance.pk is None:
            self.fields["duration"].initial = DEFAULT_MINUTES
            if not self.initial.get("unit"):
                self.initial["unit"] = getattr(units.order_by("path").first(), "pk", None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in USUAL:  # a form that leaves one out means what is usual, or what the sitting has
            if data.get(name) in (None, "") and name not in self.errors:
                data[name] = getattr(self.instance, name)
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", gettext("The exam must close after it opens."))
        elif opens and closes and (data.get("duration") or 0) * 60 > (closes - opens).total_seconds():
            self.add_error("duration", gettext("The paper takes longer than the exam is open."))
        if closes and closes <= timezone.now():
            self.add_error("closes_at", gettext("This time has passed already."))
        self._paper(data)
        if data.get("overdue") == Overdue.GRACE and not data.get("grace_minutes"):
            self.add_error("grace_minutes", gettext("Say how many minutes of grace there are."))
        self._practice(data)
        return data

    def _paper(self, data: dict[str, Any]) -> None:
        """A blueprint or a fixed paper, one of the two, and one that can be sat."""
        blueprint, paper_set = data.get("blueprint"), data.get("paper_set")
        if blueprint and paper_set:
            self.add_error("paper_set", gettext("Choose a blueprint or a fixed paper, not both."))
        elif not blueprint and not paper_set and "blueprint" not in self.errors and "paper_set" not in self.errors:
            self.add_error("blueprint", gettext("Choose a blueprint, or a fixed paper below."))
        elif blueprint and "blueprint" in self.changed_data and (short := lacking(blueprint)):
            self.add_error("blueprint", ValidationError([gettext("This blueprint cannot be drawn yet."), *short]))
        elif paper_set and "paper_set" in self.changed_data and (short := lacking(paper_set)):
            self.add_error("paper_set", ValidationError([gettext("This paper is not ready yet."), *short]))

    def _practice(self, data: dict[str, Any]) -> None:
        """A practice leaves nothing behind; what is shown at once is shown in a practice alone."""
        if data.get("practice") and data.get("certificate_type"):
            self.add_error("certificate_type", gettext("A practice earns no certificate."))
        source = data.get("paper_set") or data.get("blueprint")
        if data.get("practice") and source and source.pool != Pool.PRACTICE:
            field = "paper_set" if data.get("paper_set") else "blueprint"
            self.add_error(field, gettext("A practice takes its questions from the practice pool; this one draws sealed questions."))
        if data.get("practice") and data.get("auto_release"):
            self.add_error("auto_release", gettext("A practice is never released: each candidate sees their own result as soon as it is marked."))
        if data.get("review") == Review.AT_ONCE and not data.get("practice"):
            self.add_error("review", gettext("Answers are shown at once in a practice only."))


class CloseLaterForm(forms.ModelForm[Sitting]):
    """All that may change once someone has begun. Exceptions for people and groups have screens of their own."""

    class Meta:
        model = Sitting
        fields = ["closes_at"]
        widgets = {"closes_at": MomentInput()}
        help_texts = {"closes_at": _("Someone has begun: the exam can close later, nothing else changes. Papers that run get the time it gives.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_in_bounds(self)

    def clean_closes_at(self) -> Any:
        closes = self.cleaned_data["closes_at"]
        if closes < Sitting.objects.get(pk=self.instance.pk).closes_at:
            raise ValidationError(gettext("Candidates count on the time they were told: only a later closing is possible."))
        return closes


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=120, help_text=_("Candidates read it."))


class AdmitForm(forms.Form):
    """Whom to admit: a pasted list, or everyone of a unit, a post, a tier, or who lacks a certificate. Both add up."""

    text = forms.CharField(
        label=_("Paste staff numbers or names"), required=False, max_length=200_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One on each line, or straight from Excel or a message. Other columns do no harm."),
    )  # fmt: skip
    source = forms.ChoiceField(label=_("Everyone who …"), required=False)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Everyone of a unit and below"), required=False, empty_label=_("All units"))
    post = forms.ModelChoiceField(Post.objects.all(), label=_("Everyone in a post"), required=False, empty_label=_("All posts"))
    tier = forms.ChoiceField(
        label=_("Everyone of a training tier"), required=False, choices=[("", _("All tiers")), *Tier.choices],
        help_text=_("What you choose from these four narrows down: who fits all of it is meant."),
    )  # fmt: skip
    picked = forms.ModelMultipleChoiceField(Person.objects.none(), required=False, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, sitting: Sitting, person: Person, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [("", _("Nothing of this kind")), *offered(sitting, day)]  # type: ignore[attr-defined]
        self.fields["unit"].queryset = Unit.objects.reached_by(person, Act.MANAGE_SITTINGS, day).open_on(day)  # type: ignore[attr-defined]
        self.fields["picked"].queryset = Person.objects.reached_by(person, Act.MANAGE_SITTINGS, day)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("text", "").strip() and not any(data.get(name) for name in (*NARROWING, "picked")):
            raise ValidationError(gettext("Paste a list, or choose a unit, a post, a tier, or who lacks a certificate."))
        return data
