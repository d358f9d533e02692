"""Marking by hand: what waits, a question's queue, one answer. Markers see a number that was drawn, never a name."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from exams.attempts.reading import answers_of
from exams.attempts.rendering import plain
from exams.bank.kinds import rule_of
from exams.bank.kinds.screens import screen_of
from exams.bank.kinds.short.rule import found_in
from exams.bank.kinds.upload.rule import file_in
from exams.bank.models import QuestionVersion
from exams.bank.rendering import question_view
from exams.marking.doubts import DOUBTS, measured_in
from exams.marking.handwork import HandMark, Piece
from exams.marking.judging import Closed, MarkedMeanwhile, judge
from exams.marking.mark_forms import MarkForm
from exams.marking.querysets import PieceQuerySet
from exams.marking.queue import in_state, next_after, pieces_for, tasks_for
from exams.sittings.models import Sitting
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.gates import must
from lms.people.states import Act
from lms.web.requests import SignedInRequest, number

SIZES = (20, 50, 200)
STATES = ("waiting", "done", "all")


@login_required
@require_GET
def marking(request: SignedInRequest) -> HttpResponse:
    """Every question with answers that wait; ``?show=all`` the finished ones too, ``?sitting=`` of one sitting, ``?q=`` by words."""
    day = must(request, Act.MARK_ANSWERS)
    show, q, sitting = request.GET.get("show", ""), request.GET.get("q", "").strip(), number(request.GET.get("sitting", ""))
    tasks = tasks_for(request.user, day, everything=show == "all", q=q, sitting=sitting)
    context = {"page": Paginator(tasks, SIZES[1]).get_page(request.GET.get("page")), "q": q, "show": show, "sitting": sitting}
    return render(request, "exams/marking/marking.html", context | {"left": sum(task.left for task in tasks)})


def _pieces(request: SignedInRequest, sitting: int, version: int) -> PieceQuerySet:
    day = must(request, Act.MARK_ANSWERS)
    pieces = pieces_for(request.user, day).filter(
        sitting__in=Sitting.objects.filter(pk=sitting), version__in=QuestionVersion.objects.filter(pk=version)
    )
    if not pieces.exists():
        raise Http404
    return pieces


@login_required
@require_GET
def marking_queue(request: SignedInRequest, sitting: int, version: int) -> HttpResponse:
    """The answers of one question by their numbers; state, size and page stand in the address."""
    pieces = _pieces(request, sitting, version)
    state = request.GET.get("state", "all") if request.GET.get("state") in STATES else "all"
    size = number(request.GET.get("size", "")) or SIZES[1]
    page = Paginator(in_state(pieces, state).order_by("number"), size if size in SIZES else SIZES[1]).get_page(request.GET.get("page"))
    marks = HandMark.objects.select_related("by").in_bulk([piece.mark for piece in page if piece.mark])
    one = pieces.select_related("sitting", "version").first()
    context = {
        "page": page, "rows": [{"piece": piece, "mark": marks.get(piece.mark or 0), "doubts": said(piece)} for piece in page], "one": one,
        "state": state, "size": size, "sizes": SIZES, "total": pieces.count(), "left": pieces.waiting().count(), "next": next_after(pieces, 0),
        "label": screen_of(one.version.kind).label if one else "",
    }  # fmt: skip
    return render(request, "exams/marking/queue.html", context)


def said(piece: Piece) -> list[Any]:
    """The doubts of a piece in words."""
    return [DOUBTS.get(code, code) for code in piece.doubts]


@login_required
@require_http_methods(["GET", "POST"])
def marking_piece(request: SignedInRequest, sitting: int, version: int, number: int) -> HttpResponse:
    """One answer with its sheet. Saving goes on to the next that waits."""
    pieces = _pieces(request, sitting, version)
    piece = get_object_or_404(pieces.with_mark().select_related("attempt__hand_in", "sitting", "version"), number=number)
    slot = piece.attempt.drawn.slots[piece.n]
    mark = HandMark.objects.select_related("by").filter(pk=piece.mark or 0).first()
    rule = rule_of(piece.version.kind)
    sheet = [] if piece.doubts else rule.sheet(piece.version.answer, piece.version.extra)
    initial: dict[str, Any] = {"known": piece.mark or 0}
    if mark is not None:
        initial |= {"comment": mark.comment, "points": plain(mark.points)} | mark.sheet
    form = MarkForm(request.POST or None, criteria=sheet, most=slot.points, initial=initial)
    if request.method == "POST" and form.is_valid():
        clean = form.cleaned_data
        try:
            judge(
                piece, points=clean.get("points"), given=form.given if sheet else None, comment=clean["comment"], known=clean["known"] or 0,
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except Closed:
            form.add_error(None, _("The results of this answer are released. Only a regrade can change them."))
        except MarkedMeanwhile as other:
            form.add_error(
                None,
                _("Meanwhile another marker gave %(points)s points. Save again to put yours in their place.") % {"points": plain(other.mark.points)},
            )
            data = request.POST.copy()
            data["known"] = str(other.mark.pk)
            form.data = data
        else:
            return _go_on(request, pieces, sitting, version, number)
    return render(request, "exams/marking/piece.html", _shown(pieces, piece, mark, form, slot.points))


def _go_on(request: SignedInRequest, pieces: PieceQuerySet, sitting: int, version: int, current: int) -> HttpResponse:
    following = next_after(pieces, current)
    if following is None:
        messages.success(request, _("Every answer to this question is marked."))
        return redirect("marking_queue", sitting, version)
    messages.success(request, _("No. %(number)d is marked. This is the next.") % {"number": current})
    return redirect("marking_piece", sitting, version, following)


def _shown(pieces: PieceQuerySet, piece: Piece, mark: HandMark | None, form: MarkForm, points: Any) -> dict[str, Any]:
    """Everything the page of one answer needs; no name, no candidate number."""
    wording, slot = piece.version.wording, piece.attempt.drawn.slots[piece.n]
    answer = answers_of([piece.attempt])[piece.attempt_id].get(piece.n)
    values = answer.values if answer else ()
    screen = screen_of(piece.version.kind)
    text = values[0].removeprefix("t=") if values and piece.version.kind != "upload" else ""
    numbers = list(pieces.order_by("number").values_list("number", flat=True))
    place = numbers.index(piece.number)
    return {
        "piece": piece, "mark": mark, "form": form, "points": plain(points), "text": text, "given": screen.given(wording.face, slot.shape, values),
        "file": file_in(values)[1] if piece.version.kind == "upload" else "", "key": screen.keyed(wording, slot.shape), "doubts": said(piece),
        "words": found_in(text, wording.key.get("keywords", [])) if text else [], "model": wording.key.get("model", ""), "label": screen.label,
        "characters": sum(1 for c in text if not c.isspace()), "measured": measured_in(piece, values), "suggested": piece.suggested,
        "q": question_view(screen, wording.face, slot.shape, values, n=piece.n), "place": place + 1, "total": len(numbers),
        "before": numbers[place - 1] if place else None, "after": numbers[place + 1] if place + 1 < len(numbers) else None,
        "left": pieces.waiting().count(),
    }  # fmt: skip


@login_required
@require_GET
def marking_file(request: SignedInRequest, sitting: int, version: int, number: int) -> HttpResponseBase:
    """The file an answer names, to save, under the number of the answer; who took it is noted."""
    piece = get_object_or_404(_pieces(request, sitting, version).select_related("attempt"), number=number)
    answer = answers_of([piece.attempt])[piece.attempt_id].get(piece.n)
    token, _name, sha = file_in(answer.values if answer else ())
    file = piece.attempt.enclosures.filter(n=piece.n, token=token, sha256=sha).first()
    if file is None or not storages["private"].exists(file.stored):
        messages.error(request, _("The file that this answer names is not on the server."))
        return redirect(reverse("marking_piece", args=[sitting, version, number]))
    with transaction.atomic():
        record(Verb.FILE_FETCHED, piece.attempt, by=request.user, at=timezone.now(), detail={"n": piece.n, "file": token})
    return FileResponse(
        storages["private"].open(file.stored), as_attachment=True, filename=f"{piece.number}.{file.kind}", content_type="application/octet-stream"
    )
