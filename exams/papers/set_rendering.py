"""One paper set as its screen shows it."""

from typing import Any

from django.http import Http404

from exams.papers.balance import balance_of
from exams.papers.models import PaperSet
from exams.papers.querysets import items_of, letters_of, using
from exams.papers.sources import lacking


def set_shown(paper_set: PaperSet, letter: str) -> dict[str, Any]:
    """Everything of a set for one of its forms: a dozen statements, however many questions. Raises Http404 for a form it does not have."""
    forms = list(paper_set.forms.all())
    if letter not in {form.letter for form in forms}:
        raise Http404
    items = list(items_of(paper_set))
    holding = letters_of(items)
    mine = [one for one in items if one.form.letter == letter]
    sittings = list(using(paper_set).select_related("unit"))
    rows = []
    for row in paper_set.rows.select_related("topic"):
        here = [one for one in mine if one.row_id == row.pk]
        lines = [
            {
                "item": one, "common": len(forms) > 1 and len(holding[one.question_id]) == len(forms), "first": n == 0,
                "last": n == len(here) - 1, "retired": one.question.retired_at is not None,
                "outdated": one.question.current_id is not None and one.question.current_id != one.version_id,
            }
            for n, one in enumerate(here)
        ]  # fmt: skip
        rows.append({"row": row, "lines": lines, "points": sum(one.points for one in here)})
    return {
        "paper_set": paper_set, "letter": letter, "forms": forms, "rows": rows, "count": len(mine), "points": sum(one.points for one in mine),
        "sittings": sittings, "locked": bool(sittings), "lacking": lacking(paper_set), "balance": balance_of(paper_set, items) if items else None,
        "outdated": len({one.question_id for one in items if one.question.current_id not in {None, one.version_id}}),
        "retired": len({one.question_id for one in items if one.question.retired_at is not None}),
    }  # fmt: skip
