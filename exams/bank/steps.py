"""What may happen to questions on their way: review, use, retirement, tags, pools. Each takes many, does what may be done, and says what not."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from exams.bank.ledger import QuestionTag, VersionStep
from exams.bank.models import Question, QuestionVersion
from exams.bank.standing import cases
from exams.bank.states import Pool
from exams.bank.workflow import APPROVE, DROP, PUBLISH, RECALL, RESTORE, RETIRE, RETURN, SUBMIT, TAKE_BACK, WITHDRAW, Case, Outcome, why_not
from lms.audit.actions import record
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.people.models import Person

VERBS = {
    SUBMIT: Verb.QUESTION_SUBMITTED, WITHDRAW: Verb.QUESTION_WITHDRAWN, APPROVE: Verb.QUESTION_APPROVED, RETURN: Verb.QUESTION_RETURNED,
    TAKE_BACK: Verb.QUESTION_APPROVAL_TAKEN_BACK, PUBLISH: Verb.QUESTION_PUT_LIVE, RECALL: Verb.QUESTION_RECALLED,
    DROP: Verb.QUESTION_DRAFT_DROPPED, RETIRE: Verb.QUESTION_RETIRED, RESTORE: Verb.QUESTION_RESTORED,
}  # fmt: skip


class NoteMissing(ValueError):
    """A draft is returned with a reason, or not at all."""


@transaction.atomic
def take(step: str, questions: Sequence[Question], *, by: Person, at: datetime, note: str = "", version: int | None = None) -> Outcome:
    """Take one step (`exams.bank.workflow`) with each of these questions that allows it to this person; says which, and why not the others.

    Side effects in order: questions locked in the order of their keys, one row for each version stepped, wordings and retirements changed, one audit
    line for all (none when nothing was done). ``version`` is the draft the reviewer had before them: another by now is passed over as "changed".
    Constant statements but for questions put live, recalled or dropped. Raises NoteMissing.
    """
    note = note.strip()
    if step == RETURN and not note:
        raise NoteMissing
    outcome, chosen = Outcome(), []
    found = cases((question.pk for question in questions), lock=True)
    for question, case in found.values():
        reason = why_not(step, case, by.pk)
        if not reason and version is not None and version != question.draft_id:
            reason = "changed"
        if reason:
            outcome.skipped[reason] += 1
        else:
            chosen.append((question, case))
    if not chosen:
        return outcome
    outcome.done = [question.pk for question, _ in chosen]
    if step in {RETIRE, RESTORE}:
        Question.objects.filter(pk__in=outcome.done).update(retired_at=at if step == RETIRE else None)
    else:
        _move(step, chosen, by=by, at=at, note=note)
    detail: dict[str, object] = {"questions": [question.key for question, _ in chosen]}
    if step not in {RETIRE, RESTORE}:
        detail["versions"] = [(question.current_id if step == PUBLISH else question.draft_id) for question, _ in chosen]
    record(VERBS[step], _subject(outcome.done), by=by, at=at, detail=detail)
    return outcome


def _move(step: str, chosen: list[tuple[Question, Case]], *, by: Person, at: datetime, note: str) -> None:
    """Add the rows of a step and change what it changes about each question."""
    versions = [question.current if step == RECALL else question.draft for question, _ in chosen]
    numbers: dict[int, int] = {}
    replaced: dict[int, VersionStep] = {}
    for row in VersionStep.objects.filter(version__in=versions).order_by("number"):
        numbers[row.version_id] = row.number
        if row.step == PUBLISH:
            replaced[row.version_id] = row
    rows = []
    for (question, _), version in zip(chosen, versions, strict=True):
        assert version is not None, "why_not passes over questions without one"
        row = VersionStep(version=version, number=numbers.get(version.pk, 0) + 1, step=step, note=note, author_id=version.made_by_id, by=by, at=at)
        if step == PUBLISH:
            row.replaced, row.was_retired_at = question.current, question.retired_at
            question.current, question.draft, question.retired_at = version, None, None
        elif step == RECALL:
            put = replaced[version.pk]
            question.current, question.draft, question.retired_at = put.replaced, version, put.was_retired_at
        rows.append(row)
    VersionStep.objects.bulk_create(rows)
    if step in {PUBLISH, RECALL}:
        for question, _ in chosen:  # one by one: each names its own versions
            question.save(update_fields=["current", "draft", "retired_at"])
    elif step == DROP:
        Question.objects.filter(pk__in=[question.pk for question, _ in chosen]).update(draft=None)


@transaction.atomic
def tag(questions: Sequence[Question], names: Sequence[str], *, by: Person, at: datetime) -> Outcome:
    """Put tags (as `tagging.tags_of` gives them) on questions; those that have them all are passed over as "tagged_already"."""
    keys = list(Question.objects.select_for_update().filter(pk__in=[q.pk for q in questions]).order_by("pk").values_list("pk", flat=True))
    has = set(QuestionTag.objects.filter(question__in=keys, name__in=names).values_list("question_id", "name"))
    fresh = [QuestionTag(question_id=key, name=name) for key in keys for name in names if (key, name) not in has]
    QuestionTag.objects.bulk_create(fresh)
    return _tagged(Verb.QUESTION_TAGGED, keys, {row.question_id for row in fresh}, names, "tagged_already", by=by, at=at)


@transaction.atomic
def untag(questions: Sequence[Question], names: Sequence[str], *, by: Person, at: datetime) -> Outcome:
    """Take tags off questions; those without any of them are passed over as "not_tagged"."""
    keys = list(Question.objects.select_for_update().filter(pk__in=[q.pk for q in questions]).order_by("pk").values_list("pk", flat=True))
    rows = QuestionTag.objects.filter(question__in=keys, name__in=names)
    had = set(rows.values_list("question_id", flat=True))
    rows.delete()
    return _tagged(Verb.QUESTION_UNTAGGED, keys, had, names, "not_tagged", by=by, at=at)


def _tagged(verb: Verb, keys: list[int], changed: set[int], names: Sequence[str], why: str, *, by: Person, at: datetime) -> Outcome:
    outcome = Outcome(done=[key for key in keys if key in changed])
    if len(keys) > len(changed):
        outcome.skipped[why] = len(keys) - len(changed)
    if changed:
        record(verb, _subject(outcome.done), by=by, at=at, detail={"tags": list(names), "questions": outcome.done})
    return outcome


@transaction.atomic
def change_pool(questions: Sequence[Question], pool: str, *, by: Person, at: datetime) -> Outcome:
    """Move questions into a pool; papers already drawn keep them. Those that are there are passed over as "in_that_pool". Raises ValueError."""
    found = Question.objects.select_for_update().filter(pk__in=[q.pk for q in questions]).order_by("pk")
    rows = dict(found.values_list("pk", "pool"))
    outcome = Outcome(done=[key for key, was in rows.items() if was != Pool(pool)])
    if len(rows) > len(outcome.done):
        outcome.skipped["in_that_pool"] = len(rows) - len(outcome.done)
    if outcome.done:
        Question.objects.filter(pk__in=outcome.done).update(pool=pool)
        record(Verb.QUESTION_POOL_CHANGED, _subject(outcome.done), by=by, at=at, detail={"pool": str(pool), "questions": outcome.done})
    return outcome


@transaction.atomic
def note_look(question: Question, *, by: Person, at: datetime, since: datetime) -> bool:
    """Note in the trail that someone looked at a sealed question, unless a line since ``since`` (the day's start) says so already.

    Returns whether it was noted.
    """
    if question.pool != Pool.SEALED:
        return False
    seen = AuditRow.objects.filter(subject=f"question:{question.pk}", verb=Verb.QUESTION_SEEN, actor=by, at__gte=since)
    if seen.exists():
        return False
    Question.objects.select_for_update().filter(pk=question.pk).values_list("pk").first()  # of two looks at once one waits here, then finds the line
    if seen.exists():
        return False
    record(Verb.QUESTION_SEEN, question, by=by, at=at)
    return True


def _subject(keys: list[int]) -> str:
    return f"question:{keys[0]}" if len(keys) == 1 else "question:several"


def steps_of(question: Question) -> dict[int, list[VersionStep]]:
    """All steps of a question's versions, by version, in order (one statement)."""
    found: dict[int, list[VersionStep]] = {}
    versions = QuestionVersion.objects.filter(question=question)
    for row in VersionStep.objects.filter(version__in=versions).select_related("by").order_by("version", "number"):
        found.setdefault(row.version_id, []).append(row)
    return found
