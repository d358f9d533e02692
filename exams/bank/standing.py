"""Where questions stand: the state of their drafts, computed from steps, and how often they were shown."""

from collections.abc import Iterable

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from exams.bank.ledger import Exposure, QuestionTag, VersionStep
from exams.bank.models import Question, QuestionVersion
from exams.bank.querysets import QuestionQuerySet
from exams.bank.states import State
from exams.bank.workflow import APPROVE, DRAFT, LEADS_TO, REVIEWED, WAITING, Case
from lms.people.models import Person

REACHED = {state: Q(last_step__in=[step for step, to in LEADS_TO.items() if to == state]) for state in (DRAFT, WAITING, REVIEWED)}
REACHED[DRAFT] |= Q(last_step=None)


def with_steps(rows: QuestionQuerySet) -> QuestionQuerySet:
    """Adds ``last_step`` of the draft, who gave its last approval (``approved_by``) and ``put_live``: the last step of the current wording."""
    steps, current = (VersionStep.objects.filter(version=OuterRef(name)).order_by("-number") for name in ("draft", "current"))
    return rows.annotate(
        last_step=Subquery(steps.values("step")[:1]), approved_by=Subquery(steps.filter(step=APPROVE).values("by")[:1]),
        put_live=Subquery(current.values("step")[:1]),
    )  # fmt: skip


def drafted(rows: QuestionQuerySet, state: str) -> QuestionQuerySet:
    """Questions with a draft in this state: draft, waiting or reviewed. Retired ones too."""
    return with_steps(rows).filter(REACHED[state], draft__isnull=False)


def for_review_by(rows: QuestionQuerySet, person: Person) -> QuestionQuerySet:
    """Questions whose draft waits and that this person had no hand in."""
    return drafted(rows, WAITING).exclude(Exists(_since_current().filter(question=OuterRef("pk"), made_by=person)))


def _since_current() -> QuerySet[QuestionVersion]:
    """The versions written since their question's current one: the work of the draft's authors."""
    return QuestionVersion.objects.annotate(since=Coalesce("question__current__number", 0)).filter(number__gt=F("since"))


def with_exposure(rows: QuestionQuerySet) -> QuestionQuerySet:
    """Adds ``shown`` (attempts that had any of its versions; None for never counted) and ``last_shown`` (the day of the last)."""
    counted = Exposure.objects.filter(version__question=OuterRef("pk")).order_by().values("version__question")
    total, last = counted.annotate(sum=Sum("times")).values("sum"), counted.annotate(day=Max("last_on")).values("day")
    return rows.annotate(shown=Subquery(total), last_shown=Subquery(last))


def draft_state(question: Question) -> str:
    """The state of a question's draft, '' without one; needs a row of `with_steps`."""
    if question.draft_id is None:
        return ""
    return LEADS_TO[question.last_step] if question.last_step else DRAFT  # type: ignore[attr-defined]


def state_of(question: Question) -> State:
    """One word for where a question stands; needs a row of `with_steps`."""
    if question.retired_at is not None:
        return State.RETIRED
    return State(draft_state(question)) if question.draft_id else State.LIVE


def cases(keys: Iterable[int], *, lock: bool = False) -> dict[int, tuple[Question, Case]]:
    """These questions with what decides on their steps, locked in one order if asked for. Two statements for any number (three with locks)."""
    found = Question.objects.filter(pk__in=list(keys))
    if lock:
        list(found.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    rows = list(with_steps(found.select_related("current", "draft", "topic")).order_by("pk"))
    authors: dict[int, set[int]] = {}
    for question, person in _since_current().filter(question__in=rows).exclude(made_by=None).values_list("question_id", "made_by_id"):
        authors.setdefault(question, set()).add(person)
    return {row.pk: (row, _case(row, authors.get(row.pk, set()))) for row in rows}


def _case(row: Question, authors: set[int]) -> Case:
    return Case(
        draft=draft_state(row), in_force=row.current_id is not None, retired=row.retired_at is not None, authors=frozenset(authors),
        approved_by=row.approved_by, last=row.put_live or "",  # type: ignore[attr-defined]
    )  # fmt: skip


def tag_names() -> list[str]:
    """Every tag in use, in order."""
    return list(QuestionTag.objects.order_by("name").values_list("name", flat=True).distinct())
