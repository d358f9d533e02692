"""What we can say about questions."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from content.models import TierPage

if TYPE_CHECKING:
    from exams.bank.models import Question  # noqa: F401


class QuestionQuerySet(models.QuerySet["Question"]):
    def live(self) -> "QuestionQuerySet":
        """Questions that may be drawn: worded and not retired."""
        return self.filter(retired_at=None, current__isnull=False)

    def retired(self) -> "QuestionQuerySet":
        return self.filter(retired_at__isnull=False)

    def worded(self) -> "QuestionQuerySet":
        """With topic and current version at hand, without a query for each row."""
        return self.filter(current__isnull=False).select_related("current", "topic")

    def saying(self, text: str) -> "QuestionQuerySet":
        """Questions whose stem or explanation contains ``text``, or whose name begins with it. Works on any substring of Chinese."""
        return self.filter(Q(current__stem__icontains=text) | Q(current__explanation__icontains=text) | Q(key__istartswith=text))

    def of_tier(self, tier: str) -> "QuestionQuerySet":
        """Questions of the topics that stand under a training tier."""
        condition = Q(pk__in=[])
        for path in TierPage.objects.filter(tier=tier).values_list("path", flat=True):
            condition |= Q(topic__path__startswith=path)
        return self.filter(condition)
