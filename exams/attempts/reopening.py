"""What takes two people: reopening an attempt, and letting late answers count. One asks with a reason, another agrees or refuses.

The rule: `docs/algorithms/timing.md`, "Reopening" and "Late answers".
"""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from exams.attempts.actions import _end
from exams.attempts.closing import MOST_MINUTES
from exams.attempts.models import Attempt
from exams.attempts.reading import due, ended
from exams.attempts.standstill import seconds_between, seconds_to_reopen
from exams.attempts.watched import Decision, Evidence, Pause, TimeGrant
from exams.sittings.models import Sitting
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person


class Refused(ValidationError):
    """What was asked cannot be done to this attempt now; the message says why."""


def _held(pk: int) -> Attempt:
    """The attempt under its sitting's lock and its own, in that order: a release cannot pass in between."""
    sitting = Attempt.objects.filter(pk=pk).values("candidate__sitting")
    Sitting.objects.select_for_update().get(pk__in=sitting)
    return Attempt.objects.filter(pk=pk).locked().with_state().select_related("candidate").get()


def _check_not_released(attempt: Attempt) -> None:
    if attempt.results.filter(run__release__isnull=False).exists():
        raise Refused(_("The result of this attempt is released. It cannot be reopened or changed here any more."))


def _check_may_reopen(attempt: Attempt, minutes: int) -> None:
    _check_not_released(attempt)
    if not ended(attempt):
        raise Refused(_("This attempt has not ended: add time instead."))
    if minutes < 1 and attempt.hand_in.at >= due(attempt):
        raise Refused(_("No time was left when this attempt ended: give at least one minute."))
    later = Attempt.objects.filter(candidate=attempt.candidate_id, number__gt=attempt.number)
    if later.exists():
        raise Refused(_("The candidate has begun another attempt since; this one stays closed."))


@transaction.atomic
def ask_reopening(pk: int, *, minutes: int, reason: str, key: str, by: Person, at: datetime) -> Decision:
    """Ask for a closed attempt to be opened again, with ``minutes`` on top of what was left at its end. The same ``key`` is the same request.

    Raises Refused: not ended, released, another attempt begun since, or a request is waiting already. Raises ValueError for bad figures.
    """
    attempt = _held(pk)
    known = attempt.decisions.filter(key=key).first()
    if known is not None:
        return known
    if not 0 <= minutes <= MOST_MINUTES or not reason.strip():
        raise ValueError("Minutes from 0 to 240, and a reason.")
    _check_may_reopen(attempt, minutes)
    _check_nothing_waits(attempt, Decision.What.REOPEN)
    asked = Decision(attempt=attempt, what=Decision.What.REOPEN, minutes=minutes, reason=reason.strip(), key=key, by=by, at=at)
    asked.save(force_insert=True)
    record(Verb.REOPENING_ASKED, attempt, by=by, at=at, detail={"request": asked.pk, "minutes": minutes, "reason": asked.reason})
    return asked


@transaction.atomic
def ask_late(pk: int, *, records: Sequence[int], reason: str, key: str, by: Person, at: datetime) -> Decision:
    """Ask that late records of an attempt count. The same ``key`` is the same request.

    Raises Refused: released, nothing of ``records`` is late evidence of this attempt, or a request is waiting already. ValueError without a reason.
    """
    attempt = _held(pk)
    known = attempt.decisions.filter(key=key).first()
    if known is not None:
        return known
    if not reason.strip():
        raise ValueError("A request has a reason.")
    _check_not_released(attempt)
    _check_nothing_waits(attempt, Decision.What.COUNT)
    late = list(attempt.answers.evidence().filter(pk__in=records).order_by("pk"))
    if not late:
        raise Refused(_("Choose at least one late save that does not count yet."))
    asked = Decision(attempt=attempt, what=Decision.What.COUNT, reason=reason.strip(), key=key, by=by, at=at)
    asked.save(force_insert=True)
    Evidence.objects.bulk_create([Evidence(decision=asked, record=one) for one in late])
    record(Verb.LATE_ANSWERS_ASKED, attempt, by=by, at=at, detail={"request": asked.pk, "records": [r.pk for r in late], "reason": asked.reason})
    return asked


def _check_nothing_waits(attempt: Attempt, what: str) -> None:
    if attempt.decisions.filter(what=what, agreed=None).exists():
        raise Refused(_("A request of this kind is waiting for a second person already."))


def _open_question(pk: int, by: Person) -> tuple[Decision, Attempt]:
    """The request under the locks of its attempt. Raises Refused for the person who asked."""
    attempt = _held(Decision.objects.values_list("attempt", flat=True).get(pk=pk))
    asked = Decision.objects.get(pk=pk)
    if asked.by_id == by.pk:
        raise Refused(_("You asked for this yourself: another invigilator must decide."))
    return asked, attempt


@transaction.atomic
def agree(pk: int, *, by: Person, at: datetime) -> Decision:
    """Agree to what another person asked for, and do it. Agreeing again changes nothing.

    Reopening: the old end is kept and undone, and the time since it is given back with the minutes asked for. Late answers: they count from here on;
    where the attempt has ended, the end is written anew at its old moment, so that it is marked again. Raises Refused.
    """
    asked, attempt = _open_question(pk, by)
    if asked.agreed is not None:
        return asked
    if asked.what == Decision.What.REOPEN:
        _check_may_reopen(attempt, asked.minutes)
    else:
        _check_not_released(attempt)
    end = attempt.hand_in if ended(attempt) else None
    asked.agreed, asked.second, asked.decided_at, asked.end = True, by, at, end
    asked.save(update_fields=["agreed", "second", "decided_at", "end"])
    detail: dict[str, object] = {"request": asked.pk, "asked_by": asked.by_id, "reason": asked.reason}
    if end is not None:
        detail |= {"undone": end.receipt, "ended": end.at}
        end.attempt = None
        end.save(update_fields=["attempt"])
        del attempt._state.fields_cache["hand_in"]
    if asked.what == Decision.What.REOPEN and end is not None:
        detail |= {"seconds": _give_back(attempt, asked, end.at, by=by, at=at)}
    elif end is not None:
        _end(attempt, end.how, at=end.at, recorded_at=at, by=by)
    verb = Verb.ATTEMPT_REOPENED if asked.what == Decision.What.REOPEN else Verb.LATE_ANSWERS_COUNTED
    record(verb, attempt, by=by, at=at, detail=detail)
    return asked


def _give_back(attempt: Attempt, asked: Decision, ended_at: datetime, *, by: Person, at: datetime) -> int:
    """Grant what a reopening gives; a pause that was running at the end is over with it. Returns the seconds."""
    seconds = seconds_to_reopen(ended_at, due(attempt), at, asked.minutes)
    for stop in Pause.objects.filter(attempt=attempt, resumed_at=None):
        seconds += seconds_between(stop.at, max(ended_at, stop.at))
        stop.resumed_at, stop.resumed_by = max(ended_at, stop.at), by
        stop.save(update_fields=["resumed_at", "resumed_by"])
    TimeGrant(attempt=attempt, seconds=seconds, reason=asked.reason, key=f"reopen:{asked.pk}", by=by, at=at).save(force_insert=True)
    return seconds


@transaction.atomic
def refuse(pk: int, *, by: Person, at: datetime) -> Decision:
    """Say no to what another person asked for; nothing changes. Refusing again changes nothing. Raises Refused for the person who asked."""
    asked, attempt = _open_question(pk, by)
    if asked.agreed is not None:
        return asked
    asked.agreed, asked.second, asked.decided_at = False, by, at
    asked.save(update_fields=["agreed", "second", "decided_at"])
    record(Verb.DECISION_REFUSED, attempt, by=by, at=at, detail={"request": asked.pk, "what": asked.what, "asked_by": asked.by_id})
    return asked
