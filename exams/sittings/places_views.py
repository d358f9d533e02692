"""Screens for places and their rooms."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from exams.sittings.actions import Refused
from exams.sittings.models import Place, Room, RoomUse
from exams.sittings.places import kept_by
from exams.sittings.places_actions import save_place, save_room
from exams.sittings.places_forms import PlaceForm, RoomForm
from lms.people.gates import must
from lms.people.models import Unit
from lms.people.states import Act, UnitKind
from lms.web.requests import SignedInRequest

PER_PAGE = 50


@login_required
@require_GET
def places(request: SignedInRequest) -> HttpResponse:
    """All places in reach with their rooms and the seats in them."""
    day = must(request, Act.MANAGE_SITTINGS)
    asked, everything = request.GET.get("q", "").strip(), request.GET.get("all") == "1"
    rows = kept_by(request.user, day).filter(name__icontains=asked).prefetch_related(Prefetch("rooms", Room.objects.order_by("name")))
    rows = rows if everything else rows.filter(in_use=True)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "exams/sittings/places.html", {"page": page, "q": asked, "all": everything, "active": bool(asked) or everything})


@login_required
@require_http_methods(["GET", "POST"])
def place_edit(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    """A place; below it its rooms, and what comes in them."""
    day = must(request, Act.MANAGE_SITTINGS)
    found = get_object_or_404(kept_by(request.user, day), pk=pk) if pk else None
    units = Unit.objects.reached_by(request.user, Act.MANAGE_SITTINGS, day).open_on(day).exclude(kind=UnitKind.VILLAGE)
    form = PlaceForm(request.POST or None, instance=found, units=units)
    if request.method == "POST" and form.is_valid():
        saved = save_place(form.instance, by=request.user, at=timezone.now())
        messages.success(request, _("Place saved: %(name)s") % {"name": saved.name})
        return redirect("places") if found else redirect("room_new", pk=saved.pk)
    coming = RoomUse.objects.filter(room__place=found, sitting__closes_at__gt=timezone.now(), sitting__cancelled_at=None)
    context = {
        "form": form, "place": found, "rooms": found.rooms.order_by("name") if found else [],
        "coming": coming.select_related("room", "sitting").order_by("sitting__opens_at")[:PER_PAGE] if found else [],
    }  # fmt: skip
    return render(request, "exams/sittings/place.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def room_edit(request: SignedInRequest, pk: int, room: int | None = None) -> HttpResponse:
    """A room: rows and seats, or a count; blocked seats."""
    place: Place = get_object_or_404(kept_by(request.user, must(request, Act.MANAGE_SITTINGS)), pk=pk)
    found = get_object_or_404(Room, pk=room, place=place) if room else Room(place=place)
    form = RoomForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_room(form.instance, by=request.user, at=timezone.now())
        except Refused as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Room saved: %(name)s, %(n)d seats.") % {"name": saved.name, "n": len(saved.free)})
            return redirect("place", pk=pk)
    return render(request, "exams/sittings/room.html", {"form": form, "place": place, "room": found if room else None})
