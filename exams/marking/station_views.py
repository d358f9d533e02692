"""Practical stations: whom to examine, the checklist on a tablet (saved as one goes, signed off at the end), and the printed sheet."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from exams.attempts.models import Attempt
from exams.attempts.rendering import plain
from exams.bank.kinds import rule_of
from exams.bank.models import QuestionVersion
from exams.marking.handwork import HandMark
from exams.marking.judging import Closed, MarkedMeanwhile, note_station
from exams.marking.mark_forms import StationForm
from exams.marking.queue import station_sittings, unwritten
from exams.sittings.models import Sitting
from lms.people.scope import reach
from lms.people.states import Act
from lms.web.requests import SignedInRequest

PER_PAGE = 50
STATES = ("open", "begun", "signed")


def _sittings(request: SignedInRequest) -> Any:
    day = timezone.localdate()
    if not (reach(request.user, Act.WATCH_SITTINGS, day) or reach(request.user, Act.MARK_ANSWERS, day)):
        raise PermissionDenied
    return station_sittings(request.user, day)


@login_required
@require_GET
def stations(request: SignedInRequest) -> HttpResponse:
    """Sittings with practical stations."""
    q = request.GET.get("q", "").strip()
    listed = _sittings(request).filter(title__icontains=q) if q else _sittings(request)
    return render(request, "exams/marking/stations.html", {"page": Paginator(listed, PER_PAGE).get_page(request.GET.get("page")), "q": q})


def _attempts(sitting: Sitting, q: str = "") -> Any:
    found = Attempt.objects.filter(candidate__sitting=sitting).select_related("candidate__person__home_unit")
    if q:
        found = found.filter(candidate__person__name__icontains=q) | found.filter(candidate__number__icontains=q)
    return found.order_by("candidate__number", "number")


def rows_of(attempts: list[Attempt]) -> list[dict[str, Any]]:
    """Each station of each attempt with the newest checklist and the one that was signed (two statements)."""
    papers = {attempt.pk: attempt.drawn for attempt in attempts}
    kinds = unwritten()
    places = [(attempt, n, slot) for attempt in attempts for n, slot in papers[attempt.pk].slots.items() if papers[attempt.pk].kinds[n] in kinds]
    versions = QuestionVersion.objects.in_bulk({slot.version for _a, _n, slot in places})
    newest: dict[tuple[int, int], HandMark] = {}
    signed: dict[tuple[int, int], HandMark] = {}
    for mark in HandMark.objects.filter(attempt__in=attempts).select_related("by").order_by("pk"):
        newest[mark.attempt_id, mark.n] = mark
        if mark.final:
            signed[mark.attempt_id, mark.n] = mark
    return [
        {
            "attempt": attempt, "n": n, "version": versions[slot.version], "points": plain(slot.points), "mark": newest.get((attempt.pk, n)),
            "signed": signed.get((attempt.pk, n)),
            "state": "signed" if (attempt.pk, n) in signed else "begun" if (attempt.pk, n) in newest else "open",
        }
        for attempt, n, slot in places
    ]  # fmt: skip


@login_required
@require_GET
def station_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everybody who began, with their stations; ``?format=print`` the sheets to fill by hand. Search and page stand in the address."""
    sitting = get_object_or_404(_sittings(request), pk=pk)
    q = request.GET.get("q", "").strip()
    page = Paginator(_attempts(sitting, q), PER_PAGE).get_page(request.GET.get("page"))
    rows = rows_of(list(page))
    state = request.GET.get("state", "")
    shown = [row for row in rows if row["state"] == state] if state in STATES else rows
    context = {"sitting": sitting, "page": page, "rows": shown, "q": q, "state": state}
    if request.GET.get("format") == "print":
        for row in shown:
            row["sheet"] = rule_of(row["version"].kind).sheet(row["version"].answer, row["version"].extra)
        return render(request, "exams/marking/station_print.html", context)
    return render(request, "exams/marking/station_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def station(request: SignedInRequest, pk: int, attempt: int, n: int) -> HttpResponse:
    """One candidate at one station. The script saves as one goes (JSON); without it the same buttons save and sign."""
    sitting = get_object_or_404(_sittings(request), pk=pk)
    found = get_object_or_404(_attempts(sitting), pk=attempt)
    row = next((row for row in rows_of([found]) if row["n"] == n), None)
    if row is None:
        raise Http404
    version, mark = row["version"], row["mark"]
    initial: dict[str, Any] = {"known": mark.pk if mark else 0, "seconds": mark.seconds or 0 if mark else 0}
    if mark is not None:
        initial |= {"comment": mark.comment, "second": mark.second.staff_number if mark.second else ""} | mark.sheet
    form = StationForm(
        request.POST or None, criteria=rule_of(version.kind).sheet(version.answer, version.extra), examiner=request.user, initial=initial
    )
    scripted = request.headers.get("Accept") == "application/json"
    if request.method == "POST" and form.is_valid():
        try:
            saved = note_station(
                found, n, given=form.given, comment=form.cleaned_data["comment"], seconds=form.cleaned_data["seconds"], final=form.signing,
                second=form.cleaned_data["second"], known=form.cleaned_data["known"] or 0, by=request.user, at=timezone.now(),
            )  # fmt: skip
        except Closed:
            form.add_error(None, _("The results of this candidate are released. Only a regrade can change them."))
        except MarkedMeanwhile as other:
            words = {"name": other.mark.by.name, "points": plain(other.mark.points)}
            form.add_error(None, _("Meanwhile %(name)s saved this checklist with %(points)s points. Open the page anew before you go on.") % words)
        else:
            if scripted:
                return JsonResponse({"known": saved.pk, "points": plain(saved.points)})
            if form.signing:
                messages.success(
                    request, _("Signed off: %(name)s, %(points)s points.") % {"name": found.candidate.person.name, "points": plain(saved.points)}
                )
                return redirect("station_list", pk)
            messages.success(request, _("The checklist is saved."))
            return redirect("station", pk, attempt, n)
    if scripted:
        return JsonResponse({"error": "；".join(str(e) for errors in form.errors.values() for e in errors)}, status=400)
    return render(request, "exams/marking/station.html", {"sitting": sitting, "attempt": found, "form": form} | row)
