"""Finding topics and lessons by Chinese words, on any database: the query is cut into words like the text was."""

import re
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from content.curricula.models import TopicPage
from content.curricula.segments import words
from content.lessons.models import LessonPage
from content.lessons.reading import plain_text

LIMIT = 30
AROUND = 45  # characters shown before the first word found; twice as many after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One page found. ``topic_key`` for a topic, ``lesson_pk`` for a lesson; ``extract`` is safe HTML with the words marked."""

    title: SafeString
    extract: SafeString
    topic_key: str = ""
    lesson_pk: int = 0


def marked(text: str, found: list[str]) -> SafeString:
    """Return ``text`` escaped, each of the ``found`` words in ``<mark>``."""
    wanted = "|".join(re.escape(escape(word)) for word in sorted(found, key=len, reverse=True))
    return mark_safe(re.sub(f"({wanted})", r"<mark>\1</mark>", escape(text), flags=re.IGNORECASE) if wanted else escape(text))  # noqa: S308


def extract(text: str, found: list[str]) -> SafeString:
    """Return the piece of ``text`` around the first word found, or its beginning."""
    text = " ".join(text.split())
    places = [place for place in (text.lower().find(word.lower()) for word in found) if place >= 0]
    start = max(0, min(places, default=0) - AROUND)
    piece = text[start : start + 3 * AROUND]
    return mark_safe(("…" if start else "") + marked(piece, found) + ("…" if start + len(piece) < len(text) else ""))  # noqa: S308


def search(query: str) -> list[Hit]:
    """Return topics, then lessons, that hold every word of the query; best first. An empty query finds nothing."""
    wanted = words(query[:100])
    if not wanted:
        return []
    asked = " ".join(wanted)
    found = sorted({*wanted, query.strip()}, key=len, reverse=True)
    topics = list(TopicPage.objects.live().search(asked, operator="and")[:LIMIT])
    lessons = list(LessonPage.objects.live().search(asked, operator="and")[:LIMIT])
    return [
        *(Hit(title=marked(p.shown_title, found), extract=extract(p.shown_summary, found), topic_key=p.key) for p in topics),
        *(Hit(title=marked(p.shown_title, found), extract=extract(plain_text(p.body), found), lesson_pk=p.pk) for p in lessons),
    ]
