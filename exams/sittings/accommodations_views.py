"""Screens for exceptions: those of one sitting, and those that stand for a person wherever they sit."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exams.sittings.accommodations import Accommodation, GroupMember, terms_for
from exams.sittings.accommodations_actions import accommodate, accommodate_group, copy_accommodations, end_accommodation
from exams.sittings.accommodations_forms import GIVEN, AccommodationForm, GroupForm, PersonForm, StandingForm
from exams.sittings.actions import Refused
from exams.sittings.holding import held, row_of
from exams.sittings.models import Candidate, Sitting
from lms.people.models import Person
from lms.people.scope import may, reach, within
from lms.people.states import Act
from lms.web.requests import SignedInRequest, number

PER_PAGE = 50


def _seen(request: SignedInRequest, pk: int) -> Sitting:
    """A sitting the reader manages or watches. 403 without either act anywhere, 404 elsewhere."""
    day = timezone.localdate()
    paths = [*reach(request.user, Act.MANAGE_SITTINGS, day), *reach(request.user, Act.WATCH_SITTINGS, day)]
    if not paths:
        raise PermissionDenied
    return get_object_or_404(Sitting.objects.filter(within(paths, "unit__path")).described(), pk=pk)


@login_required
@require_GET
def accommodations(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who has other terms in a sitting, what comes out for them, and why. Those who only watch see it and can't change it."""
    found, now = _seen(request, pk), timezone.now()
    day = timezone.localdate(now)
    here = Candidate.objects.filter(sitting=found, person=OuterRef("person"))
    rows = found.accommodations.filter(ended_at=None).select_related("person__home_unit", "group", "by").annotate(admitted=Exists(here))
    members = GroupMember.objects.filter(ended_at=None).select_related("person").order_by("person__staff_number")
    groups = rows.exclude(group=None).order_by("group__name").prefetch_related(Prefetch("group__members", members, to_attr="inside"))
    own = list(rows.filter(group=None).order_by("person__home_unit__path", "person__staff_number"))
    standing = _standing(day).filter(person__candidatures__sitting=found).order_by("person__staff_number")
    terms = terms_for(found, {row.person_id for row in [*own, *standing] if row.person_id}, day)
    for row in (*own, *standing):
        row.terms = terms[row.person_id]
    manage = may(request.user, Act.MANAGE_SITTINGS, day, found.unit)
    others = held(request).exclude(pk=pk).filter(accommodations__ended_at=None, accommodations__isnull=False) if manage else Sitting.objects.none()
    context = row_of(found, now) | {
        "own": own, "groups": groups, "standing": standing, "manage": manage and found.cancelled_at is None,
        "others": others.distinct().order_by("-opens_at")[:50], "inactive": found.cancelled_at is not None,
    }  # fmt: skip
    return render(request, "exams/sittings/accommodations.html", context)


def _standing(day: date) -> Any:
    """The standing ones in force on a day or later, with their people."""
    return Accommodation.objects.filter(sitting=None, ended_at=None, valid_to__gte=day).select_related("person__home_unit", "by")


def _copied_from(request: SignedInRequest, found: Sitting) -> dict[str, Any]:
    """What ``?like=`` fills in: the exception of another person of the same sitting."""
    like = number(request.GET.get("like", ""))
    row = found.accommodations.filter(pk=like).first() if like else None
    return {name: getattr(row, name) for name in (*GIVEN, "reason")} if row else {}


@login_required
@require_http_methods(["GET", "POST"])
def accommodation_new(request: SignedInRequest, pk: int, what: str) -> HttpResponse:
    """A new exception: ``what`` is person or group."""
    found = get_object_or_404(held(request), pk=pk)
    kind: Any = GroupForm if what == "group" else PersonForm
    form = kind(request.POST or None, sitting=found, initial=_copied_from(request, found))
    return _saved(request, found, form, None) or _form(request, found, form, None)


@login_required
@require_http_methods(["GET", "POST"])
def accommodation_edit(request: SignedInRequest, pk: int, row: int) -> HttpResponse:
    """Change one: the old row ends, a new one stands in its place."""
    found = get_object_or_404(held(request), pk=pk)
    old = get_object_or_404(found.accommodations.filter(ended_at=None).select_related("person", "group"), pk=row)
    start = {name: getattr(old, name) for name in (*GIVEN, "reason")}
    form: Any
    if old.group is not None:
        numbers = old.group.members.filter(ended_at=None).order_by("person__staff_number").values_list("person__staff_number", flat=True)
        form = GroupForm(request.POST or None, sitting=found, initial=start | {"name": old.group.name, "people": "\n".join(numbers)})
    else:
        form = AccommodationForm(request.POST or None, sitting=found, initial=start)
    return _saved(request, found, form, old) or _form(request, found, form, old)


def _form(request: SignedInRequest, found: Sitting, form: Any, old: Accommodation | None) -> HttpResponse:
    return render(request, "exams/sittings/accommodation.html", {"sitting": found, "form": form, "old": old, "group": isinstance(form, GroupForm)})


def _saved(request: SignedInRequest, found: Sitting, form: Any, old: Accommodation | None) -> HttpResponse | None:
    """Carry out a form that was filled in well; None leaves it on the screen with what is wrong."""
    if request.method != "POST" or not form.is_valid():
        return None
    row, now, data = form.made(), timezone.now(), form.cleaned_data
    try:
        if isinstance(form, GroupForm):
            accommodate_group(row, name=data["name"], people=data["people"], by=request.user, at=now, group=old.group if old else None)
        else:
            row.person = old.person if old else data["person"]
            accommodate(row, by=request.user, at=now, replaces=old)
    except Refused as error:
        form.add_error(None, error)
        return None
    messages.success(request, _("Saved. Papers that are being answered follow at once."))
    return redirect("accommodations", pk=found.pk)


@login_required
@require_POST
def accommodation_end(request: SignedInRequest, pk: int, row: int) -> HttpResponse:
    """End one; what was given before stays in the trail."""
    found = get_object_or_404(held(request), pk=pk)
    _end(request, get_object_or_404(found.accommodations, pk=row))
    return redirect("accommodations", pk=pk)


def _end(request: SignedInRequest, row: Accommodation) -> None:
    try:
        end_accommodation(row, by=request.user, at=timezone.now())
    except Refused as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The exception has ended."))


@login_required
@require_POST
def accommodations_copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take over what the same people had in another sitting."""
    found = get_object_or_404(held(request), pk=pk)
    source = held(request).filter(pk=number(request.POST.get("source", "")) or 0).first()
    if source is None:
        messages.error(request, _("Choose the sitting to copy from."))
        return redirect("accommodations", pk=pk)
    try:
        done = copy_accommodations(source, found, by=request.user, at=timezone.now())
    except Refused as error:
        messages.error(request, " ".join(error.messages))
    else:
        words = {"people": done.people, "groups": done.groups, "passed": done.passed_over}
        messages.success(request, _("Copied for %(people)d people and %(groups)d groups; passed over: %(passed)d.") % words)
    return redirect("accommodations", pk=pk)


def _mine(request: SignedInRequest) -> Any:
    """The people whose standing exceptions the reader keeps. Raises PermissionDenied for those who manage no sittings."""
    held(request)
    return Person.objects.reached_by(request.user, Act.MANAGE_SITTINGS, timezone.localdate()).filter(is_active=True)


@login_required
@require_http_methods(["GET", "POST"])
def standing(request: SignedInRequest) -> HttpResponse:
    """Extra time that people have wherever they sit, from a day to a day; and the form for one more."""
    people, now = _mine(request), timezone.now()
    form = StandingForm(request.POST or None, people=people, at=now, initial={"valid_from": timezone.localdate(now)})
    if request.method == "POST" and form.is_valid():
        accommodate(form.made(), by=request.user, at=now)
        messages.success(request, _("Saved. Papers that are being answered follow at once."))
        return redirect("standing")
    rows = _standing(timezone.localdate(now)).filter(person__in=people).order_by("person__home_unit__path", "person__staff_number", "valid_from")
    if asked := request.GET.get("q", "").strip():
        rows = rows.filter(Q(person__name__icontains=asked) | Q(person__staff_number__startswith=asked))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "q": request.GET.get("q", ""), "today": timezone.localdate(now)}
    return render(request, "exams/sittings/standing.html", context)


@login_required
@require_POST
def standing_end(request: SignedInRequest, row: int) -> HttpResponse:
    """End a standing one before its last day."""
    _end(request, get_object_or_404(Accommodation.objects.filter(sitting=None, person__in=_mine(request)), pk=row))
    return redirect("standing")
