"""What we can say about questions."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from content.models import TierPage, TopicPage

if TYPE_CHECKING:
    from exams.bank.models import Question


def topic_tiers() -> dict[int, str]:
    """Return the training tier of each topic by the topic's id, as the page tree stands now (two queries)."""
    tiers = list(TierPage.objects.values_list("path", "tier"))
    topics = TopicPage.objects.values_list("pk", "path")
    return {pk: next((tier for above, tier in tiers if path.startswith(above)), "") for pk, path in topics}


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

    def pool(self) -> list[dict[str, Any]]:
        """Everything that can be drawn, as plain rows: version, question, topic, tier, kind, difficulty, dimension (three queries)."""
        tiers = topic_tiers()
        rows = self.live().order_by("current_id").values_list(
            "current_id", "pk", "topic_id", "current__kind", "current__difficulty", "current__dimension"
        )  # fmt: skip
        return [
            {
                "version": version, "question": question, "topic": topic, "tier": tiers.get(topic, ""),
                "kind": kind, "difficulty": difficulty, "dimension": dimension,
            }
            for version, question, topic, kind, difficulty, dimension in rows
        ]  # fmt: skip
