"""Ends that nobody clicked: the deadline passed, or an invigilator closed the attempt. And what an invigilator adds and notes to one of them."""

import logging
from datetime import datetime

from django.db import transaction

from exams.attempts.actions import _end, run_out
from exams.attempts.models import Attempt, AttemptDevice, HandIn
from exams.attempts.reading import due, ended, gone, ran_out
from exams.attempts.watched import Incident, TimeGrant
from exams.sittings.models import Sitting
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person

log = logging.getLogger(__name__)
MOST_MINUTES = 240


class TooLate(Exception):
    """The attempt has ended; its time cannot be changed any more."""


@transaction.atomic
def close_if_over(pk: int, *, at: datetime) -> HandIn | None:
    """Close one attempt if its time is over; its end is its deadline. Returns the hand-in, new or old, or None while it is open."""
    attempt = Attempt.objects.filter(pk=pk).locked().with_state().get()
    if ended(attempt):
        return attempt.hand_in
    return run_out(attempt, recorded_at=at) if gone(attempt, at) else None


def close_overdue(*, at: datetime) -> int:
    """Close every attempt whose time is over, each in its own transaction; returns how many.

    One broken attempt does not stop the rest: it is logged and met again at the next sweep.
    """
    closed = 0
    for attempt in list(Attempt.objects.perhaps_overdue(at).with_state().defer("paper")):
        try:
            closed += gone(attempt, at) and close_if_over(attempt.pk, at=at) is not None
        except Exception:
            log.exception("Attempt %s could not be closed.", attempt.pk)
    return closed


@transaction.atomic
def close_by_invigilator(pk: int, *, by: Person, at: datetime) -> HandIn:
    """Collect a paper before its time. What is saved counts; again: the same receipt."""
    attempt = Attempt.objects.filter(pk=pk).locked().with_state().get()
    if ended(attempt):
        return attempt.hand_in
    if gone(attempt, at):
        return run_out(attempt, recorded_at=at)
    return _end(attempt, HandIn.How.INVIGILATOR, at=min(at, due(attempt)), recorded_at=at, by=by)


@transaction.atomic
def grant_time(pk: int, *, minutes: int, reason: str, key: str, by: Person, at: datetime) -> TimeGrant:
    """Add minutes to a running attempt. Grants add up; the same ``key`` is the same grant. Raises TooLate, ValueError."""
    attempt = Attempt.objects.filter(pk=pk).locked().with_state().get()
    known = attempt.grants.filter(key=key).first()
    if known is not None:
        return known
    if not 1 <= minutes <= MOST_MINUTES or not reason.strip():
        raise ValueError("Minutes from 1 to 240, and a reason.")
    if ended(attempt) or ran_out(attempt, at):
        raise TooLate
    grant = TimeGrant(attempt=attempt, minutes=minutes, reason=reason.strip(), key=key, by=by, at=at)
    grant.save(force_insert=True)
    record(Verb.TIME_GRANTED, attempt, by=by, at=at, detail={"minutes": minutes, "reason": grant.reason})
    return grant


@transaction.atomic
def note_incident(pk: int, *, text: str, by: Person, at: datetime, kind: str = Incident.Kind.OTHER) -> Incident:
    """Write down what happened to one candidate; the attempt goes on."""
    incident = Incident(attempt_id=pk, kind=kind, text=text.strip(), by=by, at=at)
    incident.save(force_insert=True)
    record(Verb.INCIDENT_NOTED, f"attempt:{pk}", by=by, at=at, detail={"kind": str(kind), "text": incident.text})
    return incident


@transaction.atomic
def note_room_incident(sitting: Sitting, *, room: str, text: str, by: Person, at: datetime, kind: str = Incident.Kind.OTHER) -> Incident:
    """Write down what happened to a room of a sitting, or with no room named to all of it."""
    incident = Incident(sitting=sitting, room=room, kind=kind, text=text.strip(), by=by, at=at)
    incident.save(force_insert=True)
    record(Verb.INCIDENT_NOTED, sitting, by=by, at=at, detail={"kind": str(kind), "room": room, "text": incident.text})
    return incident


@transaction.atomic
def free_seat(pk: int, *, key: str, by: Person, at: datetime) -> int:
    """Let the candidate go on at another machine: the next browser of theirs that comes goes in unasked, the old one is told it was left.

    Returns the epoch of the free seat; the same ``key`` again is the same. Raises TooLate once the attempt has ended.
    """
    attempt = Attempt.objects.filter(pk=pk).locked().with_state().get()
    device = f"free:{key}"[:40]
    known = attempt.devices.filter(device=device).values_list("epoch", flat=True).first()
    if known is not None:
        return known
    if ended(attempt) or ran_out(attempt, at):
        raise TooLate
    AttemptDevice(attempt=attempt, device=device, epoch=attempt.epoch + 1, at=at, by=by).save(force_insert=True)
    record(Verb.SEAT_FREED, attempt, by=by, at=at, detail={"epoch": attempt.epoch + 1})
    return attempt.epoch + 1
