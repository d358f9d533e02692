"""A lesson as the page shows it: numbered blocks, self-checks with what was answered, the topic's contents."""

from typing import Any

from content.lessons.models import LessonPage
from content.lessons.outline import LessonOutline, TopicOutline, outline
from courses.progress.checking import accepted_answers
from courses.progress.models import SelfCheckAnswer
from courses.progress.querysets import Where


def topic_of(lesson: int) -> tuple[TopicOutline, LessonOutline] | None:
    """Return the topic a published lesson stands in, and the lesson's place there."""
    for tier in outline():
        for topic in tier.topics:
            for found in topic.lessons:
                if found.pk == lesson:
                    return topic, found
    return None


def pieces(lesson: LessonPage, answers: dict[str, SelfCheckAnswer]) -> list[dict[str, Any]]:
    """Return each block of a lesson with its position; a self-check with its options and what is known about it."""
    rows = []
    for number, block in enumerate(lesson.body):
        piece: dict[str, Any] = {"number": number, "block": block}
        if block.block_type == "self_check":
            piece["check"] = _check(block.id, block.value, answers.get(block.id))
        rows.append(piece)
    return rows


def _check(block: str, value: Any, answer: SelfCheckAnswer | None) -> dict[str, Any]:
    given = list(answer.given) if answer else []
    options = [
        {"index": index, "letter": "ABCDEFGH"[index] if index < 8 else "", "text": option["text"], "on": str(index) in given}
        for index, option in enumerate(value["options"])
    ]
    blanks = len(accepted_answers(value["accepted"]))
    return {
        "id": block,
        "kind": value["kind"],
        "stem": value["stem"],
        "options": options,
        "blanks": [given[index] if index < len(given) else "" for index in range(blanks)],
        "explanation": value["explanation"] if answer else "",
        "answer": answer,
    }


def contents(topic: TopicOutline, where: dict[int, Where]) -> list[dict[str, Any]]:
    """Return the lessons of a topic with how far the person is in each."""
    rows = []
    for lesson in topic.lessons:
        at = where.get(lesson.pk)
        state = "ok" if at and at.finished else "now" if at else ""
        rows.append({"lesson": lesson, "state": state, "position": at.position if at and not at.finished else 0})
    return rows
