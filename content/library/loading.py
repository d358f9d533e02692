"""The shipped library into Wagtail pages. Repeatable; what a trainer changed is kept; nothing is removed.

Each page remembers the digest of what the library last wrote there. Loading compares it with the digest of what stands there now,
drafts included: equal means nobody touched the page, and a newer text may replace it; different means a trainer did, and it is left alone.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.models import Page

from content.curricula.models import CurriculumPage, TierPage, TopicPage
from content.lessons.models import LessonPage
from content.library.ground import ensure_root, ensure_site, ensure_trainers
from content.library.markup import lesson_blocks
from content.library.sources import TIERS, LessonSource, TopicSource
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person

CURRICULUM = "云溪县电子政务培训大纲"
TIER_TITLES = {"leaders": "各级领导", "civil-servants": "机关公务员", "technical": "专业技术人员"}
TOPIC_FIELDS = ("title", "title_en", "short", "short_en", "summary", "summary_en", "search_words")
LESSON_FIELDS = ("title", "title_en", "minutes", "objectives")
EDITOR_KEYS = re.compile(r' data-block-key="[^"]*"')  # the rich text editor adds these to every paragraph it saves


@dataclass(slots=True)
class Loaded:
    """What a loading did: keys of pages added, brought up to date, as they were, and kept because a trainer had changed them."""

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def content_of(page: TopicPage | LessonPage) -> dict[str, Any]:
    """What a trainer can change on a page, as plain values."""
    if isinstance(page, TopicPage):
        return {name: getattr(page, name) for name in TOPIC_FIELDS}
    body = [] if page.body is None else page.body.get_prep_value()
    return {**{name: getattr(page, name) for name in LESSON_FIELDS}, "body": [{k: b[k] for k in ("type", "value")} for b in body]}


def digest_of(content: dict[str, Any]) -> str:
    """Return the SHA-256 of a page's content; item ids and the editor's own marks do not count."""
    plain = json.dumps(_without_ids(content), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(EDITOR_KEYS.sub("", plain.replace('\\"', '"')).encode()).hexdigest()


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_ids(item) for key, item in value.items() if key != "id"}
    return [_without_ids(item) for item in value] if isinstance(value, list | tuple) else value


@transaction.atomic
def load_library(topics: list[TopicSource], *, by: Person | None, at: datetime) -> Loaded:
    """Bring the page tree up to the library.

    Side effects in order: root, curriculum, site and trainers' group where absent; tiers, topics and lessons added or updated, each
    update with a revision; one audit line when anything was added or changed.
    """
    loaded = Loaded()
    curriculum = CurriculumPage.objects.order_by("pk").first() or _added(ensure_root(), CurriculumPage(title=CURRICULUM, slug="curriculum"))
    ensure_site(curriculum)
    ensure_trainers(curriculum)
    for tier in TIERS:
        mine = [topic for topic in topics if topic.tier == tier]
        if mine:
            page = TierPage.objects.filter(tier=tier).first() or _added(curriculum, TierPage(title=TIER_TITLES[tier], slug=tier, tier=tier))
            for topic in mine:
                _load_topic(page, topic, loaded=loaded, at=at)
    if loaded.added or loaded.updated:
        record(
            Verb.LIBRARY_LOADED, curriculum, by=by, at=at,
            detail={"added": len(loaded.added), "updated": len(loaded.updated), "kept": loaded.kept},
        )  # fmt: skip
    return loaded


def _load_topic(tier: TierPage, source: TopicSource, *, loaded: Loaded, at: datetime) -> None:
    content = {name: getattr(source, name) for name in TOPIC_FIELDS if name != "search_words"} | {"search_words": list(source.aliases)}
    page = TopicPage.objects.filter(key=source.key).first()
    topic = _settle(tier, page, TopicPage(key=source.key, slug=source.key), content, source.key, loaded=loaded, at=at)
    folder = f"{source.tier}/{source.folder.name}"
    for lesson in source.lessons:
        _load_lesson(topic, source, lesson, folder, loaded=loaded, at=at)


def _load_lesson(topic: Page, source: TopicSource, lesson: LessonSource, folder: str, *, loaded: Loaded, at: datetime) -> None:
    key = f"{source.key}/{lesson.number}"
    body = lesson_blocks(lesson, key, folder, source.self_checks(lesson.number))
    content = {"title": lesson.title, "title_en": lesson.title_en, "minutes": lesson.minutes, "objectives": list(lesson.objectives), "body": body}
    page = LessonPage.objects.filter(key=key).first()
    _settle(topic, page, LessonPage(key=key, slug=f"lesson-{lesson.number}"), content, key, loaded=loaded, at=at)


def _settle(
    parent: Page, page: TopicPage | LessonPage | None, new: TopicPage | LessonPage, content: dict[str, Any], key: str, *, loaded: Loaded, at: datetime
) -> Page:
    """Add, update, leave or keep one page; returns it."""
    wanted = digest_of({**content, "body": [{k: b[k] for k in ("type", "value")} for b in content["body"]]} if "body" in content else content)
    if page is None:
        _write(new, content, wanted)
        new.first_published_at = new.last_published_at = at
        loaded.added.append(key)
        return _added(parent, new)
    draft = page.get_latest_revision_as_object()
    if page.library_digest == wanted and digest_of(content_of(draft)) == wanted:
        loaded.unchanged.append(key)
    elif digest_of(content_of(draft)) != page.library_digest:
        loaded.kept.append(key)
    else:
        _write(page, content, wanted)
        page.save_revision(changed=False).publish(log_action=False)
        loaded.updated.append(key)
    return page


def _write(page: TopicPage | LessonPage, content: dict[str, Any], digest: str) -> None:
    for name, value in content.items():
        setattr(page, name, json.dumps(value) if name == "body" else value)
    page.draft_title, page.library_digest = page.title, digest


def _added(parent: Page, page: Any) -> Any:
    parent.refresh_from_db()
    parent.add_child(instance=page)
    return page
