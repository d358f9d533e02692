"""Screens of those who hold sittings: list, write, look, cancel."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from exams.papers.sources import address_of, lacking, size_of
from exams.sittings.actions import Refused, cancel_sitting, change_sitting, create_sitting, started
from exams.sittings.forms import CancelForm, CloseLaterForm, SittingFilterForm, SittingForm
from exams.sittings.models import Sitting
from exams.sittings.querysets import SittingQuerySet
from exams.sittings.states import TONES, State
from lms.people.scope import may
from lms.people.states import Act
from lms.policy.figures import NoFigure
from lms.web.requests import SignedInRequest, number

PER_PAGE = 50


def held(request: SignedInRequest) -> SittingQuerySet:
    """The sittings the reader may manage. Raises PermissionDenied for those who manage none anywhere."""
    day = timezone.localdate()
    if not may(request.user, Act.MANAGE_SITTINGS, day):
        raise PermissionDenied
    return Sitting.objects.reached_by(request.user, Act.MANAGE_SITTINGS, day)


@login_required
@require_GET
def sittings(request: SignedInRequest) -> HttpResponse:
    """All sittings in reach, newest first, with their states."""
    now, form = timezone.now(), SittingFilterForm(request.GET)
    rows = held(request).described()
    if form.is_valid():
        rows = rows.filter(title__icontains=form.cleaned_data["q"].strip())
        rows = rows.in_state(form.cleaned_data["state"], now) if form.cleaned_data["state"] else rows
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "rows": [row_of(s, now) for s in page], "active": any(request.GET.values())}
    return render(request, "exams/sittings/list.html", context)


def row_of(sitting: Sitting, now: Any) -> dict[str, Any]:
    """A described sitting with its state in words."""
    state = sitting.state(now)
    return {"sitting": sitting, "state": state, "tone": TONES.get(state, "")}


@login_required
@require_GET
def sitting(request: SignedInRequest, pk: int) -> HttpResponse:
    """One sitting: its terms, what is missing before it can be sat, and where to go from here."""
    found = get_object_or_404(held(request).described().select_related("pass_policy"), pk=pk)
    now = timezone.now()
    questions, points = size_of(found.source)
    over = found.state(now) in {State.CLOSED, State.MARKED, State.RELEASED, State.CANCELLED}
    return render(request, "exams/sittings/sitting.html", row_of(found, now) | {
        "over": over, "short": [] if over else lacking(found.source), "questions": questions, "points": points,
        "paper_address": address_of(found.source),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def sitting_edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """The terms. Once someone has begun, only the closing time."""
    found = get_object_or_404(held(request), pk=pk) if pk else None
    held(request)
    if found is not None and found.cancelled_at is not None:
        messages.warning(request, _("This sitting was cancelled. Make a new one."))
        return redirect("sitting", pk=found.pk)
    form: Any
    if found is not None and started(found):
        form = CloseLaterForm(request.POST or None, instance=found)
    else:
        form = SittingForm(request.POST or None, instance=found, person=request.user, day=timezone.localdate(), initial=_start(request))
    if request.method == "POST" and form.is_valid():
        act = change_sitting if found else create_sitting
        try:
            saved = act(form.instance, by=request.user, at=timezone.now())
        except Refused as error:
            form.add_error(None, error)
        except NoFigure:
            form.add_error(None, _("No pass mark is in force on that day. HR sets it under policy figures."))
        else:
            messages.success(request, _("Sitting saved: %(title)s") % {"title": saved.title})
            return redirect("sitting" if found else "candidates", pk=saved.pk)
    return render(request, "exams/sittings/form.html", {"form": form, "sitting": found})


def _start(request: SignedInRequest) -> dict[str, Any]:
    blueprint = number(request.GET.get("blueprint", ""))
    paper_set = number(request.GET.get("paper", ""))
    return {"paper_set": paper_set} if paper_set else {"blueprint": blueprint} if blueprint else {}


@login_required
@require_http_methods(["GET", "POST"])
def sitting_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Calling off asks for the reason on a page of its own."""
    found = get_object_or_404(held(request).described(), pk=pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_sitting(found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except Refused as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The sitting is cancelled and its candidates are told."))
            return redirect("sitting", pk=pk)
    return render(request, "exams/sittings/cancel.html", {"form": form, "sitting": found})
