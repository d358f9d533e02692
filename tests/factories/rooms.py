"""Places, rooms and tickets for tests."""

from datetime import datetime
from typing import Any

from exams.sittings.models import Candidate, Place, Room, RoomUse, Sitting
from exams.sittings.tickets_actions import issue
from lms.people.models import Person, Unit


def make_room(unit: Unit, name: str = "一机房", *, count: int = 12, columns: int = 4, **changes: Any) -> Room:
    """A room of the unit's training centre: three rows of four unless said otherwise."""
    place, _ = Place.objects.get_or_create(unit=unit, name="县电子政务培训中心", defaults={"address": "人民路 18 号"})
    return Room.objects.create(place=place, name=name, count=count, columns=columns, **changes)


def use(sitting: Sitting, *rooms: Room) -> list[RoomUse]:
    return [RoomUse.objects.create(sitting=sitting, room=room) for room in rooms]


def ticket_for(candidate: Candidate, *, by: Person, at: datetime) -> str:
    """Issue a ticket and return its code."""
    return issue(candidate.sitting, [candidate], by=by, at=at)[0].code
