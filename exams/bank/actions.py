"""What may happen to questions."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from content.models import TopicPage
from exams.bank.models import Question, QuestionVersion
from exams.bank.wording import Wording, digest, faults
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person


class Unsound(ValidationError):
    """A wording with faults; the forms show each in words before it comes this far."""


class ChangedMeanwhile(ValidationError):
    """Someone else saved a newer version than the one that was being edited."""


def version_of(question: Question, number: int, wording: Wording, *, by: Person | None, at: datetime, from_library: bool = False) -> QuestionVersion:
    """Return an unsaved version that says ``wording``. Raises Unsound."""
    wrong = faults(wording)
    if wrong:
        raise Unsound([f"{fault.field}: {fault.code}" for fault in wrong])
    return QuestionVersion(
        question=question, number=number, kind=wording.kind, dimension=wording.dimension, difficulty=wording.difficulty, stem=wording.stem,
        options=wording.options_stored, answer=wording.answer_stored, explanation=wording.explanation, cites=list(wording.cites),
        digest=digest(wording), from_library=from_library, made_by=by, made_at=at,
    )  # fmt: skip


@transaction.atomic
def create_question(topic: TopicPage, wording: Wording, *, by: Person, at: datetime) -> Question:
    """Put a new question into a topic with its first version. Raises Unsound."""
    question = Question.objects.create(key=f"{topic.key}/t{secrets.token_hex(4)}", topic=topic)
    version = version_of(question, 1, wording, by=by, at=at)
    version.save(force_insert=True)
    question.current = version
    question.save(update_fields=["current"])
    record(Verb.QUESTION_SAVED, question, by=by, at=at, detail={"key": question.key, "version": 1, "digest": version.digest})
    return question


@transaction.atomic
def save_version(
    question: Question, wording: Wording, *, by: Person, at: datetime, topic: TopicPage | None = None, edited: int | None = None
) -> QuestionVersion:
    """Give a question a new wording (and a new topic, if given); returns the version that is current afterwards.

    A wording that changes nothing makes no version, and no audit line unless the question moved. ``edited`` is the number of the version
    the author had before them. Raises Unsound, and ChangedMeanwhile when that is no longer the current one.
    """
    locked = Question.objects.select_for_update(of=("self",)).select_related("current").get(pk=question.pk)
    current = locked.current
    number = current.number if current else 0
    if edited is not None and edited != number:
        raise ChangedMeanwhile(
            _("Someone saved version %(number)d while you were writing. Compare it with yours, then save again.") % {"number": number}
        )
    moved = topic is not None and topic.pk != locked.topic_id
    same = current is not None and current.digest == digest(wording)
    if current is not None and same and not moved:
        return current
    version = current
    if not same or version is None:
        version = version_of(locked, number + 1, wording, by=by, at=at)
        version.save(force_insert=True)
    locked.current = version
    if topic is not None:
        locked.topic = topic
    locked.save(update_fields=["current", "topic"])
    question.current, question.topic = version, locked.topic
    detail = {"key": locked.key, "version": version.number, "digest": version.digest, "topic": locked.topic_id}
    record(Verb.QUESTION_SAVED, locked, by=by, at=at, detail=detail)
    return version


@transaction.atomic
def retire(questions: Sequence[Question], *, by: Person, at: datetime) -> int:
    """Take questions out of drawing; papers already drawn keep them. Returns how many were live; none leaves no audit line."""
    keys = _live_or_retired(questions, retired=False)
    if keys:
        Question.objects.filter(pk__in=keys).update(retired_at=at)
        record(Verb.QUESTION_RETIRED, _subject(keys), by=by, at=at, detail={"questions": list(keys.values())})
    return len(keys)


@transaction.atomic
def restore(questions: Sequence[Question], *, by: Person, at: datetime) -> int:
    """Let retired questions be drawn again. Returns how many were retired; none leaves no audit line."""
    keys = _live_or_retired(questions, retired=True)
    if keys:
        Question.objects.filter(pk__in=keys).update(retired_at=None)
        record(Verb.QUESTION_RESTORED, _subject(keys), by=by, at=at, detail={"questions": list(keys.values())})
    return len(keys)


def _live_or_retired(questions: Sequence[Question], *, retired: bool) -> dict[int, str]:
    rows = Question.objects.select_for_update().filter(pk__in=[q.pk for q in questions], retired_at__isnull=not retired)
    return dict(rows.values_list("pk", "key"))


def _subject(keys: dict[int, str]) -> str:
    return f"question:{next(iter(keys))}" if len(keys) == 1 else "question:several"
