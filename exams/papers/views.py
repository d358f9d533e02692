"""Blueprints: list, write, check, and a sample paper."""

import re
import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, DecimalField, ExpressionWrapper, F, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exams.papers.actions import BlueprintInUse, copy_blueprint, in_use, save_blueprint
from exams.papers.drawing import NotEnoughQuestions
from exams.papers.forms import BlueprintForm, row_formset, with_more_rows
from exams.papers.models import Blueprint
from exams.papers.rendering import checked, paper_shown, sentence
from exams.papers.stock import paper_for, stock
from lms.people.scope import may
from lms.people.states import Act
from lms.web.requests import SignedInRequest

PER_PAGE = 50
SEED = re.compile(r"[0-9a-f]{1,32}")


def writer_only(request: SignedInRequest) -> None:
    """Blueprints belong to everyone who writes content. Raises PermissionDenied."""
    if not may(request.user, Act.WRITE_CONTENT, timezone.localdate()):
        raise PermissionDenied


@login_required
@require_GET
def papers(request: SignedInRequest) -> HttpResponse:
    """All blueprints with their size, and by how many sittings they are used."""
    writer_only(request)
    worth = ExpressionWrapper(F("rows__count") * F("rows__points"), output_field=DecimalField())
    asked = request.GET.get("q", "").strip()
    found = Blueprint.objects.filter(title__icontains=asked).annotate(questions=Sum("rows__count"), points=Sum(worth)).order_by("-pk")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    used = dict(Blueprint.objects.filter(pk__in=[b.pk for b in page]).annotate(n=Count("sittings")).values_list("pk", "n"))
    rows = [{"blueprint": blueprint, "used": used[blueprint.pk]} for blueprint in page]
    return render(request, "exams/papers/list.html", {"page": page, "rows": rows, "q": asked})


@login_required
@require_GET
def blueprint(request: SignedInRequest, pk: int) -> HttpResponse:
    """One blueprint: rows, totals, and what the bank lacks for it today."""
    writer_only(request)
    found = get_object_or_404(Blueprint, pk=pk)
    check = checked(list(found.rows.select_related("topic")), stock())
    return render(request, "exams/papers/blueprint.html", {"blueprint": found, "check": check, "in_use": in_use(found, timezone.now())})


@login_required
@require_http_methods(["GET", "POST"])
def blueprint_edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """The form: more rows, check, or save. Nothing is saved by a check."""
    writer_only(request)
    found = get_object_or_404(Blueprint, pk=pk) if pk else Blueprint()
    do = request.POST.get("do", "save") if request.method == "POST" else "show"
    data = with_more_rows(request.POST) if do == "more" else (request.POST or None)
    form = BlueprintForm(data, instance=found)
    rows = row_formset(data, list(found.rows.all()) if pk else [])
    context: dict[str, Any] = {"form": form, "rows": rows, "blueprint": found if pk else None, "judged": do in {"check", "save"}}
    if context["judged"] and form.is_valid() & rows.is_valid():
        wanted = rows.rows()
        if do == "check":
            context["check"] = checked(wanted, stock())
            return render(request, "exams/papers/form.html", context)
        try:
            saved = save_blueprint(form.instance, wanted, by=request.user, at=timezone.now())
        except BlueprintInUse as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Blueprint saved: %(title)s") % {"title": saved.title})
            return redirect("blueprint", pk=saved.pk)
    return render(request, "exams/papers/form.html", context)


@login_required
@require_POST
def blueprint_copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """A copy to change, straight into its form."""
    writer_only(request)
    made = copy_blueprint(get_object_or_404(Blueprint, pk=pk), by=request.user, at=timezone.now())
    messages.success(request, _("Copied. Change what is different this time."))
    return redirect("blueprint_edit", pk=made.pk)


@login_required
@require_GET
def blueprint_sample(request: SignedInRequest, pk: int) -> HttpResponse:
    """A paper as this blueprint draws it with a seed, for trying out and printing. It belongs to no candidate."""
    writer_only(request)
    found = get_object_or_404(Blueprint, pk=pk)
    seed = request.GET.get("seed", "")
    if not SEED.fullmatch(seed):
        seed = secrets.token_hex(4)
    context: dict[str, Any] = {"blueprint": found, "seed": seed, "other": secrets.token_hex(4), "answers": request.GET.get("answers") == "1"}
    try:
        paper = paper_for(found, seed)
    except NotEnoughQuestions as error:
        return render(request, "exams/papers/sample.html", context | {"short": [sentence(shortage) for shortage in error.shortages]})
    return render(request, "exams/papers/sample.html", context | {"parts": paper_shown(paper), "points": paper.points, "count": len(paper.slots)})
