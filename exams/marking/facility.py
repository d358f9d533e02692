"""How questions did in released results: answers, mean share of the points, and how well they told strong papers from weak ones."""

from collections.abc import Iterable
from math import sqrt

from django.db.models import Count, Max

from exams.bank.models import QuestionVersion
from exams.marking.models import Release, Result
from exams.papers.drawing import Paper
from exams.papers.forms_balance import Past

_kept: tuple[object, dict[int, Past]] = (None, {})  # the last release, and what all results up to it say


class Sums:
    """Running sums of one question: x its share of the points, y the share of the rest of the paper."""

    __slots__ = ("n", "x", "xx", "xy", "y", "yy")

    def __init__(self) -> None:
        self.n, self.x, self.y, self.xx, self.yy, self.xy = 0, 0.0, 0.0, 0.0, 0.0, 0.0

    def add(self, x: float, y: float) -> None:
        """Count one answer."""
        self.n, self.x, self.y = self.n + 1, self.x + x, self.y + y
        self.xx, self.yy, self.xy = self.xx + x * x, self.yy + y * y, self.xy + x * y

    def past(self) -> Past:
        """What the sums say; a question that everybody or nobody got right tells nobody apart: 0."""
        over_x, over_y = self.n * self.xx - self.x**2, self.n * self.yy - self.y**2
        apart = sqrt(over_x * over_y) if over_x > 1e-9 and over_y > 1e-9 else 0.0
        return Past(answers=self.n, facility=self.x / self.n, discrimination=(self.n * self.xy - self.x * self.y) / apart if apart else 0.0)


def past_of(questions: Iterable[int]) -> dict[int, Past]:
    """What released results say of these questions, over all their wordings. Read once per release (one query else), 1,000 results at a time."""
    global _kept  # noqa: PLW0603
    newest = Release.objects.aggregate(top=Max("pk"), at=Max("at"), n=Count("pk"))
    last, known = _kept
    if last != newest:
        known = {question: sums.past() for question, sums in _summed().items()}
        _kept = newest, known
    return {question: known[question] for question in questions if question in known}


def _summed() -> dict[int, Sums]:
    of_version = dict(QuestionVersion.objects.values_list("pk", "question_id"))
    found: dict[int, Sums] = {}
    rows = Result.objects.released().order_by("pk").values_list("slots", "attempt__paper")
    for slots, stored in rows.iterator(chunk_size=1000):
        places = Paper.from_json(stored).slots
        given = {n: (float(slots[str(n)]), float(slot.points)) for n, slot in places.items() if slots.get(str(n)) is not None}
        got, full = sum(g for g, _p in given.values()), sum(p for _g, p in given.values())
        for n, (points, most) in given.items():
            question = of_version.get(places[n].version)
            if question is not None and most > 0:
                rest = full - most
                found.setdefault(question, Sums()).add(points / most, (got - points) / rest if rest > 0 else 0.0)
    return found
