"""What the invigilator's board says: one row a candidate, put together from rows in a constant number of statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max, Q, Sum

from exams.attempts.answers import answered
from exams.attempts.models import AnswerRecord, Attempt
from exams.attempts.pace import too_fast
from exams.attempts.pulse import BEAT
from exams.attempts.reading import answers_of, due, ended, ran_out
from exams.attempts.telling import lasting
from exams.attempts.watched import Decision, FocusLoss, Incident
from exams.sittings.models import Candidate, Sitting

STATES = ("quiet", "paused", "writing", "absent", "missed", "done")  # who may need help stands first
RUNNING = ("quiet", "paused", "writing")
QUIET = 2 * BEAT  # without any sign of life; a browser gives one a minute
REMEMBERED = 3600  # seconds for which a count of answers is kept beside the rows it was made from


@dataclass(slots=True, kw_only=True)
class Row:
    """One candidate and the newest attempt. ``minutes`` since the last sign of life; ``losses`` how often the page was left."""

    candidate: Candidate
    state: str
    attempt: Attempt | None = None
    room: str = ""
    seat: str = ""
    minutes: int = 0
    answered: int = 0
    total: int = 0
    losses: int = 0
    late: bool = False
    noted: bool = False
    asked: bool = False
    fast: bool = False
    due: datetime | None = None

    @property
    def granted(self) -> str:
        """All time added so far, in words; empty where none was."""
        seconds = self.attempt.granted if self.attempt else 0
        return lasting(seconds) if seconds else ""

    @property
    def percent(self) -> int:
        return 100 * self.answered // self.total if self.total else 0


def seat_of(candidate: Candidate) -> tuple[str, str]:
    """The room and the seat a candidate was given; empty where none was."""
    given = getattr(candidate, "seat", None)
    return (given.use.room.name, str(given.number)) if given is not None else ("", "")


def newest_attempts(sitting: Sitting) -> dict[int, Attempt]:
    """The newest attempt of each candidate of a sitting, by candidate, without its paper."""
    listed = Attempt.objects.with_state().filter(candidate__sitting=sitting).select_related("hand_in", "heartbeat").defer("paper")
    return {attempt.candidate_id: attempt for attempt in listed.order_by("number")}


def rows_of(sitting: Sitting, at: datetime) -> list[Row]:
    """Every candidate of the sitting, who may need help first: away the longest, then the most often."""
    newest, here = newest_attempts(sitting), {"attempt__candidate__sitting": sitting}
    agreed = Count("evidence", filter=Q(evidence__decision__agreed=True))
    told = AnswerRecord.objects.filter(**here).values("attempt")
    late = Max("pk", filter=Q(late=True))
    saves = {r["attempt"]: r for r in told.annotate(at=Max("received_at"), last=Max("pk"), late=late, agreed=agreed)}
    left = {r["attempt"]: r for r in FocusLoss.objects.filter(**here).values("attempt").annotate(times=Sum("times"), at=Max("at"))}
    noted = set(Incident.objects.filter(**here).values_list("attempt", flat=True))
    asked = set(Decision.objects.filter(**here, agreed=None).values_list("attempt", flat=True))
    counts = _counts(newest.values(), saves)
    rows = []
    for candidate in Candidate.objects.filter(sitting=sitting).select_related("person__home_unit", "seat__use__room"):
        room, seat = seat_of(candidate)
        row = Row(candidate=candidate, state="absent" if at < sitting.closes_at else "missed", room=room, seat=seat)
        attempt = newest.get(candidate.pk)
        if attempt is not None:
            row.attempt, row.due = attempt, due(attempt)
            save: Any = saves.get(attempt.pk, {})
            away: Any = left.get(attempt.pk, {})
            beat = getattr(attempt, "heartbeat", None)
            heard = max(moment for moment in (attempt.started_at, save.get("at"), away.get("at"), beat and beat.at) if moment)
            over = ended(attempt) or ran_out(attempt, at)
            row.state = "done" if over else "paused" if attempt.paused_at else "quiet" if at - heard > QUIET else "writing"
            row.minutes = max(0, int((at - heard).total_seconds()) // 60)
            row.answered, row.total = counts[attempt.pk]
            row.losses, row.late = away.get("times") or 0, bool(save.get("late"))
            row.noted, row.asked = attempt.pk in noted, attempt.pk in asked
            until = attempt.hand_in.at if ended(attempt) else min(at, attempt.paused_at or at)
            row.fast = too_fast(row.answered, (until - attempt.started_at).total_seconds())
        rows.append(row)
    return sorted(rows, key=lambda r: (STATES.index(r.state), -r.minutes if r.state == "quiet" else 0, -r.losses, r.room, r.candidate.number))


def _counts(attempts: Iterable[Attempt], saves: dict[int, Any]) -> dict[int, tuple[int, int]]:
    """Answered and all questions of each attempt. What was folded once is remembered until another row comes."""
    names = {f"answered:{a.pk}:{saves.get(a.pk, {}).get('last')}:{saves.get(a.pk, {}).get('agreed')}": a for a in attempts}
    known = cache.get_many(names)
    missing = {name: attempt for name, attempt in names.items() if name not in known}
    folded = answers_of(missing.values())
    papers = dict(Attempt.objects.filter(pk__in=folded).values_list("pk", "paper"))
    fresh = {name: (answered(folded[a.pk]), sum(len(section["slots"]) for section in papers[a.pk]["sections"])) for name, a in missing.items()}
    cache.set_many(fresh, REMEMBERED)
    return {attempt.pk: tuple((known | fresh)[name]) for name, attempt in names.items()}
