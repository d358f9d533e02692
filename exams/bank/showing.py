"""What the page of one question and its review show."""

from datetime import date
from typing import Any

from django.db.models import Count, Max, Sum

from exams.bank.ledger import Exposure, VersionStep
from exams.bank.models import Question, QuestionVersion
from exams.bank.rendering import changes, history, shown
from exams.bank.standing import cases, state_of, tag_names
from exams.bank.states import Pool
from exams.bank.steps import steps_of
from exams.bank.wording import ALIKE, likeness
from exams.bank.workflow import APPROVE, DROP, PUBLISH, RECALL, RESTORE, RETIRE, SUBMIT, TAKE_BACK, WITHDRAW, why_not
from lms.people.models import Person
from lms.people.scope import reach, within
from lms.people.states import Act

ON_PAGE = (SUBMIT, WITHDRAW, PUBLISH, TAKE_BACK, RECALL, DROP, RESTORE, RETIRE)
SIDE_BY_SIDE = 3  # near-duplicates laid beside a draft under review
SITTINGS = 10  # sittings named on the page, the last first


def alike(stem: str, topic: int, pk: int | None) -> list[dict[str, Any]]:
    """Questions of the topic, in use or drafted, that say nearly the same, most alike first (one query)."""
    rows = Question.objects.filter(retired_at=None, topic=topic).exclude(pk=pk or 0).values_list("pk", "current__stem", "draft__stem")
    scored = sorted((max((likeness(stem, other), other) for other in stems if other) + (key,) for key, *stems in rows), reverse=True)
    return [{"pk": key, "stem": other, "percent": round(score * 100)} for score, other, key in scored[:5] if score >= ALIKE]


def page_of(question: Question, person: Person, day: date) -> dict[str, Any]:
    """Everything the page of a question shows: a dozen statements, however many versions, steps and sittings there are."""
    ((standing, case),) = cases([question.pk]).values()
    steps, newest = steps_of(question), question.newest
    versions = [row | {"steps": steps.get(row["version"].pk, []), "mark": mark(question, row["version"], steps)} for row in history(question)]
    return {
        "question": question, "shown": shown(newest.wording), "history": versions, "newest": newest, "state": state_of(standing), "case": case,
        "current": question.current if question.draft_id else None, "steps": {step for step in ON_PAGE if not why_not(step, case, person.pk)},
        "may_review": not why_not(APPROVE, case, person.pk), "own_work": person.pk in case.authors,
        "alike": alike(newest.stem, question.topic_id, question.pk), "tags": tag_names(), "pools": Pool.choices,
    } | use_of(question, person, day)  # fmt: skip


def mark(question: Question, version: QuestionVersion, steps: dict[int, list[VersionStep]]) -> str:
    """What a version is today, as one word for the template: in_use, a state of a draft, reviewed_with_edition, past."""
    if version.pk == question.draft_id:
        return "draft"
    if version.pk == question.current_id:
        return "in_use" if steps.get(version.pk) else "edition" if version.from_library else "before_reviews"
    return "past"


def use_of(question: Question, person: Person, day: date) -> dict[str, Any]:
    """How often it was shown and last when, in which sittings; those of units the person holds sittings for by name, the others as a number."""
    rows = Exposure.objects.filter(version__question=question).order_by()
    known = within(reach(person, Act.MANAGE_SITTINGS, day), "sitting__unit__path")
    named = rows.filter(known).values("sitting", "sitting__title").annotate(times=Sum("times"), last=Max("last_on")).order_by("-last", "-sitting")
    first = list(named[:SITTINGS])
    total = rows.aggregate(times=Sum("times"), last=Max("last_on"), sittings=Count("sitting", distinct=True))
    return {
        "times": total["times"] or 0, "last_shown": total["last"], "sittings": first, "more_sittings": total["sittings"] - len(first),
    }  # fmt: skip


def review_of(question: Question, person: Person) -> dict[str, Any]:
    """What a reviewer needs: the draft with its key, what it changes in the wording in use, what was said before, what says nearly the same."""
    assert question.draft is not None
    near = alike(question.draft.stem, question.topic_id, question.pk)[:SIDE_BY_SIDE]
    others = {found.pk: found for found in Question.objects.listed().filter(pk__in=[row["pk"] for row in near])}
    since = question.current.number if question.current else 0
    steps = VersionStep.objects.filter(version__question=question, version__number__gt=since).select_related("by").order_by("at", "pk")
    return {
        "question": question, "draft": question.draft, "shown": shown(question.draft.wording), "said": steps,
        "changes": changes(question.current.wording, question.draft.wording) if question.current else [],
        "beside": [row | {"question": others[row["pk"]], "shown": shown(others[row["pk"]].newest.wording)} for row in near],
    }  # fmt: skip
