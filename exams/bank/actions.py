"""Writing questions: every wording is a new version, and a draft until it was reviewed and put live (`exams.bank.steps`)."""

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
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
        options=wording.options_stored, answer=wording.answer_stored, extra=dict(wording.extra),
        explanation=wording.explanation, cites=list(wording.cites),
        digest=digest(wording), from_library=from_library, made_by=by, made_at=at,
    )  # fmt: skip


@transaction.atomic
def create_question(topic: TopicPage, wording: Wording, *, by: Person, at: datetime) -> Question:
    """Put a new question into a topic with its first version, a draft. Raises Unsound."""
    question = Question.objects.create(key=f"{topic.key}/t{secrets.token_hex(4)}", topic=topic)
    version = version_of(question, 1, wording, by=by, at=at)
    version.save(force_insert=True)
    question.draft = version
    question.save(update_fields=["draft"])
    record(Verb.QUESTION_SAVED, question, by=by, at=at, detail={"key": question.key, "version": 1, "digest": version.digest})
    return question


@transaction.atomic
def save_version(
    question: Question, wording: Wording, *, by: Person, at: datetime, topic: TopicPage | None = None, edited: int | None = None
) -> QuestionVersion:
    """Give a question a new draft (and a new topic, if given); returns its newest version. What is in use stays in use.

    A wording that changes nothing makes no version, and no audit line unless the question moved. ``edited`` is the number of the version
    the author had before them. Raises Unsound, and ChangedMeanwhile when that is no longer the newest one.
    """
    locked = Question.objects.select_for_update(of=("self",)).select_related("current", "draft").get(pk=question.pk)
    newest = locked.newest
    if edited is not None and edited != newest.number:
        raise ChangedMeanwhile(
            _("Someone saved version %(number)d while you were writing. Compare it with yours, then save again.") % {"number": newest.number}
        )
    moved = topic is not None and topic.pk != locked.topic_id
    same = newest.digest == digest(wording)
    if same and not moved:
        return newest
    if not same:
        last = locked.versions.aggregate(last=Max("number"))["last"]  # a dropped draft keeps its number
        newest = version_of(locked, last + 1, wording, by=by, at=at)
        newest.save(force_insert=True)
        locked.draft = newest
    if topic is not None:
        locked.topic = topic
    locked.save(update_fields=["draft", "topic"])
    question.draft, question.topic = locked.draft, locked.topic
    detail = {"key": locked.key, "version": newest.number, "digest": newest.digest, "topic": locked.topic_id}
    record(Verb.QUESTION_SAVED, locked, by=by, at=at, detail=detail)
    return newest


def restore_version(version: QuestionVersion, *, by: Person, at: datetime, edited: int | None = None) -> QuestionVersion:
    """Make the wording of an earlier version a new draft; returns the newest version, which is the old one where nothing differs.

    Raises ChangedMeanwhile as `save_version` does.
    """
    return save_version(version.question, version.wording, by=by, at=at, edited=edited)
