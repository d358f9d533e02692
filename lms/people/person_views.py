"""Screens about people: the list, a person's file, and what HR does from there."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lms.people import actions, appointing, passwords
from lms.people.checks import Refused
from lms.people.forms import AppointForm, EndForm, MoveForm, PersonChangeForm, PersonForm, ReinstateForm, RevealForm
from lms.people.gates import allowed, must, person_within
from lms.people.listing import SIZES, Wanted, people_wanted
from lms.people.models import Appointment, Person, Post, Unit
from lms.people.states import Act, Tier
from lms.web.requests import SignedInRequest, numbers


def units_for(request: SignedInRequest, act: Act) -> QuerySet[Unit]:
    day = timezone.localdate()
    return Unit.objects.reached_by(request.user, act, day).open_on(day)


def form_page(request: HttpRequest, form: Form, *, title: str, submit: str, back: str, **more: Any) -> HttpResponse:
    """One form on one page, errors on top, what was typed kept."""
    context = {"form": form, "title": title, "submit": submit, "back": back, **more}
    return render(request, "lms/people/form_page.html", context, status=400 if form.errors else 200)


def take_errors(form: Form, error: ValidationError) -> None:
    """Put a verb's errors beside the fields they speak of."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, sentences in by_field.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


def refuse(form: Form, refused: Refused) -> None:
    """Put every reason of a refusal on top of the form."""
    for reason in refused.reasons:
        form.add_error(None, str(reason.sentence))


@login_required
@require_GET
def people(request: SignedInRequest) -> HttpResponse:
    day = must(request, Act.SEE_PEOPLE)
    wanted = Wanted.of(request.GET)
    page = Paginator(people_wanted(wanted, by=request.user, day=day), wanted.size).get_page(request.GET.get("page"))
    units = Unit.objects.reached_by(request.user, Act.SEE_PEOPLE, day).open_on(day)
    context = {
        "page": page, "wanted": wanted, "units": units, "posts": Post.objects.all(), "tiers": Tier.choices, "sizes": SIZES,
        "may": {act.value: units_for(request, act).exists() for act in (Act.MANAGE_PEOPLE, Act.IMPORT_PEOPLE)},
    }  # fmt: skip
    return render(request, "lms/people/people.html", context)


@login_required
@require_GET
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = person_within(request, Act.SEE_PEOPLE, pk)
    context = {
        "person": subject,
        "appointments": subject.appointments.select_related("unit", "post").order_by("-valid_from", "-pk"),
        "grants": subject.grants.select_related("unit").order_by("-valid_from"),
        "day": timezone.localdate(),
        "may": allowed(request, subject.home_unit, Act.MANAGE_PEOPLE, Act.REVEAL_IDENTITY),
        "reveal": RevealForm(),
        "lapsed": subject.one_time_lapsed(timezone.now()),
    }
    return render(request, "lms/people/person.html", context)


@login_required
def person_add(request: SignedInRequest) -> HttpResponse:
    day = must(request, Act.MANAGE_PEOPLE)
    form = PersonForm(request.POST or None, units=units_for(request, Act.MANAGE_PEOPLE), initial={"valid_from": day, "rank": "section"})
    if request.method == "POST" and form.is_valid():
        try:
            subject, password = actions.add_person(by=request.user, at=timezone.now(), **form.cleaned_data)
            return render(request, "lms/people/password_given.html", {"person": subject, "password": password})
        except Refused as refused:
            refuse(form, refused)
        except ValidationError as error:
            take_errors(form, error)
    return form_page(request, form, title=_("Add a person"), submit=_("Add"), back=reverse("people"))


@login_required
def person_change(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = person_within(request, Act.MANAGE_PEOPLE, pk)
    form = PersonChangeForm(request.POST or None, initial={"name": subject.name, "rank": subject.rank})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_person(subject, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The details were changed."))
            return redirect("person", pk=pk)
        except ValidationError as error:
            take_errors(form, error)
    return form_page(request, form, title=_("Change details: %(name)s") % {"name": subject.name}, submit=_("Save"), back=reverse("person", args=[pk]))


@login_required
def appoint(request: SignedInRequest, pk: int) -> HttpResponse:
    """Shows every obstacle at once; where an acting appointment with an end would do, it says so and offers it."""
    subject = person_within(request, Act.MANAGE_PEOPLE, pk)
    initial = {"valid_from": timezone.localdate(), "unit": subject.home_unit_id, "main": True}
    form = AppointForm(request.POST or None, units=units_for(request, Act.MANAGE_PEOPLE), initial=initial)
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            appointing.appoint(subject, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("%(name)s was appointed.") % {"name": subject.name})
            return redirect("person", pk=pk)
        except Refused as error:
            refused = error
            refuse(form, error)
    return form_page(
        request, form, title=_("Appoint %(name)s") % {"name": subject.name}, submit=_("Appoint"), back=reverse("person", args=[pk]),
        offer_acting=refused is not None and refused.acting_would_do and not form.cleaned_data["acting"],
    )  # fmt: skip


@login_required
def end_appointment(request: SignedInRequest, pk: int) -> HttpResponse:
    day = must(request, Act.MANAGE_PEOPLE)
    rows = Appointment.objects.reached_by(request.user, Act.MANAGE_PEOPLE, day).filter(voided=False)
    row = get_object_or_404(rows.select_related("person", "unit", "post"), pk=pk)
    form = EndForm(request.POST or None, initial={"day": day})
    if request.method == "POST" and form.is_valid():
        appointing.end_appointment(row, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The appointment ends."))
        return redirect("person", pk=row.person_id)
    title = _("End the appointment: %(name)s, %(unit)s %(post)s") % {"name": row.person.name, "unit": row.unit.name, "post": row.post.name}
    return form_page(
        request, form, title=title, submit=_("End it"), back=reverse("person", args=[row.person_id]),
        intro=_("On or before its first day it is voided, as if it had never been made."),
    )  # fmt: skip


@login_required
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = person_within(request, Act.MANAGE_PEOPLE, pk)
    form = MoveForm(request.POST or None, units=units_for(request, Act.MANAGE_PEOPLE), initial={"day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            appointing.move_person(subject, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("%(name)s was moved.") % {"name": subject.name})
            return redirect("people" if not _still_in_reach(request, subject) else reverse("person", args=[pk]))
        except Refused as refused:
            refuse(form, refused)
    return form_page(request, form, title=_("Transfer %(name)s") % {"name": subject.name}, submit=_("Transfer"), back=reverse("person", args=[pk]))


def _still_in_reach(request: HttpRequest, subject: Person) -> bool:
    return Person.objects.reached_by(request.user, Act.SEE_PEOPLE, timezone.localdate()).filter(pk=subject.pk).exists()


@login_required
@require_POST
def move_many(request: SignedInRequest) -> HttpResponse:
    """Move the people ticked in the list: first asks where to, then moves each who may be moved and names the others."""
    day = must(request, Act.MANAGE_PEOPLE)
    ticked = numbers(request.POST.getlist("s")[:200])
    chosen = list(Person.objects.reached_by(request.user, Act.MANAGE_PEOPLE, day).filter(pk__in=ticked))
    if not chosen:
        messages.warning(request, _("Tick the people to move first."))
        return redirect("people")
    asked = "confirm" in request.POST
    form = MoveForm(request.POST if asked else None, units=units_for(request, Act.MANAGE_PEOPLE), initial={"day": day})
    if asked and form.is_valid():
        moved = 0
        for subject in chosen:
            try:
                appointing.move_person(subject, by=request.user, at=timezone.now(), **form.cleaned_data)
                moved += 1
            except Refused as refused:
                messages.error(request, f"{subject.name}（{subject.staff_number}）：{refused}")
        messages.success(request, _("%(count)s people were moved.") % {"count": moved})
        return redirect("people")
    return form_page(
        request, form, title=_("Transfer %(count)s people") % {"count": len(chosen)}, submit=_("Transfer"), back=reverse("people"), chosen=chosen
    )  # fmt: skip


@login_required
def retire(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = person_within(request, Act.MANAGE_PEOPLE, pk)
    form = EndForm(request.POST or None, initial={"day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.retire(subject, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("%(name)s leaves; posts and roles end that day.") % {"name": subject.name})
            return redirect("person", pk=pk)
        except ValidationError as error:
            take_errors(form, error)
    intro = _("Ends all posts and roles and closes the account. Hours, results and certificates stay on record.")
    return form_page(
        request, form, title=_("Retire %(name)s") % {"name": subject.name}, submit=_("Retire"), back=reverse("person", args=[pk]),
        intro=intro, grave=True,
    )  # fmt: skip


@login_required
def reinstate(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = person_within(request, Act.MANAGE_PEOPLE, pk)
    initial = {"day": timezone.localdate(), "unit": subject.home_unit_id}
    form = ReinstateForm(request.POST or None, units=units_for(request, Act.MANAGE_PEOPLE), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            password = actions.reinstate(subject, by=request.user, at=timezone.now(), **form.cleaned_data)
            return render(request, "lms/people/password_given.html", {"person": subject, "password": password})
        except Refused as refused:
            refuse(form, refused)
        except ValidationError as error:
            take_errors(form, error)
    return form_page(request, form, title=_("Reinstate %(name)s") % {"name": subject.name}, submit=_("Reinstate"), back=reverse("person", args=[pk]))


@login_required
@require_POST
def reset_password(request: SignedInRequest, pk: int) -> HttpResponse:
    """The new password is shown in this answer and nowhere else."""
    subject = person_within(request, Act.MANAGE_PEOPLE, pk)
    try:
        password = passwords.reset_password(subject, by=request.user, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("person", pk=pk)
    return render(request, "lms/people/password_given.html", {"person": subject, "password": password})


@login_required
@require_POST
def reveal_identity(request: SignedInRequest, pk: int) -> HttpResponse:
    """The number is shown in this answer only; the look is in the trail."""
    subject = person_within(request, Act.REVEAL_IDENTITY, pk)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return form_page(request, form, title=_("Full identity number"), submit=_("Show it"), back=reverse("person", args=[pk]))
    number = actions.reveal_identity(subject, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
    return render(request, "lms/people/identity_shown.html", {"person": subject, "number": number})
