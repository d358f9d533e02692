"""Counting what ended attempts had shown. The rule: `docs/algorithms/bank-workflow.md`, exposure."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from exams.attempts.models import Attempt
from exams.bank.ledger import Counted, Exposure, ExposureCount
from lms.audit.actions import record
from lms.audit.verbs import Verb

AT_ONCE = 200  # attempts in one count: a frozen paper is some kilobytes, so the whole count is a megabyte and a short transaction


def count_exposure(*, at: datetime, progress: Callable[[int, int], None] | None = None) -> int:
    """Count every ended attempt that is in no count yet; returns how many were counted.

    Numbered counts of AT_ONCE attempts, a transaction each. Broken off, it goes on where it was; run twice, it adds nothing. Of two that run at
    once the later finds an attempt or the number taken, leaves nothing of that count and stops: the other one is at it.
    """
    done = 0
    waiting = Attempt.objects.filter(hand_in__isnull=False, counted=None).order_by("pk")
    while attempts := list(waiting.select_related("candidate").only("paper", "started_at", "candidate__sitting")[:AT_ONCE]):
        try:
            _count(attempts, at=at)
        except IntegrityError:
            return done
        done += len(attempts)
        if progress is not None:
            progress(done, done + waiting.count())
    return done


@transaction.atomic
def _count(attempts: list[Attempt], *, at: datetime) -> ExposureCount:
    """Write one count of these attempts: five statements and the audit line, whatever their number. Raises IntegrityError."""
    times: Counter[tuple[int, int]] = Counter()
    last: dict[tuple[int, int], date] = {}
    for attempt in attempts:
        day = timezone.localdate(attempt.started_at)
        for version in {slot.version for slot in attempt.drawn.slots.values()}:
            key = version, attempt.candidate.sitting_id
            times[key] += 1
            last[key] = max(day, last.get(key, day))
    newest = ExposureCount.objects.order_by("-number").values_list("number", flat=True).first() or 0
    count = ExposureCount.objects.create(number=newest + 1, attempts=len(attempts), made_at=at)
    Exposure.objects.bulk_create(
        Exposure(count=count, version_id=version, sitting_id=sitting, times=n, last_on=last[version, sitting])
        for (version, sitting), n in sorted(times.items())
    )
    Counted.objects.bulk_create(Counted(attempt=attempt, count=count) for attempt in attempts)
    record(Verb.QUESTIONS_COUNTED, f"exposure:{count.number}", by=None, at=at, detail={"attempts": len(attempts), "rows": len(times)})
    return count
