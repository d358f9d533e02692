"""Opening, reading, answering and finishing a lesson.

Opening, positions and self-check answers leave no audit line: a bookmark is no record, and answers are kept whole in their own
append-only table. Finishing and the hours it earns are recorded.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from content.curricula.models import TierPage, TopicPage
from content.lessons.models import LessonPage
from courses.hours.actions import credit
from courses.hours.crediting import Scale, hours_for_minutes
from courses.hours.models import HoursKind
from courses.progress.checking import chosen_right, filled_right
from courses.progress.finishing import Obstacles, obstacles
from courses.progress.models import LessonProgress, SelfCheckAnswer
from courses.signals import lesson_finished
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person
from lms.people.states import Tier
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook
from lms.web.requests import numbers


class NotYet(Exception):
    """The lesson can't be finished yet; says everything that stands in the way."""

    def __init__(self, obstacles: Obstacles) -> None:
        super().__init__(obstacles)
        self.obstacles = obstacles


def self_checks(lesson: LessonPage) -> dict[str, object]:
    """Return the self-check values of a lesson by block id, in order."""
    return {block.id: block.value for block in lesson.body if block.block_type == "self_check"}


def open_lesson(lesson: LessonPage, *, by: Person, at: datetime) -> LessonProgress:
    """Remember that the person is in this lesson now; the clock of finishing starts at the first opening."""
    progress, new = _first(lesson, by, at)
    if not new:
        LessonProgress.objects.filter(pk=progress.pk).update(seen_at=at)
    return progress


def _first(lesson: LessonPage, person: Person, at: datetime) -> tuple[LessonProgress, bool]:
    try:
        return LessonProgress.objects.get_or_create(person=person, lesson=lesson, defaults={"opened_at": at, "seen_at": at})
    except IntegrityError:  # two tabs at once
        return LessonProgress.objects.get(person=person, lesson=lesson), False


def remember_position(lesson: LessonPage, position: int, *, by: Person, at: datetime) -> None:
    """Keep the block last in view, counted from 0; a position beyond the lesson is brought back to its end."""
    last = max(0, len(lesson.body) - 1)
    LessonProgress.objects.filter(person=by, lesson=lesson).update(position=max(0, min(position, last)), seen_at=at)


def answer_self_check(lesson: LessonPage, block: str, given: list[str], *, by: Person, at: datetime) -> SelfCheckAnswer:
    """Add an answer: option indexes as text for choices, one text a blank for fill-in. Raises ValidationError for a block that is not there."""
    value = self_checks(lesson).get(block)
    if value is None:
        raise ValidationError(_("This question is no longer part of the lesson."))
    if value["kind"] == "fill_in":  # type: ignore[index]
        right = filled_right(given, value["accepted"])  # type: ignore[index]
    else:
        right = chosen_right(numbers(given), [bool(o["correct"]) for o in value["options"]])  # type: ignore[index]
    return SelfCheckAnswer.objects.create(person=by, lesson=lesson, block=block, given=[g[:200] for g in given[:12]], right=right, at=at)


def right_checks(lesson: LessonPage, person: Person) -> set[str]:
    """Return the ids of the self-checks this person has answered right at least once."""
    return set(SelfCheckAnswer.objects.filter(person=person, lesson=lesson, right=True).values_list("block", flat=True))


def standing_in_the_way(progress: LessonProgress, lesson: LessonPage, book: PolicyBook, *, at: datetime) -> Obstacles:
    """Return what keeps this person from finishing now."""
    share = book(Key.LESSON_LEAST_SHARE, timezone.localdate(at)).value
    right = right_checks(lesson, progress.person)
    return obstacles(checks=self_checks(lesson), right=right, minutes=lesson.minutes, least_share=share, opened_at=progress.opened_at, at=at)


@transaction.atomic
def finish_lesson(lesson: LessonPage, *, by: Person, at: datetime) -> LessonProgress:
    """Mark a lesson as learnt and credit its hours, once.

    Side effects in order: the finishing time; the hours with their own audit line (`courses.hours.actions.credit`); the fact
    `lesson_finished` on commit; an audit line. A lesson finished before is left as it is. Raises NotYet with everything that is missing.
    """
    progress, _new = _first(lesson, by, at)
    progress = LessonProgress.objects.select_for_update().get(pk=progress.pk)
    if progress.finished_at is not None:
        return progress
    book, day = PolicyBook(), timezone.localdate(at)
    missing = standing_in_the_way(progress, lesson, book, at=at)
    if missing:
        raise NotYet(missing)
    progress.finished_at = progress.seen_at = at
    progress.save(update_fields=["finished_at", "seen_at"])
    figures = {"full": book(Key.MINUTES_FULL_HOUR, day), "half": book(Key.MINUTES_HALF_HOUR, day), "short": book(Key.HOURS_SHORT_LESSON, day)}
    earned = hours_for_minutes(lesson.minutes, Scale(**{name: figure.value for name, figure in figures.items()}))
    topic = TopicPage.objects.parent_of(lesson).get()
    tier = TierPage.objects.parent_of(topic).values_list("tier", flat=True).first() or ""
    credit(
        by, HoursKind.SELF_STUDY, earned.hours, earned_on=day, title=f"{topic.title} · {lesson.title}", evidence=f"lesson:{lesson.pk}",
        policy=figures[earned.decided_by].id, tier=tier, professional=tier == Tier.TECHNICAL, by=by, at=at,
    )  # fmt: skip
    transaction.on_commit(lambda: lesson_finished.send(LessonProgress, person_id=by.pk, lesson_id=lesson.pk))
    record(Verb.LESSON_FINISHED, f"lesson:{lesson.pk}", by=by, at=at, detail={"hours": str(earned.hours), "policy": figures[earned.decided_by].id})
    return progress
