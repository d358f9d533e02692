"""Screens for the rooms and seats of a sitting, and what is printed of them."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exams.sittings.actions import Refused
from exams.sittings.holding import held
from exams.sittings.models import Candidate, Room, RoomUse, Seat, Sitting
from exams.sittings.places import rooms_for
from exams.sittings.places_actions import choose_rooms
from exams.sittings.places_forms import RoomsForm
from exams.sittings.seating import row_and_column
from exams.sittings.seating_actions import clear_seats, give_seats, move
from lms.people.models import Person
from lms.people.scope import reach, within
from lms.people.states import Act
from lms.web.requests import SignedInRequest

NAMED = 100  # people without a seat listed by name
WIDEST = 12  # seats in a row up to which a room is drawn as it stands


def seen(request: SignedInRequest) -> QuerySet[Sitting]:
    """The sittings the reader holds or watches. Raises PermissionDenied for those who do neither anywhere."""
    day = timezone.localdate()
    paths = reach(request.user, Act.MANAGE_SITTINGS, day) + reach(request.user, Act.WATCH_SITTINGS, day)
    if not paths:
        raise PermissionDenied
    return Sitting.objects.filter(within(paths, "unit__path")).select_related("unit")


def seat_words(seat: Seat) -> str:
    """Name a seat as it stands on tickets and lists: ``25（第 3 排第 5 座）``."""
    where = row_and_column(seat.number, seat.use.room.columns)
    return _("%(n)d (row %(row)d, seat %(column)d)") % {"n": seat.number, "row": where[0], "column": where[1]} if where else str(seat.number)


def plans(sitting: Sitting) -> list[dict[str, Any]]:
    """Each room with its seats in order: who sits there, blocked, free; in rows where the room is narrow enough. Three statements."""
    uses = list(sitting.rooms.select_related("room__place"))
    given = Seat.objects.filter(use__sitting=sitting).select_related("candidate__person__home_unit", "use__room").order_by("use", "number")
    by_use: dict[int, dict[int, Seat]] = {use.pk: {} for use in uses}
    for seat in given:
        by_use[seat.use_id][seat.number] = seat
    found = []
    for use in uses:
        room, taken = use.room, by_use[use.pk]
        free = set(room.free)
        cells = [{"n": n, "seat": taken.get(n), "blocked": n not in free} for n in range(1, room.count + 1)]
        rows = [cells[i : i + room.columns] for i in range(0, len(cells), room.columns)] if 0 < room.columns <= WIDEST else []
        found.append({"use": use, "room": room, "cells": cells, "rows": rows, "seats": list(taken.values()), "free": len(free)})
    return found


def _form(request: SignedInRequest, sitting: Sitting, data: Any = None) -> RoomsForm:
    offered = (rooms_for(sitting.unit, request.user, timezone.localdate()) | Room.objects.filter(uses__sitting=sitting)).distinct()
    return RoomsForm(data, offered=offered, initial={"rooms": list(sitting.rooms.values_list("room", flat=True))})


@login_required
@require_GET
def seats(request: SignedInRequest, pk: int) -> HttpResponse:
    """The rooms, the buttons that give seats, and the plan."""
    found = get_object_or_404(held(request).described(), pk=pk)
    return _page(request, found, _form(request, found))


def _page(request: SignedInRequest, found: Sitting, form: RoomsForm) -> HttpResponse:
    rooms = plans(found)
    chosen, choices = {str(pk) for pk in form["rooms"].value() or []}, form.fields["rooms"].queryset  # type: ignore[attr-defined]
    offered = [(room, len(room.free), str(room.pk) in chosen) for room in choices.select_related("place__unit")]
    context = {
        "sitting": found, "form": form, "offered": offered, "rooms": rooms, "seated": sum(len(room["seats"]) for room in rooms),
        "capacity": sum(room["free"] for room in rooms), "unseated": found.candidates.filter(seat=None).select_related("person__home_unit")[:NAMED],
        "waiting": found.candidates.filter(seat=None).count(),
        "over": found.done_with(timezone.now()),
    }  # fmt: skip
    return render(request, "exams/sittings/seats.html", context)


@login_required
@require_POST
def rooms(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose the rooms; one that another sitting has is refused with its name."""
    found = get_object_or_404(held(request).described(), pk=pk)
    form = _form(request, found, request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        choose_rooms(found, list(form.cleaned_data["rooms"].select_related("place")), by=request.user, at=timezone.now())
    except Refused as error:
        form.add_error(None, error)
        return _page(request, found, form)
    messages.success(request, _("The rooms of this sitting are saved."))
    return redirect("sitting_seats", pk=pk)


@login_required
@require_POST
def give(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draw seats for all, or for those who have none."""
    found = get_object_or_404(held(request), pk=pk)
    try:
        count = give_seats(found, seed=secrets.randbelow(2**31), rest=request.POST.get("do") == "rest", by=request.user, at=timezone.now())
    except Refused as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Seats given: %(n)d.") % {"n": count})
    return redirect("sitting_seats", pk=pk)


@login_required
@require_POST
def clear(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(held(request), pk=pk)
    try:
        messages.success(request, _("Seats cleared: %(n)d.") % {"n": clear_seats(found, by=request.user, at=timezone.now())})
    except Refused as error:
        messages.error(request, " ".join(error.messages))
    return redirect("sitting_seats", pk=pk)


class MoveForm(forms.Form):
    use = forms.ModelChoiceField(RoomUse.objects.none(), label=gettext_lazy("Room"), empty_label=None)
    number = forms.IntegerField(label=gettext_lazy("Seat"), min_value=1, max_value=2000)

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["use"].queryset = sitting.rooms.select_related("room__place")  # type: ignore[attr-defined]
        self.fields["use"].label_from_instance = lambda use: str(use.room)  # type: ignore[attr-defined]


@login_required
@require_http_methods(["GET", "POST"])
def seat(request: SignedInRequest, pk: int, candidate: int) -> HttpResponse:
    """Move one candidate: to a free seat, or change places with whoever sits there."""
    sitting = get_object_or_404(held(request), pk=pk)
    found = get_object_or_404(Candidate.objects.select_related("person__home_unit", "sitting"), pk=candidate, sitting=sitting)
    mine = Seat.objects.filter(candidate=found).select_related("use__room__place").first()
    form = MoveForm(request.POST or None, sitting=sitting, initial={"use": mine.use_id, "number": mine.number} if mine else {})
    if request.method == "POST" and form.is_valid():
        try:
            other = move(found, form.cleaned_data["use"], form.cleaned_data["number"], by=request.user, at=timezone.now())
        except Refused as error:
            form.add_error("number", error)
        else:
            messages.success(request, _moved(found.person, other.person if other else None))
            return redirect("sitting_seats", pk=pk)
    free = [(room["room"], [cell["n"] for cell in room["cells"] if not cell["seat"] and not cell["blocked"]]) for room in plans(sitting)]
    context = {"sitting": sitting, "candidate": found, "seat": mine, "form": form, "free": free}
    return render(request, "exams/sittings/seat.html", context)


def _moved(person: Person, other: Person | None) -> str:
    if other is not None:
        words = {"name": person.name, "other": other.name}
        return _("%(name)s and %(other)s have changed places. Tickets printed before show the old seats.") % words
    return _("%(name)s has a new seat. A ticket printed before shows the old one.") % {"name": person.name}


PRINTED = {
    "door": gettext_lazy("Door list"), "signatures": gettext_lazy("Sign-in sheet"), "labels": gettext_lazy("Seat labels"),
}  # fmt: skip


@login_required
@require_GET
def printed(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """A page to print for each room: the list at its door (by number), the sheet to sign (by seat), or labels to cut and put on the desks."""
    if kind not in PRINTED:
        raise Http404
    sitting = get_object_or_404(seen(request), pk=pk)
    rooms = plans(sitting)
    for room in rooms:
        for one in room["seats"]:
            one.words = seat_words(one)
        if kind == "door":
            room["seats"].sort(key=lambda one: one.candidate.number)
    context = {"sitting": sitting, "kind": kind, "title": PRINTED[kind], "rooms": [room for room in rooms if room["seats"]]}
    return render(request, "exams/sittings/seats_print.html", context)
