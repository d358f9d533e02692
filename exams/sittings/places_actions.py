"""What may happen to places, rooms, and the rooms of a sitting."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from exams.sittings.actions import Refused, change_sitting, started
from exams.sittings.models import Place, Room, RoomUse, Seat, Sitting
from exams.sittings.places import clashes, sentence_of
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person


@transaction.atomic
def save_place(place: Place, *, by: Person, at: datetime) -> Place:
    """Save a new or changed place."""
    place.full_clean()
    place.save()
    detail = {"name": place.name, "address": place.address, "unit": place.unit_id, "in_use": place.in_use}
    record(Verb.PLACE_CHANGED, place, by=by, at=at, detail=detail)
    return place


@transaction.atomic
def save_room(room: Room, *, by: Person, at: datetime) -> Room:
    """Save a new or changed room. Raises Refused when a candidate of a sitting that is not over has a seat that would be gone."""
    room.full_clean()
    if room.pk:
        free = set(room.free)
        given = Seat.objects.filter(use__room=room, use__sitting__closes_at__gt=at, use__sitting__cancelled_at=None).select_related("use__sitting")
        for seat in given:
            if seat.number not in free:
                words = {"n": seat.number, "title": seat.use.sitting.title}
                raise Refused(_("Seat %(n)d is given to a candidate of “%(title)s”. Move them first.") % words)
    room.save()
    detail = {"place": room.place_id, "name": room.name, "count": room.count, "columns": room.columns, "blocked": room.blocked, "in_use": room.in_use}
    record(Verb.PLACE_CHANGED, room, by=by, at=at, detail=detail)
    return room


@transaction.atomic
def choose_rooms(sitting: Sitting, rooms: Sequence[Room], *, by: Person, at: datetime) -> None:
    """Let a sitting take exactly these rooms, none for one at people's own desks. Seats in rooms given up are cleared.

    The sitting's place in words follows, and candidates are told of it, as long as nobody has begun.
    Raises Refused, naming who has a room already; or when people sit in a room given up after somebody has begun.
    """
    found = Sitting.objects.select_for_update(of=("self",)).get(pk=sitting.pk)
    if found.done_with(at):
        raise Refused(_("This sitting is over or cancelled: its rooms stay as they are."))
    taken = clashes([room.pk for room in rooms], opens_at=found.opens_at, closes_at=found.closes_at, but=found.pk)
    if taken:
        raise Refused([sentence_of(use) for use in taken])
    given_up = found.rooms.exclude(room__in=rooms)
    begun = started(found)
    if begun and Seat.objects.filter(use__in=given_up).exists():
        raise Refused(_("Someone has begun this exam: a room in which people have seats stays."))
    cleared = Seat.objects.filter(use__in=given_up).count()
    given_up.delete()
    there = set(found.rooms.values_list("room", flat=True))
    RoomUse.objects.bulk_create([RoomUse(sitting=found, room=room) for room in rooms if room.pk not in there])
    words = in_words(rooms)
    if words and words != found.place and not begun:
        found.place = words
        change_sitting(found, by=by, at=at)
    record(Verb.ROOMS_CHOSEN, found, by=by, at=at, detail={"rooms": [room.pk for room in rooms], "seats_cleared": cleared})


def in_words(rooms: Sequence[Room]) -> str:
    """Name rooms as candidates read it: ``县培训中心 一机房、二机房；龙口乡文化站 会议室``, or the places alone where that is too long."""
    by_place: dict[str, list[str]] = {}
    for room in rooms:
        by_place.setdefault(room.place.name, []).append(room.name)
    full = "；".join(f"{place} {'、'.join(names)}" for place, names in by_place.items())
    return full if len(full) <= 80 else "；".join(by_place)[:80]
