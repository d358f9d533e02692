"""The curriculum as a table of contents: tiers, topics and lessons in the order of the tree, without the lessons' text. Four queries."""

from dataclasses import dataclass

from django.utils.translation import get_language

from content.curricula.models import TierPage, TopicPage
from content.lessons.models import LessonPage
from lms.people.states import Tier

STEP = 4  # characters by which the path of a page is longer than that of its parent


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonOutline:
    """One lesson. ``number`` counts from 1 within the topic; ``minutes`` of reading."""

    pk: int
    number: int
    title: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicOutline:
    pk: int
    key: str
    tier: str
    title: str
    short: str
    summary: str
    lessons: tuple[LessonOutline, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TierOutline:
    tier: str
    topics: tuple[TopicOutline, ...]

    @property
    def tier_label(self) -> str:
        return str(Tier(self.tier).label)


def outline() -> list[TierOutline]:
    """Return every tier with its published topics and lessons, titles in the reader's language."""
    english = get_language() == "en"
    lessons: dict[str, list[LessonOutline]] = {}
    for path, pk, title, title_en, minutes in LessonPage.objects.live().order_by("path").values_list("path", "pk", "title", "title_en", "minutes"):
        mine = lessons.setdefault(path[:-STEP], [])
        mine.append(LessonOutline(pk=pk, number=len(mine) + 1, title=title_en if english and title_en else title, minutes=minutes))
    tiers = list(TierPage.objects.live().order_by("path").values_list("path", "tier"))
    topics: dict[str, list[TopicOutline]] = {path: [] for path, _ in tiers}
    by_path = dict(tiers)
    for topic in TopicPage.objects.live().order_by("path"):
        parent = topic.path[:-STEP]
        if parent in topics:
            topics[parent].append(
                TopicOutline(
                    pk=topic.pk, key=topic.key, tier=by_path[parent], title=topic.shown_title, short=topic.shown_short,
                    summary=topic.shown_summary, lessons=tuple(lessons.get(topic.path, ())),
                )
            )  # fmt: skip
    return [TierOutline(tier=tier, topics=tuple(topics[path])) for path, tier in tiers]
