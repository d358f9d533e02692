"""What may happen to seats."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from exams.sittings.actions import Refused, started
from exams.sittings.models import Candidate, RoomUse, Seat, Sitting
from exams.sittings.seating import Hall, Shortage, Sitter, seat_all
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person


def _open(sitting: Sitting, at: datetime) -> Sitting:
    """The sitting under its lock. Raises Refused when it is over or cancelled."""
    found = Sitting.objects.select_for_update(of=("self",)).get(pk=sitting.pk)
    if found.done_with(at):
        raise Refused(_("This sitting is over or cancelled: its seats stay as they are."))
    return found


def _hall(use: RoomUse, seats: Iterable[Seat]) -> Hall:
    taken = {seat.number: str(seat.candidate.person.home_unit_id or "") for seat in seats}
    return Hall(id=use.pk, seats=tuple(use.room.free), columns=use.room.columns, taken=taken)


@transaction.atomic
def give_seats(sitting: Sitting, *, seed: int, rest: bool = False, by: Person, at: datetime) -> int:
    """Seat every candidate anew, or with ``rest`` only those without a seat; returns how many got one.

    Raises Refused without rooms, with too few seats (and says how many are missing), or when all are to move after somebody has begun.
    """
    found = _open(sitting, at)
    uses = list(found.rooms.select_related("room__place"))
    if not uses:
        raise Refused(_("Choose the rooms first."))
    if not rest:
        if started(found):
            raise Refused(_("Someone has begun this exam: people stay where they sit. Move single candidates, or seat only the rest."))
        Seat.objects.filter(use__sitting=found).delete()
    given = list(Seat.objects.filter(use__sitting=found).select_related("candidate__person"))
    halls = [_hall(use, [seat for seat in given if seat.use_id == use.pk]) for use in uses]
    waiting = found.candidates.filter(seat=None).select_related("person").order_by("number")
    sitters = [Sitter(id=c.pk, unit=str(c.person.home_unit_id or "")) for c in waiting]
    try:
        plan = seat_all(sitters, halls, seed)
    except Shortage as short:
        words = {"people": short.people, "rooms": len(uses), "seats": short.seats, "short": short.people - short.seats}
        raise Refused(
            _("%(people)d candidates need a seat, and the %(rooms)d rooms have %(seats)d free: %(short)d are missing. Add a room.") % words
        ) from None
    Seat.objects.bulk_create([Seat(candidate_id=one.sitter, use_id=one.hall, number=one.seat, at=at) for one in plan])
    detail = {"seed": seed, "rest": rest, "rooms": [use.room_id for use in uses], "seated": len(plan)}
    record(Verb.SEATS_GIVEN, found, by=by, at=at, detail=detail)
    return len(plan)


@transaction.atomic
def move(candidate: Candidate, use: RoomUse, number: int, *, by: Person, at: datetime) -> Candidate | None:
    """Give a candidate another seat; returns who sat there and has changed places with them, or None.

    Raises Refused for a seat that does not exist or is blocked, and where somebody would be left without a seat.
    """
    found = _open(candidate.sitting, at)
    if use.sitting_id != found.pk or number not in use.room.free:
        raise Refused(_("Seat %(n)d of %(room)s does not exist or is blocked.") % {"n": number, "room": use.room.name})
    mine = Seat.objects.filter(candidate=candidate).first()
    theirs = Seat.objects.filter(use=use, number=number).select_related("candidate__person").first()
    if theirs is not None and theirs.candidate_id == candidate.pk:
        return None
    other = theirs.candidate if theirs else None
    if other is not None and mine is None:
        raise Refused(_("%(name)s sits there. Choose a free seat for someone who has none.") % {"name": other.person.name})
    Seat.objects.filter(pk__in=[seat.pk for seat in (mine, theirs) if seat]).delete()
    Seat.objects.create(candidate=candidate, use=use, number=number, at=at)
    if other is not None and mine is not None:
        Seat.objects.create(candidate=other, use_id=mine.use_id, number=mine.number, at=at)
    before = [mine.use_id, mine.number] if mine else None
    detail = {"sitting": found.pk, "from": before, "to": [use.pk, number], "changed_with": other.pk if other else None}
    record(Verb.SEAT_MOVED, candidate, by=by, at=at, detail=detail)
    return other


@transaction.atomic
def clear_seats(sitting: Sitting, *, by: Person, at: datetime) -> int:
    """Take every seat back; returns how many. Raises Refused once somebody has begun."""
    found = _open(sitting, at)
    if started(found):
        raise Refused(_("Someone has begun this exam: people stay where they sit."))
    cleared, _rows = Seat.objects.filter(use__sitting=found).delete()
    record(Verb.SEATS_CLEARED, found, by=by, at=at, detail={"seats": cleared})
    return cleared
