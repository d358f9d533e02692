"""The present of an attempt, computed from its rows."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Sum

from exams.attempts.answers import Answer, Saved, fold
from exams.attempts.models import AnswerRecord, Attempt


def granted(attempt: Attempt) -> int:
    """Minutes granted so far: as annotated by `with_state`, else asked for."""
    known = attempt.__dict__.get("granted")
    return int(known) if known is not None else int(attempt.grants.aggregate(total=Sum("minutes"))["total"] or 0)


def due(attempt: Attempt) -> datetime:
    """The attempt's deadline with all grants."""
    return attempt.deadline + timedelta(minutes=granted(attempt))


def ended(attempt: Attempt) -> bool:
    """Return whether the attempt is handed in, by whichever hand."""
    return hasattr(attempt, "hand_in")


def answers_of(attempts: Iterable[Attempt]) -> dict[int, dict[int, Answer]]:
    """The answers that stand for each attempt, by primary key: one query for all."""
    by_attempt: dict[int, list[Saved]] = {attempt.pk: [] for attempt in attempts}
    rows = AnswerRecord.objects.filter(attempt__in=by_attempt).values_list("attempt", "epoch", "seq", "items", "late")
    for attempt, epoch, seq, items, late in rows.iterator():
        by_attempt[attempt].append(Saved(epoch=epoch, seq=seq, items=tuple(items), late=late))
    return {pk: fold(saved) for pk, saved in by_attempt.items()}
