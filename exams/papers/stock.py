"""What can be drawn at this moment, read once per state of the bank."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from secrets import token_hex
from typing import Any

from django.core.cache import cache
from django.db.models import BigIntegerField, Count, F, Max, Q, QuerySet, Sum, Value
from django.utils import timezone

from content.curricula.models import TierPage
from exams.bank.kinds import rule_of
from exams.bank.ledger import Exposure, ExposureCount, QuestionTag
from exams.bank.models import Question, QuestionVersion
from exams.bank.states import Pool
from exams.papers.drawing import Paper, PoolItem, Row, Shortage, draw, shortages
from exams.papers.models import Asking, Blueprint
from lms.statements import Ready

KEEP = 3600  # seconds a stock stays in memory; its name changes with every new version, retirement, tag or change of pool
MONTH = timedelta(days=30)
_kept: tuple[str, list[PoolItem]] = ("", [])  # the cache holds only its mark: unpickling the whole bank would cost more than drawing from it
_shown: tuple[int, dict[int, tuple[int, date]]] = (0, {})  # the number of the last count of exposures, and what all counts say by question


def row_of(asking: Asking, count: int, day: date) -> Row:
    """What a row asks, as drawing takes it: months are counted back from ``day``."""
    return Row(
        kind=asking.kind, count=count, points=asking.points, topic=asking.topic_id, tier=asking.tier, difficulty=asking.difficulty,
        title=asking.part, note=asking.note, tag=asking.tag, seen_below=asking.seen_below,
        rested_since=day - asking.rested_months * MONTH if asking.rested_months else None,
    )  # fmt: skip


def rows_of(blueprint: Blueprint, day: date | None = None) -> list[Row]:
    """The lines of a blueprint in order (one query), as of today or of another day."""
    return [row_of(row, row.count, day or timezone.localdate()) for row in blueprint.rows.all()]


def _bank() -> "QuerySet[Any, Any]":
    """One row that changes with every change of what can be drawn."""
    by_question = {
        f"by_{name}": Sum(F("pk") * F(f"{name}_id"), output_field=BigIntegerField()) for name in ("current", "topic")
    }  # a swap shows as well
    live = Question.objects.filter(retired_at=None, current__isnull=False).order_by().values(bank=Value(1))
    return live.annotate(
        n=Count("pk"), latest=Max("current_id"), total=Sum("current_id"), topics=Sum("topic_id"), sealed=Sum("pk", filter=Q(pool=Pool.SEALED)),
        **by_question,
    )  # fmt: skip


BANK = Ready(_bank)
TAGS = Ready(lambda: QuestionTag.objects.order_by().values(bank=Value(1)).annotate(tags=Count("pk"), tag=Max("pk")))


def stock() -> list[PoolItem]:
    """Every question that is in use, by its current version: two small queries, or six and a walk over the bank after it changed.

    Both pools; exposure is left out, because it changes while exams run: see `stock_for`.
    """
    name = "stock:" + ":".join(str(value) for statement in (BANK, TAGS) for row in statement.all() for _name, value in sorted(row.items()))
    global _kept  # noqa: PLW0603
    mark = str(cache.get_or_set(name, lambda: token_hex(8), KEEP))
    kept, items = _kept
    if kept != mark:
        items = _read()
        _kept = mark, items
    return items


def _read() -> list[PoolItem]:
    tags: dict[int, set[str]] = {}
    for question, name in QuestionTag.objects.values_list("question_id", "name"):
        tags.setdefault(question, set()).add(name)
    found = Question.objects.filter(retired_at=None, current__isnull=False).select_related("current").order_by("pk")
    pairs = [(question, question.current) for question in found if question.current is not None]
    return [replace(item, tags=frozenset(tags.get(item.question, ()))) for item in items_of_versions(pairs)]


def items_of_versions(pairs: Iterable[tuple[Question, QuestionVersion]]) -> list[PoolItem]:
    """Questions in the given wordings, current or not, as drawing takes them; without tags and exposure (two queries)."""
    wanted = list(pairs)
    tiers = {page.path: page.tier for page in TierPage.objects.only("path", "tier")}
    paths = dict(Question.objects.filter(pk__in=[q.pk for q, _v in wanted]).values_list("pk", "topic__path"))
    items = []
    for question, version in wanted:
        shape = rule_of(version.kind).shape([option["id"] for option in version.options], version.answer, version.extra)
        items.append(
            PoolItem(
                version=version.pk, question=question.pk, topic=question.topic_id, tier=tiers.get(paths[question.pk][:-4], ""), kind=version.kind,
                difficulty=version.difficulty, dimension=version.dimension, options=shape.options, blanks=shape.blanks, more=shape.more,
                pool=question.pool,
            )
        )  # fmt: skip
    return items


def stock_for(rows: Sequence[Row], pool: str) -> list[PoolItem]:
    """The stock of one pool; with what was shown how often where a row asks for it (then one query more, two after a new count)."""
    items = [item for item in stock() if item.pool == pool]
    if not any(row.rested_since or row.seen_below is not None for row in rows):
        return items
    shown = _exposure()
    return [replace(item, shown=shown[item.question][0], last_shown=shown[item.question][1]) if item.question in shown else item for item in items]


def _exposure() -> dict[int, tuple[int, date]]:
    global _shown  # noqa: PLW0603
    newest = ExposureCount.objects.aggregate(top=Max("number"))["top"] or 0
    number, known = _shown
    if number != newest:
        totals = Exposure.objects.order_by().values("version__question").annotate(times=Sum("times"), last=Max("last_on"))
        known = {row["version__question"]: (row["times"], row["last"]) for row in totals}
        _shown = newest, known
    return known


def shortages_of(blueprint: Blueprint, day: date | None = None) -> list[Shortage]:
    """What a blueprint lacks today; row numbers follow `rows_of`."""
    rows = rows_of(blueprint, day)
    return shortages(rows, stock_for(rows, blueprint.pool))


def paper_for(blueprint: Blueprint, seed: str) -> Paper:
    """Draw from today's stock. Raises `drawing.NotEnoughQuestions`."""
    rows = rows_of(blueprint)
    return draw(rows, stock_for(rows, blueprint.pool), seed, shuffle_options=blueprint.shuffle_options)
