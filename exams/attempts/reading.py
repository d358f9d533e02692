"""The present of an attempt, computed from its rows."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Sum

from exams.attempts.answers import Answer, Saved, fold
from exams.attempts.models import AnswerRecord, Attempt
from exams.attempts.standstill import reading
from exams.attempts.timing import last_call, over, seconds_left
from lms.statements import NUMBER, Ready


def granted(attempt: Attempt) -> int:
    """Seconds granted so far: as annotated by `with_state`, else asked for."""
    known = attempt.__dict__.get("granted")
    return int(known) if known is not None else int(attempt.grants.aggregate(total=Sum(F("minutes") * 60 + F("seconds")))["total"] or 0)


def paused_at(attempt: Attempt) -> datetime | None:
    """Since when the attempt's clock stands still: as annotated by `with_state`, else asked for."""
    if "paused_at" in attempt.__dict__:
        return attempt.paused_at
    return attempt.pauses.filter(resumed_at=None).values_list("at", flat=True).first()


def first_deadline_of(attempt: Attempt) -> datetime:
    """The deadline before grants: as set at the start, or as it moved since with the terms. Annotated by `with_state`, else asked for."""
    if "moved" in attempt.__dict__:
        return attempt.moved or attempt.deadline
    return attempt.deadlines.order_by("-pk").values_list("deadline", flat=True).first() or attempt.deadline


def due(attempt: Attempt) -> datetime:
    """The attempt's deadline with all grants; while it is paused, what it would be if it were resumed without a second lost."""
    return first_deadline_of(attempt) + timedelta(seconds=granted(attempt))


def until(attempt: Attempt) -> datetime:
    """Until when the attempt may be handed in: its deadline, and the grace its sitting gives."""
    return last_call(due(attempt), attempt.overdue, attempt.grace)


def gone(attempt: Attempt, at: datetime) -> bool:
    """Whether it can't even be handed in any more, by a clock that stands still while it is paused."""
    return over(reading(at, paused_at(attempt)), until(attempt))


def ended(attempt: Attempt) -> bool:
    """Return whether the attempt is handed in, by whichever hand."""
    return hasattr(attempt, "hand_in")


def ran_out(attempt: Attempt, at: datetime) -> bool:
    """Whether the attempt's time is over at ``at``, by a clock that stands still while it is paused."""
    return over(reading(at, paused_at(attempt)), due(attempt))


def left(attempt: Attempt, at: datetime) -> int:
    """Whole seconds left at ``at``; while it is paused, as many as when the pause began."""
    return seconds_left(reading(at, paused_at(attempt)), due(attempt))


OF_ONE = Ready(
    lambda attempt: AnswerRecord.objects.counting().filter(attempt=attempt).values_list("attempt", "epoch", "seq", "items"), attempt=NUMBER
)


def answers_of(attempts: Iterable[Attempt]) -> dict[int, dict[int, Answer]]:
    """The answers that stand for each attempt, by primary key: one query for all. Late records count where two people decided so."""
    by_attempt: dict[int, list[Saved]] = {attempt.pk: [] for attempt in attempts}
    counting = AnswerRecord.objects.counting().values_list("attempt", "epoch", "seq", "items")
    found = OF_ONE.all(attempt=next(iter(by_attempt))) if len(by_attempt) == 1 else counting.filter(attempt__in=by_attempt).iterator()
    for attempt, epoch, seq, items in found:
        by_attempt[attempt].append(Saved(epoch=epoch, seq=seq, items=tuple(items)))
    return {pk: fold(saved) for pk, saved in by_attempt.items()}
