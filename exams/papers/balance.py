"""The forms of a set side by side: how hard each is expected to be."""

from typing import Any

from content.models import TopicPage
from exams.papers.forms_balance import ENOUGH, bound, item, measure, spread
from exams.papers.models import PaperItem, PaperSet
from exams.papers.past import past_of


def balance_of(paper_set: PaperSet, items: list[PaperItem]) -> dict[str, Any]:
    """Expected score and its standard deviation form by form, the same topic by topic, the differences, and how much of it rests on results."""
    past = past_of({one.question_id for one in items})
    forms: dict[str, list[Any]] = {form.letter: [] for form in paper_set.forms.all()}
    for one in items:
        difficulty = one.version.difficulty
        weighed = item(one.question_id, one.row_id, one.question.topic_id, difficulty=difficulty, points=one.points, past=past.get(one.question_id))
        forms[one.form.letter].append(weighed)
    measures = {letter: measure(hand) for letter, hand in forms.items()}
    names = {topic.pk: topic.shown_title for topic in TopicPage.objects.filter(pk__in={one.question.topic_id for one in items}).order_by("path")}
    points = {letter: sum(one.points for one in items if one.form.letter == letter) for letter in forms}
    topics = [{"name": names[pk], "cells": [m.topics.get(pk, (0, 0.0)) for m in measures.values()]} for pk in names]
    own = [one for hand in forms.values() for one in hand if sum(one.question == other.question for f in forms.values() for other in f) == 1]
    even = len({len(hand) for hand in forms.values()}) == 1
    return {
        "forms": [{"letter": letter, "points": points[letter], "measure": found} for letter, found in measures.items()], "topics": topics,
        "mean_spread": spread(m.mean for m in measures.values()), "sd_spread": spread(m.sd for m in measures.values()),
        "bound": bound(own, len(forms)) if even and _shares_out(own, len(forms)) else None, "enough": ENOUGH,
        "known": len({one.question_id for one in items if one.question_id in past and past[one.question_id].answers >= ENOUGH}),
        "questions": len({one.question_id for one in items}),
    }  # fmt: skip


def _shares_out(own: list[Any], forms: int) -> bool:
    counts: dict[int, int] = {}
    for one in own:
        counts[one.row] = counts.get(one.row, 0) + 1
    return all(count % forms == 0 for count in counts.values())
