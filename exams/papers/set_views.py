"""Papers whose questions are settled: list, make, look, change question by question."""

import secrets
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exams.bank.listing import BankFilter, filtered, row_of
from exams.bank.models import Question
from exams.bank.states import State
from exams.papers import set_actions as act
from exams.papers.models import PaperForm, PaperItem, PaperRow, PaperSet
from exams.papers.querysets import items_of, letters_of
from exams.papers.set_forms import SetForm
from exams.papers.set_rendering import set_shown
from exams.papers.stock import row_of as asked
from exams.papers.stock import stock_for
from exams.papers.undoing import read
from exams.papers.views import writer_only
from lms.web.requests import SignedInRequest, number, numbers

PER_PAGE = 50


@login_required
@require_GET
def paper_sets(request: SignedInRequest) -> HttpResponse:
    """All papers with their forms, and by how many sittings they are used."""
    writer_only(request)
    text = request.GET.get("q", "").strip()
    found = PaperSet.objects.filter(title__icontains=text).select_related("blueprint").prefetch_related("forms")
    used = Count("sittings", filter=Q(sittings__cancelled_at=None), distinct=True)
    rows = found.annotate(used=used, items=Count("forms__items", distinct=True)).order_by("-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "exams/papers/sets.html", {"page": page, "q": text})


@login_required
@require_http_methods(["GET", "POST"])
def paper_set_new(request: SignedInRequest) -> HttpResponse:
    """A new paper to be put together by hand."""
    writer_only(request)
    form = SetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = act.start_set(form.instance, by=request.user, at=timezone.now())
        return redirect(f"{reverse('paper_set_pick', args=[made.pk])}?form=A")
    return render(request, "exams/papers/set_form.html", {"form": form})


@login_required
@require_GET
def paper_set(request: SignedInRequest, pk: int) -> HttpResponse:
    """One paper: its forms question by question, their balance, what is wrong with them, and what can be done."""
    writer_only(request)
    found = get_object_or_404(PaperSet.objects.select_related("blueprint"), pk=pk)
    letter = request.GET.get("form", "A")
    context = set_shown(found, letter) | {"undo": request.GET.get("undo", ""), "undo_swap": request.GET.get("swapped", "")}
    return render(request, "exams/papers/set.html", context)


def _form(paper_set: PaperSet, letter: str) -> PaperForm:
    return get_object_or_404(PaperForm, paper_set=paper_set, letter=letter)


@login_required
@require_http_methods(["GET", "POST"])
def paper_set_pick(request: SignedInRequest, pk: int) -> HttpResponse:
    """Search the bank and tick what goes into a form. After adding, the same search again."""
    writer_only(request)
    found = get_object_or_404(PaperSet, pk=pk)
    form = _form(found, request.GET.get("form", "A"))
    if request.method == "POST":
        ticked = Question.objects.filter(pk__in=numbers(request.POST.getlist("question")))
        chosen = list(ticked.select_related("current").order_by("topic__path", "key"))
        try:
            added, left = act.add_questions(form, chosen, by=request.user, at=timezone.now())
        except act.SetLocked as error:
            messages.error(request, " ".join(error.messages))
            return redirect("paper_set", pk=pk)
        if not chosen:
            messages.warning(request, _("Tick at least one question first."))
        else:
            text = _("Added: %(n)d. Left out because they stand in the paper already or cannot be drawn: %(m)d.")
            messages.success(request, text % {"n": added, "m": left})
        return redirect(f"{request.path}?{request.GET.urlencode()}")
    filters = BankFilter(request.GET)
    for name in ("state", "pool"):
        del filters.fields[name]
    values = (filters.cleaned_data if filters.is_valid() else {}) | {"state": State.LIVE.value, "pool": found.pool}
    page = Paginator(filtered(values, request.user), PER_PAGE).get_page(request.GET.get("page"))
    there = letters_of(items_of(found))
    rows = [row_of(question) | {"letters": there.get(question.pk, "")} for question in page]
    count = PaperItem.objects.filter(form=form).count()
    context = {
        "paper_set": found, "letter": form.letter, "filters": filters, "page": page, "rows": rows, "count": count,
        "several": found.forms.count() > 1, "active": any(value for name, value in request.GET.items() if name != "form"),
    }  # fmt: skip
    return render(request, "exams/papers/pick.html", context)


@login_required
@require_POST
def paper_set_copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """A copy to change."""
    writer_only(request)
    made = act.copy_set(get_object_or_404(PaperSet, pk=pk), by=request.user, at=timezone.now())
    messages.success(request, _("Copied. Change what is different this time."))
    return redirect("paper_set", pk=made.pk)


@login_required
@require_POST
def paper_set_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """One step: ``do`` says which, with the key of what it concerns after a hyphen. Faults are told on the page, nothing is half done."""
    writer_only(request)
    found = get_object_or_404(PaperSet, pk=pk)
    what, _hyphen, key = request.POST.get("do", "").partition("-")
    query = {"form": request.POST.get("form", "A")}
    try:
        query |= _step(request, found, what, number(key) or 0)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    if what == "drop" and not PaperSet.objects.filter(pk=pk).exists():
        return redirect("paper_sets")
    anchor = f"#item-{key}" if what in {"up", "down", "swap"} else ""
    return redirect(f"{reverse('paper_set', args=[pk])}?{urlencode(query)}{anchor}")


def _step(request: SignedInRequest, found: PaperSet, what: str, key: int) -> dict[str, str]:
    """Take a step; returns what its undo needs in the address. Raises ValidationError, Http404."""
    who: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    if what in {"up", "down", "out", "swap"}:
        return _item_step(request, get_object_or_404(PaperItem.objects.select_related("form", "row"), pk=key, form__paper_set=found), what, who)
    if what == "points":
        n = act.save_points(found, _typed_points(request), **who)
        messages.success(request, _("Points changed: %(n)d.") % {"n": n})
    elif what == "part":
        row = get_object_or_404(PaperRow, pk=key, paper_set=found)
        act.save_part(row, part=request.POST.get(f"part-{key}", "").strip(), note=request.POST.get(f"note-{key}", "").strip(), **who)
    elif what == "head":
        act.save_head(found, title=request.POST.get("title", "").strip(), shuffle_options="shuffle_options" in request.POST, **who)
        messages.success(request, _("Paper saved."))
    elif what == "renew":
        n = act.renew_items(found, **who)
        messages.success(request, _("Questions taken in today's wording: %(n)d.") % {"n": n})
    elif what == "back":
        gone = read(_unsealed(found, request.POST.get("undo", "")))
        if gone is None:
            raise Http404
        act.put_back(found, gone, **who)
        messages.success(request, _("The question stands in the paper again."))
    elif what == "unswap":
        new, _dot, old = _unsealed(found, request.POST.get("undo", "")).partition(".")
        act.put_instead(found, question=number(new) or 0, version=number(old) or 0, **who)
        messages.success(request, _("The question stands in the paper again."))
    elif what == "drop":
        act.drop_set(found, **who)
        messages.success(request, _("The paper was thrown away."))
    else:
        raise Http404
    return {}


def _seal(paper_set: PaperSet) -> signing.Signer:
    """What an undo puts back is what this program took out of this paper, never a draft or a sealed question that somebody wrote in."""
    return signing.Signer(salt=f"undo in paper {paper_set.pk}")


def _unsealed(paper_set: PaperSet, text: str) -> str:
    try:
        return _seal(paper_set).unsign(text)
    except signing.BadSignature:
        raise Http404 from None


def _item_step(request: SignedInRequest, item: PaperItem, what: str, who: dict[str, Any]) -> dict[str, str]:
    if what == "out":
        gone = act.remove_item(item, **who)
        return {"undo": _seal(item.form.paper_set).sign(gone.written())}
    if what == "swap":
        row, version = asked(item.row, 1, timezone.localdate()), item.version_id
        item = act.exchange_item(item, row, stock_for([row], item.form.paper_set.pool), lot=secrets.token_hex(8), **who)
        return {"swapped": _seal(item.form.paper_set).sign(f"{item.question_id}.{version}")}
    act.move_item(item, up=what == "up", **who)
    return {}


def _typed_points(request: SignedInRequest) -> dict[int, Decimal]:
    """Points typed beside the questions. Raises ValidationError."""
    found = {}
    for name in request.POST:
        text = str(request.POST[name])
        if name.startswith("points-") and (key := number(name.removeprefix("points-"))) is not None:
            try:
                value = Decimal(text)
            except InvalidOperation:
                raise ValidationError(_("%(text)s is not a number of points.") % {"text": text[:20]}) from None
            if not value.is_finite() or not Decimal("0.5") <= value <= 100 or value * 10 % 1:
                raise ValidationError(_("Points are between 0.5 and 100, with one decimal at most."))
            found[key] = value
    return found
