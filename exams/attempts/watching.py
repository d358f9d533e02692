"""The invigilator's board: who is there, how far, and since when nothing was heard; and one attempt looked at closely."""

import secrets
from collections import Counter
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, HttpResponseNotModified, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from exams.attempts.board import STATES, Row, rows_of, seat_of
from exams.attempts.closing import TooLate, close_by_invigilator, free_seat, grant_time, note_incident
from exams.attempts.forms import IncidentForm, PauseForm, ReopenForm, TimeForm
from exams.attempts.models import Attempt
from exams.attempts.pausing import pause, resume
from exams.attempts.reading import due, ended, left, ran_out
from exams.attempts.reopening import Refused, ask_reopening
from exams.attempts.telling import events_of
from exams.sittings.models import Sitting
from lms.people.scope import reach, within
from lms.people.states import Act
from lms.web.requests import SignedInRequest

LOOK_BACK = timedelta(days=7)  # how long a sitting stays in the list after it closed


def watched(request: SignedInRequest) -> list[str]:
    """The units whose sittings the reader watches; 403 without the act at all, before anything is looked up."""
    paths = reach(request.user, Act.WATCH_SITTINGS, timezone.localdate())
    if not paths:
        raise PermissionDenied
    return paths


def watched_sitting(request: SignedInRequest, pk: int) -> Sitting:
    """One of the reader's sittings, with its unit; anybody else's is not there."""
    return get_object_or_404(Sitting.objects.filter(within(watched(request), "unit__path")).select_related("unit"), pk=pk)


def a_key() -> str:
    """A key for one click of a form."""
    return secrets.token_urlsafe(16)


@login_required
@require_GET
def watch_list(request: SignedInRequest) -> HttpResponse:
    """Sittings one may watch, by opening: those of the last week, open ones and those to come."""
    now, paths = timezone.now(), watched(request)
    listed = Sitting.objects.filter(within(paths, "unit__path"), cancelled_at=None, closes_at__gt=now - LOOK_BACK).select_related("unit")
    counted = listed.annotate(admitted=Count("candidates")).order_by("opens_at", "pk")
    page = Paginator(counted, 50).get_page(request.GET.get("page"))
    return render(request, "exams/attempts/watch_list.html", {"page": page, "now": now})


def board_context(sitting: Sitting, asked: QueryDict) -> dict[str, Any]:
    """The board as asked for: ``state`` and ``room`` narrow the list, the counts above it are those of the room."""
    now = timezone.now()
    everyone = rows_of(sitting, now)
    rooms = sorted({row.room for row in everyone if row.room})
    room, state = asked.get("room", ""), asked.get("state", "")
    there = [row for row in everyone if row.room == room] if room in rooms else everyone
    counts = Counter(row.state for row in there)
    shown = [row for row in there if row.state == state] if state in STATES else there
    return {
        "sitting": sitting, "rows": shown, "counts": {name: counts[name] for name in STATES}, "state": state if state in STATES else "",
        "rooms": rooms, "room": room if room in rooms else "", "now": now, "asked": sum(row.asked for row in everyone),
        "late": sum(row.late for row in everyone), "second_of_day": _second_of_day(),
    }  # fmt: skip


def _second_of_day() -> int:
    now = timezone.localtime()
    return now.hour * 3600 + now.minute * 60 + now.second


@login_required
@require_GET
def board(request: SignedInRequest, pk: int) -> HttpResponse:
    """The board, or with ``part=rows`` only what changes of it: 304 while nothing has."""
    context = board_context(watched_sitting(request, pk), request.GET)
    if request.GET.get("part") != "rows":
        return render(request, "exams/attempts/board.html", context | bulk_forms())
    text = render_to_string("exams/attempts/board_rows.html", context, request=request)
    tag = f'"{sha256(text.encode()).hexdigest()[:24]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    return HttpResponse(text, headers={"ETag": tag})


def bulk_forms(**forms: Any) -> dict[str, Any]:
    """What is done to many at once; one key serves whichever button is pressed."""
    return {"time_form": TimeForm(initial={"key": a_key()}), "chosen": []} | forms


def rows_for(rows: list[Row], chosen: list[str], who: str) -> list[int]:
    """The attempts a click on many is about: the chosen ones, or everyone in the list."""
    there = [row.attempt.pk for row in rows if row.attempt is not None]
    return there if who == "shown" else [pk for pk in there if str(pk) in chosen]


@login_required
def attempt(request: SignedInRequest, pk: int) -> HttpResponse:
    """One attempt for the invigilator: time, pause, another machine, incidents, collecting and reopening. Answers are not shown."""
    found = Attempt.objects.with_state().filter(within(watched(request), "candidate__sitting__unit__path"))
    seated = found.select_related("hand_in", "candidate__sitting__unit", "candidate__person__home_unit", "candidate__seat__use__room")
    one = get_object_or_404(seated.defer("paper"), pk=pk)
    data = request.POST if request.method == "POST" else None
    do = data.get("do", "") if data else ""
    forms = {
        name: form(data if do == name else None, initial={"key": a_key()})
        for name, form in (("time", TimeForm), ("pause", PauseForm), ("reopen", ReopenForm), ("incident", IncidentForm))
    }
    if data is not None:
        said = _done(request, one, do, data, forms)
        if said:
            messages.success(request, said)
            return redirect("watch_attempt", pk=pk)
    now = timezone.now()
    over = ended(one) or ran_out(one, now)
    context = {
        "attempt": one, "candidate": one.candidate, "sitting": one.candidate.sitting, "due": due(one), "ended": over, "closed": ended(one),
        "left": left(one, now), "events": events_of(one), "late": one.answers.evidence().count(), "seat": seat_of(one.candidate), "key": a_key(),
        "asked": one.decisions.filter(agreed=None).select_related("by"), "forms": forms,
        "waits": one.decisions.filter(agreed=None, what="reopen").exists(),
    }  # fmt: skip
    return render(request, "exams/attempts/watch_attempt.html", context, status=400 if any(form.errors for form in forms.values()) else 200)


def _done(request: SignedInRequest, one: Attempt, do: str, data: QueryDict, forms: dict[str, Any]) -> str:
    """Do what was asked for; returns what to say of it, or nothing where a form or a box is not right yet."""
    by, now, pk = request.user, timezone.now(), one.pk
    form = forms.get(do)
    if form is not None and not form.is_valid():
        return ""
    try:
        if do == "time":
            grant_time(pk, **form.cleaned_data, by=by, at=now)  # type: ignore[union-attr]
            return _("The time was added. The candidate's clock follows within half a minute.")
        if do == "pause":
            pause([pk], **form.cleaned_data, by=by, at=now)  # type: ignore[union-attr]
            return _("The clock stands still. The candidate sees it within half a minute.")
        if do == "resume":
            resume([pk], by=by, at=now)
            return _("The clock goes on; the time of the pause was given back.")
        if do == "free" and data.get("key") and str(data["key"]).isprintable():
            free_seat(pk, key=str(data["key"])[:32], by=by, at=now)
            return _("The seat is free. The candidate signs in at another computer and goes on there.")
        if do == "reopen":
            ask_reopening(pk, **form.cleaned_data, by=by, at=now)  # type: ignore[union-attr]
            return _("Reopening was asked for. Another invigilator must agree.")
    except TooLate:
        (form or forms["time"]).add_error(None, _("The attempt has ended; no time can be added."))
        return ""
    except Refused as refusal:
        (form or forms["reopen"]).add_error(None, refusal)
        return ""
    if do == "incident":
        note_incident(pk, **form.cleaned_data, by=by, at=now)  # type: ignore[union-attr]
        return _("The incident was noted.")
    if do == "close" and data.get("sure"):
        close_by_invigilator(pk, by=by, at=now)
        return _("The paper was collected.")
    return ""
