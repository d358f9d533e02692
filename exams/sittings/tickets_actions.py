"""Issuing entry tickets, and coming in with one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from exams.sittings.accommodations import terms_for
from exams.sittings.actions import Refused
from exams.sittings.models import Candidate, DoorNote, Sitting, Ticket
from exams.sittings.tickets import WINDOW, digest, may_enter, new_code, plain_number, too_many, typed_digest
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person

COUNTED = (DoorNote.Reason.UNKNOWN, DoorNote.Reason.CODE, DoorNote.Reason.VOID)  # guesses; who holds a right code is not guessing
STILL_IN: list[Callable[[Candidate, datetime], bool]] = []  # asked after the close: is a paper of this candidate still running?


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A fresh ticket. ``code`` is known here and on the paper alone."""

    candidate: Candidate
    code: str


class NotLetIn(Exception):
    """Turned away; the message is a `DoorNote.Reason`. ``candidate`` is known where the right code was given, else None."""

    def __init__(self, reason: str, candidate: Candidate | None = None) -> None:
        super().__init__(reason)
        self.reason, self.candidate = reason, candidate


@transaction.atomic
def issue(sitting: Sitting, candidates: Iterable[Candidate], *, by: Person, at: datetime) -> list[Issued]:
    """Give each of these candidates a new ticket; their old ones are void at once. The codes are in the answer and nowhere else.

    Raises Refused for a sitting that is over or cancelled.
    """
    found, wanted = Sitting.objects.select_for_update(of=("self",)).get(pk=sitting.pk), list(candidates)
    if found.cancelled_at is not None or (found.closes_at <= at and not any(still_in(candidate, at) for candidate in wanted)):
        raise Refused(_("This sitting is over or cancelled: a ticket would open nothing."))
    given = [Issued(candidate=candidate, code=new_code()) for candidate in wanted if candidate.sitting_id == found.pk]
    Ticket.objects.filter(candidate__in=[one.candidate.pk for one in given], void_at=None).update(void_at=at)
    hashes = [digest(one.candidate.number, one.code, settings.SECRET_KEY) for one in given]
    Ticket.objects.bulk_create(
        [Ticket(candidate=one.candidate, digest=made, issued_at=at, issued_by=by) for one, made in zip(given, hashes, strict=True)]
    )
    record(Verb.TICKETS_ISSUED, found, by=by, at=at, detail={"candidates": [one.candidate.pk for one in given]})
    return given


def still_in(candidate: Candidate, at: datetime) -> bool:
    """Answer whether a paper of this candidate is still running: time may have been added beyond the close."""
    return any(ask(candidate, at) for ask in STILL_IN)


@transaction.atomic
def enter(number: str, code: str, *, address: str, at: datetime) -> Ticket:
    """Find the ticket that a number and a code open now, and leave an audit line. Five statements when it is right.

    Raises NotLetIn; the note of it is written by `turn_away`, in a transaction of its own.
    """
    typed = typed_digest(number, settings.SECRET_KEY)
    tried = DoorNote.objects.filter(Q(typed=typed) | Q(address=address), at__gt=at - WINDOW, step=DoorNote.Step.TICKET, reason__in=COUNTED)
    here, same = Q(address=address), Q(typed=typed)
    counts = tried.aggregate(both=Count("pk", filter=here & same), number=Count("pk", filter=same), address=Count("pk", filter=here))
    if too_many(**counts):
        raise NotLetIn(DoorNote.Reason.LOCKED)
    found = Ticket.objects.filter(digest=digest(number, code, settings.SECRET_KEY))
    ticket = found.select_related("candidate__person", "candidate__sitting").first()
    if ticket is None or ticket.void_at is not None:
        raise NotLetIn(DoorNote.Reason.CODE if ticket is None else DoorNote.Reason.VOID)
    candidate = ticket.candidate
    reason = why_not(candidate, at)
    if reason:
        raise NotLetIn(reason, candidate)
    record(Verb.TICKET_USED, candidate, by=candidate.person, at=at, detail={"sitting": candidate.sitting_id})
    return ticket


def why_not(candidate: Candidate, at: datetime) -> str:
    """Return why a ticket of this candidate opens nothing now, a `DoorNote.Reason`; "" when it does."""
    sitting = candidate.sitting
    if sitting.cancelled_at is not None:
        return DoorNote.Reason.CANCELLED
    if not candidate.person.is_active:
        return DoorNote.Reason.LEFT
    reason = may_enter(at, sitting.opens_at, sitting.closes_at)
    if reason:  # only then is it worth asking for exceptions
        terms = terms_for(sitting, [candidate.person_id], timezone.localdate(at))[candidate.person_id]
        reason = may_enter(at, terms.opens, terms.closes)
    return "" if reason == "late" and still_in(candidate, at) else reason


@transaction.atomic
def turn_away(refused: NotLetIn, number: str, *, address: str, at: datetime) -> None:
    """Leave a note at the door and an audit line. The same statements for a number nobody has and for a wrong code.

    While the door is closed to somebody one note says so; further tries leave nothing.
    """
    typed = typed_digest(number, settings.SECRET_KEY)
    known = Candidate.objects.filter(number=plain_number(number)[:20]).order_by("-sitting__opens_at").first()
    candidate = refused.candidate or known
    reason = DoorNote.Reason.UNKNOWN if refused.reason == DoorNote.Reason.CODE and candidate is None else refused.reason
    if reason == DoorNote.Reason.LOCKED and DoorNote.objects.filter(typed=typed, reason=reason, at__gt=at - WINDOW).exists():
        return
    note = DoorNote(
        sitting_id=candidate.sitting_id if candidate else None, candidate=candidate, step=DoorNote.Step.TICKET, reason=reason, address=address,
        typed=typed, at=at,
    )  # fmt: skip
    note.save(force_insert=True)
    record(Verb.TICKET_REFUSED, candidate or "candidate:unknown", by=None, at=at, detail={"reason": str(reason)})
