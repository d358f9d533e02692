"""What is done to many attempts at once, and to a whole room: time, pauses, outages, incidents, late answers, decisions of a second person."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from exams.attempts.board import Row, rows_of
from exams.attempts.closing import TooLate, note_room_incident
from exams.attempts.forms import IncidentForm, LateForm, OutageForm, PauseForm, TimeForm
from exams.attempts.models import AnswerRecord
from exams.attempts.pausing import closed_during, credit_outage, grant_many, pause, resume
from exams.attempts.reopening import Refused, agree, ask_late, ask_reopening, refuse
from exams.attempts.standstill import silences
from exams.attempts.telling import lasting
from exams.attempts.watched import Decision, Incident
from exams.attempts.watching import a_key, board_context, bulk_forms, rows_for, watched, watched_sitting
from exams.sittings.models import Sitting
from lms.people.scope import within
from lms.web.requests import SignedInRequest, number

SHORTEST = timedelta(minutes=2)  # a room that is silent for less may just be reading
OFFERED = 5


def _back(sitting: Sitting, request: SignedInRequest) -> str:
    """The board as it was filtered."""
    kept = {name: request.POST[name] for name in ("state", "room") if request.POST.get(name)}
    return reverse("watch", args=[sitting.pk]) + (f"?{urlencode(kept)}" if kept else "")


@login_required
@require_POST
def act(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add time to, pause or resume the chosen candidates, or everyone in the list as it is filtered. One click is one action."""
    sitting, data, now = watched_sitting(request, pk), request.POST, timezone.now()
    context = board_context(sitting, data)
    chosen = data.getlist("attempt")
    attempts = rows_for(context["rows"], chosen, data.get("who", ""))
    do = data.get("do", "")
    form: Any = TimeForm(data) if do == "time" else PauseForm(data) if do == "pause" else None
    if not attempts:
        messages.error(request, _("Choose at least one candidate who has begun."))
        return redirect(_back(sitting, request))
    if form is not None and not form.is_valid():
        wrong = [f"{form[name].label}：{' '.join(errors)}" for name, errors in form.errors.items()]
        again = bulk_forms(time_form=form if do == "time" else TimeForm(initial={"key": a_key()}), chosen=chosen)
        context |= {"wrong": wrong, "reason": data.get("reason", ""), "who": data.get("who")}
        return render(request, "exams/attempts/board.html", context | again, status=400)
    if do == "time":
        try:
            n = len(grant_many(attempts, **form.cleaned_data, by=request.user, at=now))
            said = ngettext("Time was added for one candidate.", "Time was added for %(n)d candidates.", n)
        except TooLate:
            messages.error(request, _("All of these attempts have ended; no time can be added."))
            return redirect(_back(sitting, request))
    elif do == "pause":
        n = len(pause(attempts, **form.cleaned_data, by=request.user, at=now))
        said = ngettext("One attempt is paused.", "%(n)d attempts are paused.", n)
    else:
        n = len(resume(attempts, by=request.user, at=now))
        said = ngettext("One attempt goes on.", "%(n)d attempts go on.", n)
    messages.success(request, said % {"n": n})
    return redirect(_back(sitting, request))


def _in_room(rows: list[Row], room: str) -> list[Row]:
    return [row for row in rows if row.attempt is not None and (not room or row.room == room)]


def _silences(rows: list[Row], now: datetime) -> list[dict[str, Any]]:
    """When nothing was heard from any of these attempts although one was running: what an outage looks like from here."""
    attempts = [row.attempt for row in rows if row.attempt is not None]
    if not attempts:
        return []
    began = min(attempt.started_at for attempt in attempts)
    ended = min(now, max(attempt.hand_in.at if hasattr(attempt, "hand_in") else now for attempt in attempts))
    heard = AnswerRecord.objects.filter(attempt__in=[a.pk for a in attempts], file=None, received_at__gte=began).values_list("received_at", flat=True)
    marks = [*heard, *(attempt.started_at for attempt in attempts)]
    found = silences(marks, began, ended, SHORTEST)[:OFFERED]
    return [{"began": a, "ended": b, "lasting": lasting(int((b - a).total_seconds()))} for a, b in found]


@login_required
def outage(request: SignedInRequest, pk: int) -> HttpResponse:
    """Credit an outage to everyone it hit: offered from the silences of the room, decided once, the same for all."""
    sitting, now = watched_sitting(request, pk), timezone.now()
    everyone = rows_of(sitting, now)
    rooms, asked = sorted({row.room for row in everyone if row.room}), request.POST if request.method == "POST" else request.GET
    room = asked.get("room", "") if asked.get("room") in rooms else ""
    rows = _in_room(everyone, room)
    initial = {"key": a_key()} | {name: request.GET[name] for name in ("began", "ended_at") if request.GET.get(name)}
    form = OutageForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if data["ended_at"] > now:
            form.add_error("ended_at", _("The outage must be over: this moment lies ahead."))
        else:
            _credit(request, sitting, data, room=room, rows=rows, now=now)
            return redirect(reverse("watch", args=[pk]) + (f"?{urlencode({'room': room})}" if room else ""))
    context = {
        "sitting": sitting, "form": form, "room": room, "rooms": rooms, "hit": len([r for r in rows if r.state in {"quiet", "paused", "writing"}]),
        "silences": _silences(rows, now), "outages": sitting.outages.select_related("by").order_by("-pk"),
    }  # fmt: skip
    return render(request, "exams/attempts/outage.html", context, status=400 if form.errors else 200)


def _credit(request: SignedInRequest, sitting: Sitting, data: dict[str, Any], *, room: str, rows: list[Row], now: datetime) -> None:
    """Give the time back, and ask for what was closed meanwhile to be opened again."""
    attempts = [row.attempt.pk for row in rows if row.attempt is not None]
    given = credit_outage(
        sitting, began=data["began"], ended_at=data["ended_at"], attempts=attempts, reason=data["reason"], key=data["key"], by=request.user, at=now,
        room=room,
    )  # fmt: skip
    n = given.grants.count()
    messages.success(request, ngettext("The outage was credited to one attempt.", "The outage was credited to %(n)d attempts.", n) % {"n": n})
    closed = [pk for pk in closed_during(sitting, given.began_at, given.ended_at) if pk in attempts]
    minutes, asked = -(-int((given.ended_at - given.began_at).total_seconds()) // 60), 0
    for pk in closed:
        try:
            ask_reopening(pk, minutes=min(minutes, 240), reason=given.reason, key=f"outage:{given.pk}", by=request.user, at=now)
            asked += 1
        except Refused:
            continue
    if asked:
        said = ngettext(
            "One attempt was closed during the outage. Its reopening waits for a second person.",
            "%(n)d attempts were closed during the outage. Their reopening waits for a second person.", asked,
        )  # fmt: skip
        messages.warning(request, said % {"n": asked})


@login_required
def incidents(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was noted in a sitting, for the screen and as the sheet to sign; and a note about a room."""
    sitting, now = watched_sitting(request, pk), timezone.now()
    form = IncidentForm(request.POST if request.method == "POST" else None)
    rows = rows_of(sitting, now)
    rooms = sorted({row.room for row in rows if row.room})
    room = request.GET.get("room", "") if request.GET.get("room") in rooms else ""
    if request.method == "POST" and form.is_valid():
        named = request.POST.get("room", "")
        note_room_incident(sitting, room=named if named in rooms else "", **form.cleaned_data, by=request.user, at=now)
        messages.success(request, _("The incident was noted."))
        return redirect("watch_incidents", pk=pk)
    seats = {row.candidate.pk: (row.room, row.seat) for row in rows}
    noted = Incident.objects.filter(attempt__candidate__sitting=sitting) | Incident.objects.filter(sitting=sitting)
    listed = [
        {"note": note, "person": note.attempt.candidate.person, "candidate": note.attempt.candidate, "room": seats[note.attempt.candidate_id][0],
         "seat": seats[note.attempt.candidate_id][1]} if note.attempt else {"note": note, "room": note.room}
        for note in noted.select_related("attempt__candidate__person", "by").order_by("at", "pk")
    ]  # fmt: skip
    there = [row for row in rows if not room or row.room == room]
    context = {
        "sitting": sitting, "form": form, "rooms": rooms, "room": room, "now": now,
        "listed": [one for one in listed if not room or one["room"] in {room, ""}],
        "admitted": len(there), "came": sum(row.attempt is not None for row in there), "kinds": Incident.Kind.choices,
        "missing": [row for row in there if row.attempt is None],
    }  # fmt: skip
    return render(request, "exams/attempts/incidents.html", context, status=400 if form.errors else 200)


@login_required
def late(request: SignedInRequest, pk: int) -> HttpResponse:
    """Late answers of a sitting, attempt by attempt: one person asks that they count, another decides. What was answered is not shown."""
    sitting, now = watched_sitting(request, pk), timezone.now()
    records = AnswerRecord.objects.filter(attempt__candidate__sitting=sitting).evidence()
    listed: dict[int, list[AnswerRecord]] = {}
    for one in records.select_related("attempt__candidate__person", "attempt__hand_in", "file").defer("attempt__paper").order_by("attempt", "pk"):
        listed.setdefault(one.attempt_id, []).append(one)
    wrong, errors = 0, None
    if request.method == "POST":
        wrong = number(request.POST.get("about", "")) or 0
        form = LateForm(request.POST, records=[one.pk for one in listed.get(wrong, [])])
        if form.is_valid() and wrong in listed:
            try:
                ask_late(wrong, **form.cleaned_data, by=request.user, at=now)
                messages.success(request, _("It was asked for. Another invigilator must agree."))
                return redirect("watch_late", pk=pk)
            except Refused as refusal:
                form.add_error(None, refusal)
        errors = form
    groups = [
        {"attempt": found[0].attempt, "records": found, "form": errors if attempt == wrong else None, "key": a_key()}
        for attempt, found in listed.items()
    ]  # fmt: skip
    waiting = Decision.objects.filter(attempt__candidate__sitting=sitting, agreed=None).select_related("attempt__candidate__person", "by")
    context = {"sitting": sitting, "groups": groups, "waiting": waiting}
    return render(request, "exams/attempts/late.html", context, status=400 if errors is not None else 200)


@login_required
@require_POST
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """The second person agrees or refuses."""
    found = Decision.objects.filter(within(watched(request), "attempt__candidate__sitting__unit__path"))
    asked = get_object_or_404(found.select_related("attempt__candidate"), pk=pk)
    deeds: dict[str, tuple[Callable[..., Decision], str]] = {
        "agree": (agree, _("Agreed. The attempt follows at once.")), "refuse": (refuse, _("The request was refused; nothing was changed.")),
    }  # fmt: skip
    if request.POST.get("do") in deeds:
        deed, said = deeds[request.POST["do"]]
        try:
            deed(pk, by=request.user, at=timezone.now())
            messages.success(request, said)
        except Refused as refusal:
            messages.error(request, " ".join(refusal.messages))
    after = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(after, allowed_hosts={request.get_host()}):
        after = reverse("watch_late", args=[asked.attempt.candidate.sitting_id])
    return redirect(after)
