"""What a person must learn this year: the topics of the tiers of their posts. No Django here."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from courses.hours.crediting import Scale, hours_for_minutes

DONE, STARTED, NEW = "done", "started", "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonState:
    """One lesson as the plan sees it: its minutes, whether the person began it and finished it."""

    minutes: int
    begun: bool
    finished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicState:
    """One topic for one person. ``required`` when it belongs to a tier of theirs, else it is open to them as a guest 旁听."""

    required: bool
    state: str
    lessons: int
    finished: int
    hours: Decimal


def topic_state(*, tier: str, own_tiers: Iterable[str], lessons: Iterable[LessonState], scale: Scale) -> TopicState:
    """Return where a person stands in a topic: done when every lesson is finished (a topic without lessons is never done)."""
    rows = list(lessons)
    finished = sum(row.finished for row in rows)
    state = DONE if rows and finished == len(rows) else STARTED if finished or any(row.begun for row in rows) else NEW
    hours = sum((hours_for_minutes(row.minutes, scale).hours for row in rows), Decimal(0))
    return TopicState(required=tier in set(own_tiers), state=state, lessons=len(rows), finished=finished, hours=hours)
