"""What we can say about blueprints."""

from django.db import models
from django.db.models import Q

from content.models import TierPage
from exams.bank.models import Question
from exams.papers.models import Blueprint


def drawing_from(question: Question) -> models.QuerySet[Blueprint]:
    """Blueprints with a row that the question's current version fits."""
    if question.current is None or question.retired_at is not None:
        return Blueprint.objects.none()
    tier = TierPage.objects.ancestor_of(question.topic).values_list("tier", flat=True).first() or ""
    fitting = Q(rows__topic=question.topic_id) | Q(rows__topic=None, rows__tier__in=["", tier])
    level = Q(rows__difficulty=None) | Q(rows__difficulty=question.current.difficulty)
    return Blueprint.objects.filter(fitting & level, rows__kind=question.current.kind).distinct()
