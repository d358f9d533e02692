"""The screen of requirements: post × certificate type, and the staffing rules."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from exams.certificates.models import CertificateType
from exams.compliance import actions
from exams.compliance.forms import EndForm, RequireForm, StaffingForm
from exams.compliance.models import Requirement, StaffingRule
from lms.people.models import Person, Post
from lms.people.scope import may
from lms.people.states import Act, UnitKind
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook
from lms.web.requests import SignedInRequest


def _allowed(request: SignedInRequest) -> Person:
    person = request.user
    if not may(person, Act.MANAGE_REQUIREMENTS, timezone.localdate()):
        raise PermissionDenied
    return person


def _page(request: HttpRequest, form: RequireForm | None = None, staffing: StaffingForm | None = None) -> HttpResponse:
    day, book = timezone.localdate(), PolicyBook()
    types = list(CertificateType.objects.all())
    rows = list(Requirement.objects.select_related("post", "certificate_type").order_by("post__order", "certificate_type__code", "since"))
    open_ones = {(r.post_id, r.certificate_type_id): r for r in rows if r.until is None or r.until > day}
    matrix = [(post, [open_ones.get((post.pk, kind.pk)) for kind in types]) for post in Post.objects.all()]
    context: dict[str, Any] = {
        "types": types, "matrix": matrix, "ended": [r for r in rows if r.until is not None], "rules": StaffingRule.objects.order_by("since"),
        "minimum": book(Key.STAFF_MINIMUM, day), "maximum": book(Key.STAFF_MAXIMUM, day), "form": form or RequireForm(day=day),
        "staffing": staffing or StaffingForm(day=day), "day": day,
    }  # fmt: skip
    return render(request, "exams/compliance/requirements.html", context)


@login_required
@require_GET
def requirements(request: SignedInRequest) -> HttpResponse:
    _allowed(request)
    return _page(request)


@login_required
@require_POST
def requirement_add(request: SignedInRequest) -> HttpResponse:
    person, form = _allowed(request), RequireForm(request.POST, day=timezone.localdate())
    if form.is_valid():
        try:
            actions.require(**form.cleaned_data, by=person, at=timezone.now())
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The requirement is in force from the day given; coverage counts it at once."))
            return redirect("requirements")
    return _page(request, form=form)


@login_required
@require_POST
def staffing_add(request: SignedInRequest) -> HttpResponse:
    person, form = _allowed(request), StaffingForm(request.POST, day=timezone.localdate())
    if form.is_valid():
        try:
            actions.require_technicians(UnitKind(form.cleaned_data["unit_kind"]), since=form.cleaned_data["since"], by=person, at=timezone.now())
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The staffing rule is in force from the day given."))
            return redirect("requirements")
    return _page(request, staffing=form)


@login_required
@require_POST
def requirement_end(request: SignedInRequest, pk: int) -> HttpResponse:
    return _end(request, Requirement, pk, actions.end_requirement)


@login_required
@require_POST
def staffing_end(request: SignedInRequest, pk: int) -> HttpResponse:
    return _end(request, StaffingRule, pk, actions.end_staffing_rule)


def _end(request: SignedInRequest, kind: Any, pk: int, verb: Any) -> HttpResponse:
    person, form = _allowed(request), EndForm(request.POST)
    row = get_object_or_404(kind, pk=pk)
    try:
        if not form.is_valid():
            raise ValidationError(_("Give the first day without the requirement."))
        verb(row, until=form.cleaned_data["until"], by=person, at=timezone.now())
        messages.success(request, _("It ends on the day given; earlier days keep counting it."))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("requirements")
