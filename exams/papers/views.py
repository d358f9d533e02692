"""Blueprints: list, write, check, and make papers of."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, DecimalField, ExpressionWrapper, F, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exams.papers.actions import BlueprintInUse, copy_blueprint, in_use, save_blueprint
from exams.papers.assembling import drawn_forms
from exams.papers.drawing import NotEnoughQuestions
from exams.papers.forms import BlueprintForm, row_formset, with_more_rows
from exams.papers.models import Blueprint, BlueprintRow, PaperSet
from exams.papers.past import past_of
from exams.papers.rendering import checked, plain_rows, sentence
from exams.papers.set_actions import keep_drawn
from exams.papers.set_forms import MakeForm
from exams.papers.stock import rows_of, stock_for
from lms.people.scope import may
from lms.people.states import Act
from lms.web.requests import SignedInRequest

PER_PAGE = 50


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
    return _shown(request, found, MakeForm(initial={"title": found.title}))


def _shown(request: SignedInRequest, found: Blueprint, form: MakeForm) -> HttpResponse:
    context = {
        "blueprint": found, "check": _checked(list(found.rows.select_related("topic")), found.pool), "in_use": in_use(found, timezone.now()),
        "form": form, "made": found.paper_sets.order_by("-pk")[:10],
    }  # fmt: skip
    return render(request, "exams/papers/blueprint.html", context)


def _checked(rows: list[BlueprintRow], pool: str) -> dict[str, Any]:
    return checked(rows, stock_for(plain_rows(rows), pool), pool)


@login_required
@require_POST
def blueprint_make(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draw a paper once for all, in so many parallel forms."""
    writer_only(request)
    found = get_object_or_404(Blueprint, pk=pk)
    form = MakeForm(request.POST, instance=PaperSet())
    if not form.is_valid():
        return _shown(request, found, form)
    return _made(request, found, form)


def _made(request: SignedInRequest, found: Blueprint, form: MakeForm) -> HttpResponse:
    paper_set, seed = form.instance, secrets.token_hex(8)
    rows = rows_of(found)
    pool = stock_for(rows, found.pool)
    paper_set.seed = seed
    try:
        drawn = drawn_forms(
            rows, pool, seed, forms=form.cleaned_data["how_many"], percent=paper_set.common_percent, past=past_of(item.question for item in pool)
        )
    except NotEnoughQuestions as error:
        form.add_error(None, ValidationError([sentence(shortage) for shortage in error.shortages]))
        return _shown(request, found, form)
    made = keep_drawn(paper_set, found, drawn, by=request.user, at=timezone.now())
    messages.success(request, _("Paper made: %(title)s") % {"title": made.title})
    return redirect("paper_set", pk=made.pk)


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
    context: dict[str, Any] = {"form": form, "rows": rows, "blueprint": found if pk else None, "judged": do in {"check", "save", "make"}}
    if context["judged"] and form.is_valid() & rows.is_valid():
        wanted = rows.rows()
        if do == "check":
            context["check"] = _checked(wanted, form.cleaned_data["pool"])
            return render(request, "exams/papers/form.html", context)
        try:
            saved = save_blueprint(form.instance, wanted, by=request.user, at=timezone.now())
        except BlueprintInUse as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Blueprint saved: %(title)s") % {"title": saved.title})
            if do == "make":
                make = MakeForm({"title": saved.title, "how_many": "1", "common_percent": "0"}, instance=PaperSet())
                return _made(request, saved, make) if make.is_valid() else _shown(request, saved, make)
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
