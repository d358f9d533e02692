"""Curriculum, topics and lessons for tests: small, published, of one tier unless said otherwise."""

import json
from typing import Any

from content.curricula.models import CurriculumPage, TierPage, TopicPage
from content.lessons.models import LessonPage
from content.library.ground import ensure_root


def check_block(id: str = "c1", kind: str = "single") -> dict[str, Any]:
    """A self-check whose right answer is option 1, or 物理 where it is to be filled in."""
    options = [{"type": "item", "id": f"{id}{n}", "value": {"text": text, "correct": n == 1}} for n, text in enumerate(["错的", "对的", "也错"])]
    fill = kind == "fill_in"
    value = {
        "kind": kind,
        "stem": "哪一项对？",
        "options": [] if fill else options,
        "accepted": "物理\n物理隔离" if fill else "",
        "explanation": "因为。",
    }
    return {"type": "self_check", "id": id, "value": value}


def make_tier(tier: str = "civil-servants") -> TierPage:
    root = ensure_root()
    curriculum = CurriculumPage.objects.first() or root.add_child(instance=CurriculumPage(title="大纲", slug="dagang"))
    curriculum.refresh_from_db()
    return TierPage.objects.filter(tier=tier).first() or curriculum.add_child(instance=TierPage(title=tier, slug=tier, tier=tier))


def make_topic(key: str = "civil-servants-01", tier: str = "civil-servants", **fields: Any) -> TopicPage:
    page = make_tier(tier)
    page.refresh_from_db()
    values = {"title": f"专题{key}", "short": "概述", "summary": "能说清电子政务。", **fields}
    return page.add_child(instance=TopicPage(key=key, slug=key, **values))


def make_lesson(topic: TopicPage, *, title: str = "公文交换", minutes: int = 16, body: list[dict[str, Any]] | None = None) -> LessonPage:
    topic.refresh_from_db()
    blocks = [{"type": "heading", "id": "h", "value": "一、收文"}, {"type": "text", "id": "t", "value": "<p>登记、拟办、批办。</p>"}, check_block()]
    number = topic.numchild + 1
    return topic.add_child(
        instance=LessonPage(title=title, slug=f"lesson-{number}", minutes=minutes, body=json.dumps(blocks if body is None else body))
    )
