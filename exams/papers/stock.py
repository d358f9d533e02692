"""What can be drawn at this moment, read once per state of the bank."""

from secrets import token_hex

from django.core.cache import cache
from django.db.models import BigIntegerField, Count, F, Max, Sum

from content.curricula.models import TierPage
from exams.bank.models import Question
from exams.papers.drawing import Paper, PoolItem, Row, Shortage, draw, shortages
from exams.papers.models import Blueprint

KEEP = 3600  # seconds a stock stays in memory; its name changes with every new version or retirement
_kept: tuple[str, list[PoolItem]] = ("", [])  # the cache holds only its mark: unpickling the whole bank would cost more than drawing from it


def rows_of(blueprint: Blueprint) -> list[Row]:
    """The lines of a blueprint in order (one query)."""
    return [
        Row(kind=row.kind, count=row.count, points=row.points, topic=row.topic_id, tier=row.tier, difficulty=row.difficulty)
        for row in blueprint.rows.all()
    ]


def stock() -> list[PoolItem]:
    """Every question that is not retired, by its current version: one query, or two and a walk over the bank after it changed."""
    live = Question.objects.filter(retired_at=None, current__isnull=False)
    by_question = {
        f"by_{name}": Sum(F("pk") * F(f"{name}_id"), output_field=BigIntegerField()) for name in ("current", "topic")
    }  # a swap shows as well
    state = live.aggregate(n=Count("pk"), newest=Max("current_id"), total=Sum("current_id"), topics=Sum("topic_id"), **by_question)
    name = "stock:{n}:{newest}:{total}:{topics}:{by_current}:{by_topic}".format(**state)
    global _kept  # noqa: PLW0603
    mark = str(cache.get_or_set(name, lambda: token_hex(8), KEEP))
    kept, items = _kept
    if kept != mark:
        items = _read()
        _kept = mark, items
    return items


def _read() -> list[PoolItem]:
    tiers = {page.path: page.tier for page in TierPage.objects.only("path", "tier")}
    found = Question.objects.filter(retired_at=None, current__isnull=False).select_related("current").order_by("pk")
    items = []
    for question, path in zip(found, found.values_list("topic__path", flat=True), strict=True):
        version = question.current
        assert version is not None
        items.append(
            PoolItem(
                version=version.pk, question=question.pk, topic=question.topic_id, tier=tiers.get(path[:-4], ""), kind=version.kind,
                difficulty=version.difficulty, dimension=version.dimension, options=tuple(option["id"] for option in version.options),
                blanks=len(version.answer) if version.kind == "fill_in" else 0,
            )
        )  # fmt: skip
    return items


def shortages_of(blueprint: Blueprint) -> list[Shortage]:
    """What a blueprint lacks today; row numbers follow `rows_of`."""
    return shortages(rows_of(blueprint), stock())


def paper_for(blueprint: Blueprint, seed: str) -> Paper:
    """Draw from today's stock. Raises `drawing.NotEnoughQuestions`."""
    return draw(rows_of(blueprint), stock(), seed, shuffle_options=blueprint.shuffle_options)
