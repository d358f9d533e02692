"""What we can say about blueprints and papers."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from content.models import TierPage
from exams.bank.models import Question
from exams.papers.models import Blueprint, PaperItem, PaperSet


def drawing_from(question: Question) -> models.QuerySet[Blueprint]:
    """Blueprints with a row that the question's current version fits. What a row asks of its use (rested, seldom shown) is left aside."""
    if question.current is None or question.retired_at is not None:
        return Blueprint.objects.none()
    tier = TierPage.objects.ancestor_of(question.topic).values_list("tier", flat=True).first() or ""
    fitting = Q(rows__topic=question.topic_id) | Q(rows__topic=None, rows__tier__in=["", tier])
    level = Q(rows__difficulty=None) | Q(rows__difficulty=question.current.difficulty)
    tagged = Q(rows__tag="") | Q(rows__tag__in=question.tags.values("name"))
    return Blueprint.objects.filter(fitting & level & tagged, rows__kind=question.current.kind, pool=question.pool).distinct()


def using(paper_set: PaperSet) -> models.QuerySet[models.Model]:
    """The sittings that use a set and were not cancelled: while there is one, the set is locked."""
    return paper_set.sittings.filter(cancelled_at=None)


def items_of(paper_set: PaperSet) -> models.QuerySet[PaperItem]:
    """All questions of a set, in the order of its forms and rows, with what screens say of them."""
    rows = PaperItem.objects.filter(form__paper_set=paper_set).select_related("form", "row__topic", "version", "question__topic", "question__current")
    return rows.order_by("form__letter", "row__order", "row", "order", "pk")


def sets_holding(question: Question) -> models.QuerySet[PaperSet]:
    """The papers in which a question stands, in whatever wording."""
    return PaperSet.objects.filter(forms__items__question=question).distinct()


def letters_of(items: Iterable[PaperItem]) -> dict[int, str]:
    """By question, the letters of the forms that hold it: "AB" for a common one."""
    found: dict[int, str] = {}
    for item in items:
        found[item.question_id] = found.get(item.question_id, "") + item.form.letter
    return found
