"""Ends that nobody clicked: the deadline passed, or an invigilator closed the attempt. And what an invigilator adds and notes."""

import logging
from datetime import datetime

from django.db import transaction

from exams.attempts.actions import _end
from exams.attempts.models import Attempt, HandIn, Incident, TimeGrant
from exams.attempts.reading import due, ended
from exams.attempts.timing import over
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
    if not over(at, due(attempt)):
        return None
    return _end(attempt, HandIn.How.DEADLINE, at=due(attempt), recorded_at=at, by=None)


def close_overdue(*, at: datetime) -> int:
    """Close every attempt whose time is over, each in its own transaction; returns how many.

    One broken attempt does not stop the rest: it is logged and met again at the next sweep.
    """
    closed = 0
    late = [a.pk for a in Attempt.objects.perhaps_overdue(at).with_state().defer("paper") if over(at, due(a))]
    for pk in late:
        try:
            closed += close_if_over(pk, at=at) is not None
        except Exception:
            log.exception("Attempt %s could not be closed.", pk)
    return closed


@transaction.atomic
def close_by_invigilator(pk: int, *, by: Person, at: datetime) -> HandIn:
    """Collect a paper before its time. What is saved counts; again: the same receipt."""
    attempt = Attempt.objects.filter(pk=pk).locked().with_state().get()
    if ended(attempt):
        return attempt.hand_in
    if over(at, due(attempt)):
        return _end(attempt, HandIn.How.DEADLINE, at=due(attempt), recorded_at=at, by=None)
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
    if ended(attempt) or over(at, due(attempt)):
        raise TooLate
    grant = TimeGrant(attempt=attempt, minutes=minutes, reason=reason.strip(), key=key, by=by, at=at)
    grant.save(force_insert=True)
    record(Verb.TIME_GRANTED, attempt, by=by, at=at, detail={"minutes": minutes, "reason": grant.reason})
    return grant


@transaction.atomic
def note_incident(pk: int, *, text: str, by: Person, at: datetime) -> Incident:
    """Write down what happened; the attempt goes on."""
    incident = Incident(attempt_id=pk, text=text.strip(), by=by, at=at)
    incident.save(force_insert=True)
    record(Verb.INCIDENT_NOTED, f"attempt:{pk}", by=by, at=at, detail={"text": incident.text})
    return incident
