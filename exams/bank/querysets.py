"""What we can say about questions."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from content.models import TierPage

if TYPE_CHECKING:
    from exams.bank.models import Question  # noqa: F401


class QuestionQuerySet(models.QuerySet["Question"]):
    def live(self) -> "QuestionQuerySet":
        """Questions that may be drawn: put live once and not retired."""
        return self.filter(retired_at=None, current__isnull=False)

    def drawable(self, pool: str) -> "QuestionQuerySet":
        """Live questions of one pool (`exams.bank.states.Pool`): all that a paper for it may hold, by their current wording."""
        return self.live().filter(pool=pool)

    def retired(self) -> "QuestionQuerySet":
        return self.filter(retired_at__isnull=False)

    def worded(self) -> "QuestionQuerySet":
        """Questions that were ever live, with topic and current version at hand, without a query for each row."""
        return self.filter(current__isnull=False).select_related("current", "topic")

    def listed(self) -> "QuestionQuerySet":
        """Drafts too, with topic and both wordings at hand and tags fetched once."""
        return self.select_related("current", "draft", "topic").prefetch_related("tags")

    def saying(self, text: str) -> "QuestionQuerySet":
        """Questions whose stem or explanation, in use or drafted, contains ``text``, or whose name begins with it; any substring of Chinese."""
        found = Q(key__istartswith=text)
        for version in ("current", "draft"):
            found |= Q(**{f"{version}__stem__icontains": text}) | Q(**{f"{version}__explanation__icontains": text})
        return self.filter(found)

    def with_newest(self, **values: Any) -> "QuestionQuerySet":
        """Questions whose newest wording (the draft, else the current one) has these values."""
        drafted = Q(**{f"draft__{name}": value for name, value in values.items()})
        standing = Q(draft=None, **{f"current__{name}": value for name, value in values.items()})
        return self.filter(drafted | standing)

    def of_tier(self, tier: str) -> "QuestionQuerySet":
        """Questions of the topics that stand under a training tier."""
        condition = Q(pk__in=[])
        for path in TierPage.objects.filter(tier=tier).values_list("path", flat=True):
            condition |= Q(topic__path__startswith=path)
        return self.filter(condition)

    def tagged(self, name: str) -> "QuestionQuerySet":
        return self.filter(tags__name=name)
