"""The question bank's screens: the list, one question, and writing it."""

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

from exams.bank.actions import ChangedMeanwhile, create_question, save_version
from exams.bank.forms import FORMS, WordingForm
from exams.bank.kinds.screens import kind_choices, screen_of
from exams.bank.listing import EXPORTED, BankFilter, exported, filtered, row_of
from exams.bank.models import Question
from exams.bank.rendering import shown
from exams.bank.showing import alike, page_of
from exams.bank.standing import tag_names
from exams.bank.steps import note_look
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.exchange.downloads import attachment
from lms.exchange.sheets import csv_bytes, workbook
from lms.people.scope import may
from lms.people.states import Act
from lms.web.requests import SignedInRequest

PER_PAGE = 50
UNDO = "bank_undo"  # in the session, until the next screen of the bank: the step that takes the last one back


def writer_only(request: SignedInRequest) -> None:
    """The bank belongs to everyone who writes content, wherever in the county. Raises PermissionDenied."""
    if not may(request.user, Act.WRITE_CONTENT, timezone.localdate()):
        raise PermissionDenied


def seen(request: SignedInRequest, question: Question) -> None:
    """Note the look at a sealed question, once for each person and day."""
    start_of_day = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    note_look(question, by=request.user, at=timezone.now(), since=start_of_day)


def asked(request: SignedInRequest) -> tuple[BankFilter, dict[str, Any]]:
    """The filter in the address, and what of it makes sense."""
    form = BankFilter(request.GET)
    form.is_valid()
    return form, form.cleaned_data


@login_required
@require_GET
def bank(request: SignedInRequest) -> HttpResponse:
    """The list with its filter, the steps for what is ticked, and the way back from the last step."""
    writer_only(request)
    form, values = asked(request)
    page = Paginator(filtered(values, request.user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form, "page": page, "rows": [row_of(question) for question in page], "kinds": kind_choices(), "active": any(request.GET.values()),
        "tags": tag_names(), "undo": request.session.pop(UNDO, None),
    }  # fmt: skip
    return render(request, "exams/bank/list.html", context)


@login_required
@require_POST
def bank_export(request: SignedInRequest) -> HttpResponse:
    """Exactly the filtered list as xlsx or CSV. It carries keys, so it leaves an audit line."""
    writer_only(request)
    rows = list(filtered(asked(request)[1], request.user))
    as_csv = request.POST.get("format") == "csv"
    body = csv_bytes(EXPORTED, exported(rows)) if as_csv else workbook(EXPORTED, exported(rows), title=_("Question bank"))
    with transaction.atomic():
        detail = {"filter": request.GET.urlencode(), "rows": len(rows), "format": "csv" if as_csv else "xlsx"}
        record(Verb.LIST_EXPORTED, "list:bank", by=request.user, at=timezone.now(), detail=detail)
    return attachment(body, f"questions.{'csv' if as_csv else 'xlsx'}")


@login_required
@require_GET
def question(request: SignedInRequest, pk: int) -> HttpResponse:
    """One question as candidates see it, its key, where it stands, its use, its versions and what befell each."""
    writer_only(request)
    found = get_object_or_404(Question.objects.listed(), pk=pk)
    seen(request, found)
    context = page_of(found, request.user, timezone.localdate()) | {"undo": request.session.pop(UNDO, None)}
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
    """The same form with the newest version in it; saving makes the next version, a draft."""
    writer_only(request)
    found = get_object_or_404(Question.objects.listed(), pk=pk)
    seen(request, found)
    return _written(request, FORMS[found.newest.kind](request.POST or None, question=found), found)


def _written(request: SignedInRequest, form: WordingForm, found: Question | None) -> HttpResponse:
    """Show the form, its preview, its near-duplicates; or save and go on. A stem like another's is asked about once."""
    context: dict[str, Any] = {"form": form, "question": found, "kind": screen_of(form.kind), "alike": [], "shown": None}
    do = request.POST.get("do", "save")
    if request.method == "POST" and form.is_valid():
        topic = form.cleaned_data["topic"]
        context["alike"] = alike(form.wording.stem, topic.pk, found.pk if found else None)
        warned = request.POST.get("warned") == form.wording.stem[:200] or (found is not None and found.newest.stem == form.wording.stem)
        if do == "preview" or (context["alike"] and not warned):
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
            form.data["edited"] = str(Question.objects.listed().get(pk=found.pk).newest.number)  # type: ignore[index, union-attr]
            return render(request, "exams/bank/form.html", context)
        messages.success(request, _("Question saved: %(stem)s") % {"stem": form.wording.stem[:40]})
        if do == "another":
            values = f"topic={topic.pk}&dimension={form.wording.dimension}&difficulty={form.wording.difficulty}"
            return redirect(f"{reverse('question_new', args=[form.kind])}?{values}")
        return redirect("question", pk=found.pk)
    return render(request, "exams/bank/form.html", context)
