"""Screens about units and posts."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lms.people import structure
from lms.people.forms import CloseForm, PostForm, UnitChangeForm, UnitForm
from lms.people.gates import allowed, must, unit_within
from lms.people.models import Appointment, Post, Unit
from lms.people.person_views import form_page, take_errors, units_for
from lms.people.scope import may, reach
from lms.people.states import Act, UnitKind
from lms.people.tree import tree
from lms.web.requests import SignedInRequest


def asked_day(request: HttpRequest) -> date:
    """The day in the address; today where there is none or none that exists."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return timezone.localdate()


@login_required
@require_GET
def units(request: SignedInRequest) -> HttpResponse:
    today = must(request, Act.SEE_PEOPLE)
    day = asked_day(request)
    context = {
        "nodes": tree(reach(request.user, Act.SEE_PEOPLE, today), day),
        "day": day,
        "closed": Unit.objects.reached_by(request.user, Act.SEE_PEOPLE, today).filter(closed_on__lte=day),
        "may_manage": may(request.user, Act.MANAGE_UNITS, today),
    }
    return render(request, "lms/people/units.html", context)


@login_required
@require_GET
def unit(request: SignedInRequest, code: str) -> HttpResponse:
    subject = unit_within(request, Act.SEE_PEOPLE, code)
    today = timezone.localdate()
    serving = Appointment.objects.on(today).filter(unit=subject, voided=False)
    context = {
        "unit": subject,
        "children": subject.children.open_on(today).order_by("order", "path"),
        "posts": serving.values("post__name", "post__code", "post__order").annotate(n=Count("person", distinct=True)).order_by("post__order"),
        "serving": serving.values("person").distinct().count(),
        "placements": subject.placements.exclude(valid_to__isnull=False, valid_to=F("valid_from")).order_by("-valid_from"),
        "may": allowed(request, subject, Act.MANAGE_UNITS),
    }
    return render(request, "lms/people/unit.html", context)


@login_required
def unit_add(request: SignedInRequest) -> HttpResponse:
    day = must(request, Act.MANAGE_UNITS)
    initial = {"day": day, "kind": UnitKind.DEPARTMENT, "parent": request.GET.get("parent")}
    form = UnitForm(request.POST or None, units=units_for(request, Act.MANAGE_UNITS), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            data = {**form.cleaned_data, "order": form.cleaned_data["order"] or 0}
            made = structure.found_unit(data.pop("code"), data.pop("name"), by=request.user, at=timezone.now(), **data)
            messages.success(request, _("%(unit)s was founded.") % {"unit": made.name})
            return redirect("unit", code=made.code)
        except ValidationError as error:
            take_errors(form, error)
    return form_page(request, form, title=_("Found a unit"), submit=_("Found a unit"), back=reverse("units"))


@login_required
def unit_change(request: SignedInRequest, code: str) -> HttpResponse:
    subject = unit_within(request, Act.MANAGE_UNITS, code)
    initial = {name: getattr(subject, name) for name in ("name", "name_en", "kind", "order")}
    form = UnitChangeForm(
        request.POST or None,
        units=units_for(request, Act.MANAGE_UNITS),
        initial={**initial, "parent": subject.parent_id, "day": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "order": form.cleaned_data["order"] or 0}
        if data["parent"] is None:
            data["parent"] = subject.parent
        try:
            structure.change_unit(subject, by=request.user, at=timezone.now(), **data)
            messages.success(request, _("The unit was changed."))
            return redirect("unit", code=code)
        except ValidationError as error:
            take_errors(form, error)
    name = Unit.objects.get(pk=subject.pk).name
    return form_page(request, form, title=_("Rename or move: %(unit)s") % {"unit": name}, submit=_("Save"), back=reverse("unit", args=[code]))


@login_required
def unit_close(request: SignedInRequest, code: str) -> HttpResponse:
    subject = unit_within(request, Act.MANAGE_UNITS, code)
    form = CloseForm(request.POST or None, initial={"day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            structure.close_unit(subject, by=request.user, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The unit was closed; its history stays."))
            return redirect("unit", code=code)
        except ValidationError as error:
            take_errors(form, error)
    return form_page(
        request, form, title=_("Close %(unit)s") % {"unit": subject.name}, submit=_("Close the unit"), back=reverse("unit", args=[code]), grave=True
    )  # fmt: skip


@login_required
@require_GET
def posts(request: SignedInRequest) -> HttpResponse:
    day = must(request, Act.SEE_PEOPLE)
    in_force = Q(appointments__voided=False, appointments__valid_from__lte=day)
    in_force &= Q(appointments__valid_to=None) | Q(appointments__valid_to__gt=day)
    rows = Post.objects.annotate(holders=Count("appointments__person", filter=in_force, distinct=True))
    return render(request, "lms/people/posts.html", {"posts": rows, "may_manage": may(request.user, Act.MANAGE_POSTS, day)})


@login_required
def post_add(request: SignedInRequest) -> HttpResponse:
    must(request, Act.MANAGE_POSTS)
    form = PostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "order": form.cleaned_data["order"] or 0}
        try:
            structure.add_post(data.pop("code"), data.pop("name"), by=request.user, at=timezone.now(), **data)
            messages.success(request, _("The post was added."))
            return redirect("posts")
        except ValidationError as error:
            take_errors(form, error)
    return form_page(request, form, title=_("Add a post"), submit=_("Add"), back=reverse("posts"))


@login_required
def post_change(request: SignedInRequest, code: str) -> HttpResponse:
    must(request, Act.MANAGE_POSTS)
    subject = get_object_or_404(Post, code=code)
    form = PostForm(request.POST or None, initial={name: getattr(subject, name) for name in ("code", "name", "name_en", "tier", "order")})
    del form.fields["code"]
    if request.method == "POST" and form.is_valid():
        data = {**form.cleaned_data, "order": form.cleaned_data["order"] or 0}
        try:
            structure.change_post(subject, by=request.user, at=timezone.now(), **data)
            messages.success(request, _("The post was changed."))
            return redirect("posts")
        except ValidationError as error:
            take_errors(form, error)
    return form_page(request, form, title=_("Change post: %(post)s") % {"post": subject.name}, submit=_("Save"), back=reverse("posts"))
