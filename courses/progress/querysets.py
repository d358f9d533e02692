"""What we can say about progress."""

from dataclasses import dataclass
from datetime import datetime

from courses.progress.models import LessonProgress, SelfCheckAnswer
from lms.people.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """How far a person is in one lesson."""

    position: int
    seen_at: datetime
    finished: bool


def progress_of(person: Person) -> dict[int, Where]:
    """Return how far the person is, by lesson. One query."""
    rows = LessonProgress.objects.filter(person=person).values_list("lesson_id", "position", "seen_at", "finished_at")
    return {lesson: Where(position=position, seen_at=seen, finished=finished is not None) for lesson, position, seen, finished in rows}


def last_answers(person: Person, lesson: int) -> dict[str, SelfCheckAnswer]:
    """Return the last answer to each self-check of a lesson, by block."""
    return {answer.block: answer for answer in SelfCheckAnswer.objects.filter(person=person, lesson=lesson).order_by("pk")}
