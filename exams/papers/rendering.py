"""Blueprints and papers as screens show them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from exams.bank.kinds.screens import screen_of
from exams.bank.models import QuestionVersion
from exams.bank.rendering import shown
from exams.papers.drawing import Paper, PoolItem, Row, Shortage, shortages
from exams.papers.models import BlueprintRow
from exams.papers.numerals import numeral


def plain_rows(rows: Sequence[BlueprintRow]) -> list[Row]:
    """Blueprint rows, saved or not, as drawing takes them."""
    return [Row(kind=r.kind, count=r.count, points=r.points, topic=r.topic_id, tier=r.tier, difficulty=r.difficulty) for r in rows]


def sentence(shortage: Shortage) -> str:
    """What is short, exactly: "Row 3 lacks 4 questions", with the reason."""
    text = _("Row %(row)d lacks %(missing)d questions: %(fitting)d in the bank fit it.") % {
        "row": shortage.row + 1, "missing": shortage.missing, "fitting": shortage.fitting,
    }  # fmt: skip
    if shortage.rivals:
        rivals = "、".join(str(rival + 1) for rival in shortage.rivals)
        text += " " + _("Rows %(rivals)s take from the same questions.") % {"rivals": rivals}
    return text


def bank_address(row: BlueprintRow) -> str:
    """The bank, filtered to what the row may draw."""
    asked = {"topic": row.topic_id, "tier": row.tier, "kind": row.kind, "difficulty": row.difficulty}
    return f"{reverse('bank')}?{urlencode({name: value for name, value in asked.items() if value})}"


def checked(rows: Sequence[BlueprintRow], pool: Sequence[PoolItem]) -> dict[str, Any]:
    """Rows with what fits them and what they lack, and the totals."""
    asked = plain_rows(rows)
    short = {shortage.row: shortage for shortage in shortages(asked, pool)}
    lines = [
        {
            "number": n + 1, "row": row, "subtotal": row.count * row.points, "fitting": sum(plain.fits(item) for item in pool),
            "short": sentence(short[n]) if n in short else "", "missing": short[n].missing if n in short else 0, "address": bank_address(row),
        }
        for n, (row, plain) in enumerate(zip(rows, asked, strict=True))
    ]  # fmt: skip
    return {
        "lines": lines, "short": [line for line in lines if line["short"]], "questions": sum(row.count for row in rows),
        "points": sum((row.count * row.points for row in rows), Decimal(0)),
    }  # fmt: skip


def paper_shown(paper: Paper) -> list[dict[str, Any]]:
    """A paper's parts with every question as candidates see it (one query)."""
    versions = QuestionVersion.objects.in_bulk([slot.version for slot in paper.slots.values()])
    parts = []
    for number, section in enumerate(paper.sections, 1):
        questions = []
        for slot in section.slots:
            questions.append({"n": slot.n, "points": slot.points, "shown": shown(versions[slot.version].wording, slot.n, shape=slot.shape)})
        parts.append(
            {
                "numeral": numeral(number),
                "kind": section.title or screen_of(section.kind).label,
                "count": len(questions),
                "points": section.points,
                "questions": questions,
            }
        )
    return parts
