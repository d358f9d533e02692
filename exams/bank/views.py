"""The question bank's screens."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exams.bank.actions import ChangedMeanwhile, create_question, restore, retire, save_version
from exams.bank.forms import FORMS, FilterForm, WordingForm
from exams.bank.models import Question
from exams.bank.querysets import QuestionQuerySet
from exams.bank.rendering import COLUMNS, history, sheet_rows, shown
from exams.bank.states import Kind
from exams.bank.wording import ALIKE, likeness
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.exchange.downloads import attachment
from lms.exchange.sheets import csv_bytes, workbook
from lms.people.scope import may
from lms.people.states import Act
from lms.web.requests import SignedInRequest, number, numbers

PER_PAGE = 50


def writer_only(request: SignedInRequest) -> None:
    """The bank belongs to everyone who writes content, wherever in the county. Raises PermissionDenied."""
    if not may(request.user, Act.WRITE_CONTENT, timezone.localdate()):
        raise PermissionDenied


def filtered(form: FilterForm) -> QuestionQuerySet:
    """The questions a filter lets through, in the order of topics."""
    values = form.cleaned_data if form.is_valid() else {}
    rows = Question.objects.worded().order_by("topic__path", "key")
    if values.get("state") != "all":
        rows = rows.filter(retired_at__isnull=values.get("state") != "retired")
    if values.get("q"):
        rows = rows.saying(values["q"].strip())
    if values.get("tier"):
        rows = rows.of_tier(values["tier"])
    if values.get("topic"):
        rows = rows.filter(topic=values["topic"])
    if values.get("made"):
        rows = rows.filter(current__from_library=values["made"] == "library")
    return rows.filter(**{f"current__{name}": values[name] for name in ("kind", "difficulty", "dimension") if values.get(name)})


@login_required
@require_GET
def bank(request: SignedInRequest) -> HttpResponse:
    """The list with its filter."""
    writer_only(request)
    form = FilterForm(request.GET)
    page = Paginator(filtered(form), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "exams/bank/list.html", {"form": form, "page": page, "kinds": Kind.choices, "active": any(request.GET.values())})


@login_required
@require_POST
def bank_export(request: SignedInRequest) -> HttpResponse:
    """Exactly the filtered list as xlsx or CSV. It carries keys, so it leaves an audit line."""
    writer_only(request)
    rows = list(filtered(FilterForm(request.GET)))
    as_csv = request.POST.get("format") == "csv"
    body = csv_bytes(COLUMNS, sheet_rows(rows)) if as_csv else workbook(COLUMNS, sheet_rows(rows), title=_("Question bank"))
    with transaction.atomic():
        detail = {"filter": request.GET.urlencode(), "rows": len(rows), "format": "csv" if as_csv else "xlsx"}
        record(Verb.LIST_EXPORTED, "list:bank", by=request.user, at=timezone.now(), detail=detail)
    return attachment(body, f"questions.{'csv' if as_csv else 'xlsx'}")


@login_required
@require_POST
def bank_retire(request: SignedInRequest) -> HttpResponse:
    """Retire or restore the ticked questions, then back to the list as it was."""
    writer_only(request)
    chosen = list(Question.objects.filter(pk__in=numbers(request.POST.getlist("question"))))
    if not chosen:
        messages.warning(request, _("Tick at least one question first."))
    elif request.POST.get("do") == "restore":
        n = restore(chosen, by=request.user, at=timezone.now())
        messages.success(request, _("Questions in use again: %(n)d.") % {"n": n})
    else:
        n = retire(chosen, by=request.user, at=timezone.now())
        messages.success(request, _("Questions retired: %(n)d. Papers already drawn keep them.") % {"n": n})
    if back := number(request.POST.get("back", "")):
        return redirect("question", pk=back)
    return redirect(f"{reverse('bank')}?{request.GET.urlencode()}" if request.GET else "bank")


@login_required
@require_GET
def question(request: SignedInRequest, pk: int) -> HttpResponse:
    """One question as candidates see it, its key, its versions and what changed in each."""
    writer_only(request)
    found = get_object_or_404(Question.objects.worded(), pk=pk)
    assert found.current is not None
    context = {
        "question": found,
        "shown": shown(found.current.wording),
        "history": history(found),
        "alike": alike(found.current.stem, found.topic_id, found.pk),
    }
    return render(request, "exams/bank/question.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def question_new(request: SignedInRequest, kind: str) -> HttpResponse:
    """A short form of one kind. Topic, dimension and difficulty carry over from the question before."""
    writer_only(request)
    if kind not in FORMS:
        raise Http404
    start = {name: request.GET[name] for name in ("topic", "dimension", "difficulty") if name in request.GET}
    return _written(request, FORMS[kind](request.POST or None, initial=start), None)


@login_required
@require_http_methods(["GET", "POST"])
def question_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same form with the current version in it; saving makes the next version."""
    writer_only(request)
    found = get_object_or_404(Question.objects.worded(), pk=pk)
    assert found.current is not None
    return _written(request, FORMS[found.current.kind](request.POST or None, question=found), found)


def _written(request: SignedInRequest, form: WordingForm, found: Question | None) -> HttpResponse:
    """Show the form, its preview, its near-duplicates; or save and go on."""
    context: dict[str, Any] = {"form": form, "question": found, "kind": Kind(form.kind), "alike": [], "shown": None}
    do = request.POST.get("do", "save")
    if request.method == "POST" and form.is_valid():
        topic = form.cleaned_data["topic"]
        context["alike"] = alike(form.wording.stem, topic.pk, found.pk if found else None)
        warned = request.POST.get("warned") == form.wording.stem[:200]
        if do == "preview" or (context["alike"] and not warned and found is None):
            context |= {"shown": shown(form.wording), "warned": form.wording.stem[:200] if context["alike"] else ""}
            return render(request, "exams/bank/form.html", context)
        try:
            if found is None:
                found = create_question(topic, form.wording, by=request.user, at=timezone.now())
            else:
                save_version(found, form.wording, topic=topic, edited=form.cleaned_data["edited"], by=request.user, at=timezone.now())
        except ChangedMeanwhile as error:
            form.add_error(None, error)
            form.data = form.data.copy()  # type: ignore[attr-defined]
            found.refresh_from_db()  # type: ignore[union-attr]
            form.data["edited"] = str(found.versions.count())  # type: ignore[index, union-attr]
            return render(request, "exams/bank/form.html", context)
        messages.success(request, _("Question saved: %(stem)s") % {"stem": form.wording.stem[:40]})
        if do == "another":
            values = f"topic={topic.pk}&dimension={form.wording.dimension}&difficulty={form.wording.difficulty}"
            return redirect(f"{reverse('question_new', args=[form.kind])}?{values}")
        return redirect("question", pk=found.pk)
    return render(request, "exams/bank/form.html", context)


def alike(stem: str, topic: int, pk: int | None) -> list[dict[str, Any]]:
    """Questions of the topic that say nearly the same, most alike first (one query)."""
    rows = Question.objects.live().filter(topic=topic).exclude(pk=pk or 0).values_list("pk", "current__stem")
    scored = sorted(((likeness(stem, other), key, other) for key, other in rows), reverse=True)
    return [{"pk": key, "stem": other, "percent": round(score * 100)} for score, key, other in scored[:5] if score >= ALIKE]
