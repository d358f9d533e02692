"""The county's training centre: two computer rooms, who sits where, entry tickets, exceptions; and a paper in forms to print."""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings

from exams.demo.days import moment
from exams.demo.people import Staff
from exams.demo.seats import ACCOUNTS
from exams.papers.assembling import drawn_forms
from exams.papers.models import Blueprint, PaperSet
from exams.papers.set_actions import lay_out
from exams.papers.stock import rows_of, stock_for
from exams.sittings.accommodations import Accommodation, CandidateGroup, GroupMember
from exams.sittings.models import Place, Room, RoomUse, Seat, Ticket
from exams.sittings.seating import Hall, Sitter, seat_all
from exams.sittings.tickets import digest, new_code
from lms.people.models import Person, Unit

if TYPE_CHECKING:
    from exams.demo.sittings import Plan

CENTRE, ADDRESS = "县电子政务培训中心", "云溪县人民路 18 号"
ROOMS = (("一机房", "7, 25-26"), ("二机房", "48"))  # name and blocked seats
ROWS, COLUMNS = 6, 8
TICKET_OF = "005118"  # whose ticket is there to try: nobody signs in as him
COMMON_PERCENT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketToTry:
    """An entry ticket whose code is told once, with the sign-ins."""

    name: str
    number: str
    code: str


def lay_centre(unit: Unit) -> Place:
    place = Place.objects.create(unit=unit, name=CENTRE, address=ADDRESS)
    Room.objects.bulk_create([Room(place=place, name=name, count=ROWS * COLUMNS, columns=COLUMNS, blocked=blocked) for name, blocked in ROOMS])
    return place


def lay_seats(plan: "Plan", place: Place, staff: Staff, today: date) -> TicketToTry:
    """Seat everybody of a sitting, units apart, and issue everybody a ticket; returns one. Nobody knows the codes of the others."""
    assert plan.sitting is not None
    uses = RoomUse.objects.bulk_create([RoomUse(sitting=plan.sitting, room=room) for room in place.rooms.order_by("pk")])
    sitters = [Sitter(id=candidate.pk, unit=str(candidate.person.home_unit_id)) for candidate in plan.candidates.values()]
    halls = [Hall(id=use.pk, seats=tuple(use.room.free), columns=COLUMNS) for use in uses]
    at = moment(today - timedelta(days=4), 10)
    Seat.objects.bulk_create([Seat(candidate_id=one.sitter, use_id=one.hall, number=one.seat, at=at) for one in seat_all(sitters, halls, seed=1)])
    centre, codes = staff.numbered(ACCOUNTS["centre"]), {pk: new_code() for pk in plan.candidates}
    Ticket.objects.bulk_create(
        Ticket(candidate=candidate, digest=digest(candidate.number, codes[pk], settings.SECRET_KEY), issued_at=at, issued_by=centre)
        for pk, candidate in plan.candidates.items()
    )
    holder = staff.numbered(TICKET_OF)
    return TicketToTry(name=holder.name, number=plan.candidates[holder.pk].number, code=codes[holder.pk])


def lay_exceptions(plan: "Plan", staff: Staff, today: date) -> None:
    """More time for one candidate of a coming sitting, a later window for a group of four."""
    assert plan.sitting is not None
    centre, at = staff.numbered(ACCOUNTS["centre"]), moment(today - timedelta(days=1), 11)
    people: list[Person] = [candidate.person for candidate in plan.candidates.values()]
    one, few = people[3], people[10:50:10]
    Accommodation.objects.create(sitting=plan.sitting, person=one, extra=25, reason="右手骨折未愈，有县医院证明。", by=centre, at=at)
    group = CandidateGroup.objects.create(sitting=plan.sitting, name="当日应急值班人员", by=centre, at=at)
    GroupMember.objects.bulk_create([GroupMember(group=group, person=person, by=centre, at=at) for person in few])
    Accommodation.objects.create(
        sitting=plan.sitting, group=group, opens_at=plan.opens + timedelta(hours=5), closes_at=plan.closes + timedelta(hours=5),
        reason="上午应急值班，下午补考同一场。", by=centre, at=at,
    )  # fmt: skip


def lay_forms(title: str, blueprint: Blueprint, by: Person, today: date) -> PaperSet:
    """Draw a blueprint once, in two parallel forms, as `exams.papers.set_actions.keep_drawn` does, without a line in the trail."""
    rows, seed, at = rows_of(blueprint, today), sha256(title.encode()).hexdigest()[:32], moment(today - timedelta(days=3), 9)
    drawn = drawn_forms(rows, stock_for(rows, blueprint.pool), seed, forms=2, percent=COMMON_PERCENT)
    found = PaperSet.objects.create(
        title=f"{title}（A、B 卷）", pool=blueprint.pool, shuffle_options=blueprint.shuffle_options, blueprint=blueprint, seed=seed,
        common_percent=COMMON_PERCENT, made_by=by, made_at=at, changed_at=at,
    )  # fmt: skip
    lay_out(found, blueprint, drawn)
    return found
