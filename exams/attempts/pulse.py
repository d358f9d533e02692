"""Signs of life of a candidate's browser, and what it is told of its clock in return."""

from datetime import datetime, timedelta

from django.db import transaction

from exams.attempts.answers import BadAnswers
from exams.attempts.models import Attempt
from exams.attempts.reading import left, paused_at
from exams.attempts.watched import FocusLoss, Heartbeat

BEAT = timedelta(seconds=60)  # a sign of life is written this often at most; the board calls someone away after two such spans
MOST_TIMES, MOST_MS = 1000, 24 * 3600 * 1000


def told(attempt: Attempt, at: datetime) -> dict[str, int]:
    """What the browser hears: seconds left, the epoch that writes now, the server's time, and whether the clock stands still."""
    answer = {"left": left(attempt, at), "e": attempt.epoch, "at": int(at.timestamp())}
    return answer | {"paused": 1} if paused_at(attempt) is not None else answer


def hear(attempt: Attempt, *, at: datetime) -> None:
    """Note that the attempt's browser is there, at most once a minute. ``attempt`` comes with its heartbeat joined."""
    last = getattr(attempt, "heartbeat", None)
    if last is None:
        Heartbeat.objects.bulk_create([Heartbeat(attempt=attempt, at=at)], ignore_conflicts=True)
    elif last.at <= at - BEAT:
        Heartbeat.objects.filter(attempt=attempt, at__lt=at).update(at=at)


@transaction.atomic
def note_losses(attempt: Attempt, *, epoch: object, times: object, longest_ms: object, at: datetime) -> FocusLoss | None:
    """Note how often the page was left since the browser last said so. No audit line: the row is the record. Nothing lost leaves no row.

    Raises `exams.attempts.answers.BadAnswers` for figures out of bounds.
    """
    if not (type(epoch) is int and 1 <= epoch <= attempt.epoch and type(times) is int and 0 <= times <= MOST_TIMES):
        raise BadAnswers("An epoch of this attempt, and how often.")
    if type(longest_ms) not in {int, float} or not 0 <= longest_ms <= MOST_MS:  # type: ignore[operator]
        raise BadAnswers("Milliseconds of the longest time away.")
    if not times:
        return None
    loss = FocusLoss(attempt=attempt, epoch=epoch, times=times, longest_ms=int(longest_ms), at=at)  # type: ignore[call-overload]
    loss.save(force_insert=True)
    return loss
