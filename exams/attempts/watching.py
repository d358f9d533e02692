"""The invigilator's board: who is there, how far, and since when nothing was heard."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from exams.attempts.answers import answered
from exams.attempts.closing import TooLate, close_by_invigilator, grant_time, note_incident
from exams.attempts.forms import IncidentForm, TimeForm
from exams.attempts.models import AnswerRecord, Attempt
from exams.attempts.reading import answers_of, due, ended
from exams.attempts.timing import over, seconds_left
from exams.attempts.watched import Incident
from exams.sittings.models import Candidate, Sitting
from lms.people.scope import reach, within
from lms.people.states import Act
from lms.web.requests import SignedInRequest

LOOK_BACK = timedelta(days=7)  # how long a sitting stays in the list after it closed
ORDER = ("quiet", "writing", "done", "absent")  # who may need help stands first
QUIET = 120  # seconds without a save after which the board says so


def _watched(request: SignedInRequest) -> list[str]:
    """The units whose sittings the reader watches; 403 without the act at all, before anything is looked up."""
    paths = reach(request.user, Act.WATCH_SITTINGS, timezone.localdate())
    if not paths:
        raise PermissionDenied
    return paths


def board_rows(sitting: Sitting, at: datetime) -> list[dict[str, Any]]:
    """One row a candidate, with the newest attempt, in the order of ORDER: a constant number of statements."""
    candidates = list(Candidate.objects.filter(sitting=sitting).select_related("person__home_unit"))
    newest: dict[int, Attempt] = {}
    for item in Attempt.objects.with_state().filter(candidate__sitting=sitting).order_by("number"):
        newest[item.candidate_id] = item
    answers = answers_of(newest.values())
    heard = AnswerRecord.objects.filter(attempt__in=list(answers)).values("attempt").annotate(
        at=Max("received_at"), late=Max("pk", filter=Q(late=True))
    )  # fmt: skip
    heard_of = {row["attempt"]: row for row in heard}
    noted = set(Incident.objects.filter(attempt__in=list(answers)).values_list("attempt", flat=True))
    rows = []
    for candidate in candidates:
        attempt = newest.get(candidate.pk)
        row: dict[str, Any] = {"candidate": candidate, "attempt": attempt, "state": "absent"}
        if attempt is not None:
            last: Any = heard_of.get(attempt.pk, {})
            quiet = int((at - (last.get("at") or attempt.started_at)).total_seconds())
            closed = ended(attempt) or over(at, due(attempt))
            row |= {
                "state": "done" if closed else "quiet" if quiet > QUIET else "writing", "quiet": quiet // 60, "late": last.get("late"),
                "answered": answered(answers[attempt.pk]), "total": sum(len(s["slots"]) for s in attempt.paper["sections"]),
                "due": due(attempt), "left": seconds_left(at, due(attempt)) // 60, "noted": attempt.pk in noted,
            }  # fmt: skip
            row["percent"] = 100 * row["answered"] // row["total"] if row["total"] else 0
        rows.append(row)
    return sorted(rows, key=lambda row: ORDER.index(row["state"]))


@login_required
@require_GET
def watch_list(request: SignedInRequest) -> HttpResponse:
    """Sittings one may watch, by opening: those of the last week, open ones and those to come."""
    person, now = request.user, timezone.now()
    paths = reach(person, Act.WATCH_SITTINGS, timezone.localdate())
    if not paths:
        raise PermissionDenied
    listed = Sitting.objects.filter(within(paths, "unit__path"), cancelled_at=None, closes_at__gt=now - LOOK_BACK).select_related("unit")
    counted = listed.annotate(admitted=Count("candidates")).order_by("opens_at", "pk")
    page = Paginator(counted, 50).get_page(request.GET.get("page"))
    return render(request, "exams/attempts/watch_list.html", {"page": page, "now": now})


@login_required
@require_GET
def board(request: SignedInRequest, pk: int) -> HttpResponse:
    paths = _watched(request)
    sitting = get_object_or_404(Sitting.objects.filter(within(paths, "unit__path")).select_related("unit"), pk=pk)
    now = timezone.now()
    rows = board_rows(sitting, now)
    counts = {state: sum(1 for row in rows if row["state"] == state) for state in ("absent", "writing", "quiet", "done")}
    shown = request.GET.get("state", "")
    if shown in counts:
        rows = [row for row in rows if row["state"] == shown]
    return render(request, "exams/attempts/board.html", {"sitting": sitting, "rows": rows, "counts": counts, "shown": shown, "now": now})


@login_required
def attempt(request: SignedInRequest, pk: int) -> HttpResponse:
    """One attempt for the invigilator: add time, note an incident, collect the paper. Answers are not shown."""
    found = Attempt.objects.with_state().filter(within(_watched(request), "candidate__sitting__unit__path"))
    one = get_object_or_404(found.select_related("candidate__sitting__unit", "candidate__person__home_unit"), pk=pk)
    by, now = request.user, timezone.now()
    data = request.POST if request.method == "POST" else None
    do = data.get("do") if data else None
    time_form = TimeForm(data if do == "time" else None, initial={"key": secrets.token_urlsafe(16)})
    incident_form = IncidentForm(data if do == "incident" else None)
    if do == "time" and time_form.is_valid():
        try:
            grant_time(pk, **time_form.cleaned_data, by=by, at=now)
            messages.success(request, _("The time was added. The candidate's clock follows within half a minute."))
            return redirect("watch_attempt", pk=pk)
        except TooLate:
            time_form.add_error(None, _("The attempt has ended; no time can be added."))
    elif do == "incident" and incident_form.is_valid():
        note_incident(pk, text=incident_form.cleaned_data["text"], by=by, at=now)
        messages.success(request, _("The incident was noted."))
        return redirect("watch_attempt", pk=pk)
    elif do == "close" and data and data.get("sure"):
        close_by_invigilator(pk, by=by, at=now)
        messages.success(request, _("The paper was collected."))
        return redirect("watch_attempt", pk=pk)
    context = {
        "attempt": one, "candidate": one.candidate, "sitting": one.candidate.sitting, "time_form": time_form, "incident_form": incident_form,
        "due": due(one), "ended": ended(one) or over(now, due(one)), "grants": one.grants.select_related("by"),
        "incidents": one.incidents.select_related("by"), "devices": one.devices.order_by("epoch"),
        "late": one.answers.filter(late=True).count(),
    }  # fmt: skip
    return render(request, "exams/attempts/watch_attempt.html", context, status=400 if do and do != "close" else 200)
