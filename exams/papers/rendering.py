"""Blueprints and papers as screens show them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from content.models import TopicPage
from exams.bank.kinds.screens import screen_of
from exams.bank.models import QuestionVersion
from exams.bank.rendering import shown
from exams.bank.states import Difficulty
from exams.papers.drawing import Paper, PoolItem, Row, Section, Shortage, shortages
from exams.papers.feasibility import ANY, LEVELS, Cell, Need, Place, cells, needs
from exams.papers.models import BlueprintRow
from exams.papers.numerals import numeral
from exams.papers.stock import row_of
from lms.people.states import Tier


def plain_rows(rows: Sequence[BlueprintRow]) -> list[Row]:
    """Blueprint rows, saved or not, as drawing takes them today."""
    return [row_of(row, row.count, timezone.localdate()) for row in rows]


def sentence(shortage: Shortage) -> str:
    """What is short, exactly: "Row 3 lacks 4 questions", with the reason."""
    text = _("Row %(row)d lacks %(missing)d questions: %(fitting)d in the bank fit it.") % {
        "row": shortage.row + 1, "missing": shortage.missing, "fitting": shortage.fitting,
    }  # fmt: skip
    if shortage.rivals:
        rivals = "、".join(str(rival + 1) for rival in shortage.rivals)
        text += " " + _("Rows %(rivals)s take from the same questions.") % {"rivals": rivals}
    return text


def bank_address(row: BlueprintRow, pool: str = "") -> str:
    """The bank, filtered to what the row may draw."""
    asked = {"topic": row.topic_id, "tier": row.tier, "kind": row.kind, "difficulty": row.difficulty, "tag": row.tag, "pool": pool}
    return f"{reverse('bank')}?{urlencode({name: value for name, value in asked.items() if value})}"


def adding_address(kind: str, topic: int | None, difficulty: int | None) -> str:
    """The form for a new question such as a row lacks."""
    start = {name: value for name, value in (("topic", topic), ("difficulty", difficulty)) if value}
    return reverse("question_new", args=[kind]) + (f"?{urlencode(start)}" if start else "")


def takers(need: Need) -> str:
    """Who takes what fits a row: "row 1: 3, row 4: 2"."""
    return "，".join(_("row %(row)d: %(n)d") % {"row": rival + 1, "n": n} for rival, n in need.rivals.items())


def checked(rows: Sequence[BlueprintRow], items: Sequence[PoolItem], pool: str = "") -> dict[str, Any]:
    """Rows with what fits them, who takes it and what they lack; the matrix of the stock against what is asked; and the totals."""
    asked = plain_rows(rows)
    missing = shortages(asked, items)
    short = {shortage.row: shortage for shortage in missing}
    lines = [
        {
            "number": n + 1, "row": row, "subtotal": row.count * row.points, "need": need, "fitting": need.fitting, "takers": takers(need),
            "short": sentence(short[n]) if n in short else "", "missing": need.missing, "address": bank_address(row, pool),
            "add": adding_address(row.kind, row.topic_id, row.difficulty),
        }
        for n, (row, need) in enumerate(zip(rows, needs(asked, items), strict=True))
    ]  # fmt: skip
    return {
        "lines": lines, "short": [line for line in lines if line["short"]], "questions": sum(row.count for row in rows),
        "points": sum((row.count * row.points for row in rows), Decimal(0)), "matrix": matrix(asked, items, missing, pool),
    }  # fmt: skip


def matrix(rows: Sequence[Row], items: Sequence[PoolItem], missing: Sequence[Shortage], pool: str) -> dict[str, Any]:
    """The cells of `feasibility.cells` as a table: columns kind × difficulty, a line for each topic, tier and "any" that is asked or in stock."""
    found = cells(rows, items, missing)
    kinds = list(dict.fromkeys(row.kind for row in rows))
    columns = [(kind, level) for kind in kinds for level in LEVELS]
    topics = {topic.pk: topic for topic in TopicPage.objects.order_by("path")}
    asked = {place for (place, _kind, _level), cell in found.items() if cell.asked}
    places: list[Place] = [place for place in [("any", ""), *(("tier", tier) for tier in Tier.values)] if place in asked]
    places += [("topic", topic) for topic in topics if any(("topic", topic) == place for place, _kind, _level in found)]
    names: dict[Place, str] = {("tier", tier): _("%(tier)s: any topic") % {"tier": Tier(tier).label} for tier in Tier.values}
    names["any", ""] = _("Any topic")
    empty = Cell(stock=0, asked=0, missing=0)
    lines = [
        {
            "name": names.get(place) or topics[int(place[1])].shown_title,
            "cells": [_cell(place, kind, level, found.get((place, kind, level), empty), pool) for kind, level in columns],
        }
        for place in places
    ]  # fmt: skip
    heads = [{"label": screen_of(kind).label, "span": len(LEVELS)} for kind in kinds]
    return {"heads": heads, "levels": [level_name(level) for _kind, level in columns], "lines": lines}


def _cell(place: Place, kind: str, level: int, cell: Cell, pool: str) -> dict[str, Any]:
    what, value = place
    asked = {what: value, "kind": kind, "difficulty": level, "pool": pool}
    address = f"{reverse('bank')}?{urlencode({name: text for name, text in asked.items() if text and name != 'any'})}"
    return {"cell": cell, "address": address, "add": adding_address(kind, int(value) if what == "topic" else None, level or None)}


def level_name(level: int) -> str:
    """A difficulty in a word, or "any"."""
    return _("any") if level == ANY else str(Difficulty(level).label)


def heading_of(section: Section) -> str:
    """A part's own title, or what its kind is called."""
    return section.title or str(screen_of(section.kind).label)


def note_of(section: Section) -> str:
    """A part's own instructions, or what its kind says."""
    return section.note or (str(screen_of(section.kind).hint) if section.kind else "")


def paper_shown(paper: Paper) -> list[dict[str, Any]]:
    """A paper's parts with every question as candidates see it (one query)."""
    versions = QuestionVersion.objects.in_bulk([slot.version for slot in paper.slots.values()])
    parts = []
    for number, section in enumerate(paper.sections, 1):
        each = {slot.points for slot in section.slots}
        questions = [
            {"n": slot.n, "points": slot.points, "shown": shown(versions[slot.version].wording, slot.n, shape=slot.shape)} for slot in section.slots
        ]
        parts.append(
            {
                "numeral": numeral(number), "kind": heading_of(section), "note": note_of(section), "count": len(questions), "points": section.points,
                "each": each.pop() if len(each) == 1 else None, "questions": questions,
            }
        )  # fmt: skip
    return parts
