"""The shipped library's questions come into the bank, as often as one likes, and never over a trainer's words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from content.library.sources import QuestionSource, TopicSource, read_library
from content.models import TopicPage
from exams.bank.actions import version_of
from exams.bank.kinds.true_false.rule import FALSE, TRUE, true_false_options
from exams.bank.models import Question, QuestionVersion
from exams.bank.wording import Wording, digest, options_named, without_repeats
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person


@dataclass(slots=True, kw_only=True)
class Loaded:
    """What loading did: keys of questions by outcome. ``kept`` are those a trainer has changed or is changing; ``homeless`` those
    whose topic is not there."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    homeless: list[str] = field(default_factory=list)


def wording_of(source: QuestionSource, known: dict[str, str] | None = None) -> Wording:
    """Turn a library question into a wording. ``known`` are the option ids and texts of its earlier versions, so that ids keep their text."""
    cites = without_repeats(source.cites)
    common: dict[str, Any] = {"kind": source.kind, "dimension": source.dimension, "difficulty": source.difficulty, "stem": source.stem}
    if source.kind == "fill_in":
        accepted = source.answer if isinstance(source.answer, tuple) else ()
        return Wording(**common, blanks=tuple(without_repeats(texts) for texts in accepted), explanation=source.explanation, cites=cites)
    if source.kind == "true_false":
        chosen = (TRUE,) if source.answer is True else (FALSE,)
        return Wording(**common, options=true_false_options(), chosen=chosen, explanation=source.explanation, cites=cites)
    options = options_named(source.options, known or {})
    right = tuple(option.id for letter, option in zip("ABCDEFGH", options, strict=False) if letter in str(source.answer))
    return Wording(**common, options=options, chosen=right, explanation=source.explanation, cites=cites)


@transaction.atomic
def load_questions(*, at: datetime, by: Person | None = None, topics: Iterable[TopicSource] | None = None) -> Loaded:
    """Bring the bank in step with the library: new questions are added, changed ones get a new version, a trainer's version stays.

    A question is named ``<topic key>/<id>``. Self-check questions stay out: an exam never asks what a lesson has answered. Questions that left
    the library stay in the bank. About a dozen statements for any number of questions; one audit line, none when nothing was to do.
    """
    done = Loaded()
    sources = {
        f"{topic.key}/{source.id}": (topic.key, source)
        for topic in (read_library() if topics is None else topics)
        for source in topic.questions
        if not source.self_check
    }
    pages = dict(TopicPage.objects.values_list("key", "pk"))
    present = {q.key: q for q in Question.objects.select_related("current").filter(key__in=sources).annotate(last=Max("versions__number"))}
    known = _texts_by_question(present)
    fresh: list[QuestionVersion] = []
    for key, (topic_key, source) in sources.items():
        question = present.get(key)
        if question is None and topic_key not in pages:
            done.homeless.append(key)
        elif question is None or question.current is None:
            made = question or Question(key=key, topic_id=pages[topic_key])
            fresh.append(version_of(made, 1, wording_of(source), by=by, at=at, from_library=True))
            done.created.append(key)
        elif question.draft_id is not None or not question.current.from_library:
            done.kept.append(key)
        else:
            wording = wording_of(source, known.get(question.pk))
            if digest(wording) == question.current.digest:
                done.unchanged.append(key)
            else:
                fresh.append(version_of(question, question.last + 1, wording, by=by, at=at, from_library=True))
                done.updated.append(key)
    _write(fresh)
    if fresh:
        record(Verb.LIBRARY_LOADED, "library:questions", by=by, at=at, detail={"created": len(done.created), "updated": done.updated})
    return done


def _texts_by_question(present: Mapping[str, Question]) -> dict[int, dict[str, str]]:
    """Every option id and text a question ever had."""
    known: dict[int, dict[str, str]] = {}
    rows = QuestionVersion.objects.filter(question__in=present.values()).order_by("question_id", "number")
    for question, options in rows.values_list("question_id", "options"):
        known.setdefault(question, {}).update({option["id"]: option["text"] for option in options})
    return known


def _write(fresh: list[QuestionVersion]) -> None:
    """Insert questions that are not there yet, then all versions, then point each question at its newest."""
    questions = [version.question for version in fresh]
    Question.objects.bulk_create([question for question in questions if question.pk is None])
    for version, question in zip(fresh, questions, strict=True):
        version.question = question  # takes over the key that the insert gave
    QuestionVersion.objects.bulk_create(fresh)
    for version, question in zip(fresh, questions, strict=True):
        question.current = version
    Question.objects.bulk_update(questions, ["current"], batch_size=200)
