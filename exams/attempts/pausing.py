"""Stopping the clock of one attempt or of many, letting it go on, and giving back what an outage took. The rule: `docs/algorithms/timing.md`."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from exams.attempts.closing import MOST_MINUTES, TooLate
from exams.attempts.models import Attempt
from exams.attempts.querysets import AttemptQuerySet
from exams.attempts.reading import ended, ran_out
from exams.attempts.standstill import seconds_between
from exams.attempts.watched import Outage, Pause, TimeGrant
from exams.sittings.models import Sitting
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person

LONGEST_OUTAGE = timedelta(hours=24)  # whoever lost more than a day sits another exam


def _held(attempts: Sequence[int]) -> AttemptQuerySet:
    """``attempts`` with their state, under their locks, in the order of their numbers so that two clicks never wait for each other."""
    return Attempt.objects.filter(pk__in=list(attempts)).order_by("pk").locked().with_state().select_related("candidate").defer("paper")


def _running(attempts: Sequence[int], at: datetime) -> list[Attempt]:
    """Those of ``attempts`` that are still running, under their locks."""
    return [attempt for attempt in _held(attempts) if not ended(attempt) and not ran_out(attempt, at)]


@transaction.atomic
def pause(attempts: Sequence[int], *, reason: str, key: str, by: Person, at: datetime) -> list[Pause]:
    """Stop the clock of every running attempt among ``attempts``; returns the pauses made by this click.

    What is paused already stays as it is, and the same ``key`` again makes nothing new. Raises ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("A pause has a reason.")
    known = list(Pause.objects.filter(attempt__in=list(attempts), key=key))
    if known:
        return known
    stopped = [a for a in _running(attempts, at) if a.paused_at is None]
    made = [Pause(attempt=attempt, reason=reason.strip(), key=key, by=by, at=at) for attempt in stopped]
    Pause.objects.bulk_create(made)
    if stopped:
        record(Verb.ATTEMPT_PAUSED, subject(stopped), by=by, at=at, detail={"attempts": [a.pk for a in stopped], "reason": reason.strip()})
    return made


@transaction.atomic
def resume(attempts: Sequence[int], *, by: Person, at: datetime) -> list[TimeGrant]:
    """Let the clocks of paused attempts go on; each gets exactly the seconds its pause took, rounded up. Returns these grants.

    A pause of an attempt that was handed in meanwhile just ends. Again: nothing is left to resume.
    """
    waiting = {attempt.pk: attempt for attempt in _held(attempts) if attempt.paused_at is not None}
    grants = []
    for stop in Pause.objects.filter(attempt__in=waiting, resumed_at=None):
        stop.resumed_at, stop.resumed_by = max(at, stop.at), by
        stop.save(update_fields=["resumed_at", "resumed_by"])
        seconds = seconds_between(stop.at, stop.resumed_at)
        if seconds and not ended(waiting[stop.attempt_id]):
            grants.append(
                TimeGrant(attempt_id=stop.attempt_id, seconds=seconds, reason=stop.reason, key=f"pause:{stop.pk}", by=by, at=at, pause=stop)
            )
    TimeGrant.objects.bulk_create(grants)
    if waiting:
        detail = {"attempts": sorted(waiting), "seconds": {str(grant.attempt_id): grant.seconds for grant in grants}}
        record(Verb.ATTEMPT_RESUMED, subject(list(waiting.values())), by=by, at=at, detail=detail)
    return grants


@transaction.atomic
def grant_many(attempts: Sequence[int], *, minutes: int, reason: str, key: str, by: Person, at: datetime) -> list[TimeGrant]:
    """Add the same minutes to every running attempt among ``attempts``; returns the grants of this click, old or new.

    Raises TooLate when none of them is running any more, ValueError for minutes out of bounds or without a reason.
    """
    if not 1 <= minutes <= MOST_MINUTES or not reason.strip():
        raise ValueError("Minutes from 1 to 240, and a reason.")
    running = _running(attempts, at)
    known = list(TimeGrant.objects.filter(attempt__in=list(attempts), key=key))
    if known:
        return known
    if not running:
        raise TooLate
    grants = [TimeGrant(attempt=attempt, minutes=minutes, reason=reason.strip(), key=key, by=by, at=at) for attempt in running]
    TimeGrant.objects.bulk_create(grants)
    record(
        Verb.TIME_GRANTED, subject(running), by=by, at=at, detail={"minutes": minutes, "reason": reason.strip(), "attempts": [a.pk for a in running]}
    )
    return grants


@transaction.atomic
def credit_outage(
    sitting: Sitting, *, began: datetime, ended_at: datetime, attempts: Sequence[int], reason: str, key: str, by: Person, at: datetime, room: str = ""
) -> Outage:
    """Give back what an outage took, in one decision: the same seconds to every attempt among ``attempts`` that had begun
    before it ended and still runs.

    The same ``key`` again is the same decision. What was closed at its deadline meanwhile needs two people (`reopening.ask_reopening`).
    Raises ValueError for an outage that lies ahead, runs backwards, is longer than `LONGEST_OUTAGE` or has no reason.
    """
    Sitting.objects.select_for_update().get(pk=sitting.pk)
    known = sitting.outages.filter(key=key).first()
    if known is not None:
        return known
    if not (began < ended_at <= at) or ended_at - began > LONGEST_OUTAGE or not reason.strip():
        raise ValueError("An outage has a beginning, a later end that is past, at most a day between them, and a reason.")
    outage = Outage(sitting=sitting, room=room, began_at=began, ended_at=ended_at, reason=reason.strip(), key=key, by=by, at=at)
    outage.save(force_insert=True)
    seconds = seconds_between(began, ended_at)
    hit = [attempt for attempt in _running(attempts, at) if attempt.started_at < ended_at]
    TimeGrant.objects.bulk_create(
        [TimeGrant(attempt=a, seconds=seconds, reason=outage.reason, key=f"outage:{outage.pk}", by=by, at=at, outage=outage) for a in hit]
    )
    detail = {"outage": outage.pk, "room": room, "seconds": seconds, "attempts": [a.pk for a in hit], "reason": outage.reason}
    record(Verb.OUTAGE_CREDITED, sitting, by=by, at=at, detail=detail)
    return outage


def closed_during(sitting: Sitting, began: datetime, ended_at: datetime) -> list[int]:
    """Attempts of a sitting whose deadline fell into the outage, so that they were closed without a chance to go on."""
    found = Attempt.objects.filter(Q(hand_in__how="deadline") | Q(hand_in__how="lapsed"), candidate__sitting=sitting)
    return list(found.filter(started_at__lt=ended_at, hand_in__at__gte=began, hand_in__at__lte=ended_at).order_by("pk").values_list("pk", flat=True))


def subject(attempts: list[Attempt]) -> str:
    """How the trail names them: the attempt, or the sitting of many."""
    return f"attempt:{attempts[0].pk}" if len(attempts) == 1 else f"sitting:{attempts[0].candidate.sitting_id}"
