"""Sheets of criteria: what a marker or an examiner judges row by row, written as lines of text. No Django.

A line is ``what is judged | most points``; one that begins with ``!`` is critical: nothing in it means nothing at all. Lines below it that begin
with ``-`` describe levels: ``- points | what earns them``.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from content.lessons.typed import normal
from exams.bank.kinds.base import Criterion, Fault, text_faults

MOST_ROWS, MOST_LEVELS, LONGEST_ROW = 20, 8, 300
MOST_POINTS = Decimal(100)


def rows_of(text: str) -> list[dict[str, Any]]:
    """The rows of a sheet as stored; a number that is missing or none stays as it was written, for `row_faults` to find."""
    rows: list[dict[str, Any]] = []
    for line in (line.strip() for line in text.replace("｜", "|").splitlines()):
        if line.startswith(("-", "—", "－")) and rows:
            points, _sign, words = line.lstrip("-—－ ").partition("|")
            rows[-1].setdefault("levels", []).append({"points": points.strip(), "text": words.strip()})
        elif line:
            words, _sign, most = line.lstrip("!！ ").rpartition("|")
            row = {"id": f"c{len(rows) + 1}", "text": (words if _sign else most).strip(), "most": most.strip() if _sign else ""}
            rows.append(row | ({"critical": True} if line.startswith(("!", "！")) else {}))
    return rows


def lines_of(rows: Iterable[Mapping[str, Any]]) -> str:
    """A stored sheet as lines, the inverse of `rows_of`."""
    lines = []
    for row in rows:
        lines.append(f"{'! ' if row.get('critical') else ''}{row['text']} | {row['most']}")
        lines += [f"- {level['points']} | {level['text']}" for level in row.get("levels", ())]
    return "\n".join(lines)


def criteria_of(rows: Iterable[Mapping[str, Any]]) -> list[Criterion]:
    """A stored sheet as plain values. Raises KeyError or InvalidOperation for what `row_faults` would have refused."""
    return [
        Criterion(
            id=row["id"], text=row["text"], most=Decimal(row["most"]), critical=bool(row.get("critical")),
            levels=tuple((Decimal(level["points"]), level["text"]) for level in row.get("levels", ())),
        )
        for row in rows
    ]  # fmt: skip


def row_faults(rows: Sequence[Mapping[str, Any]], field: str, *, needed: bool = True) -> list[Fault]:
    """Rows that are missing, said twice, too many, or whose points are no numbers that fit."""
    if not rows:
        return [Fault(code="missing", field=field)] if needed else []
    found = [Fault(code="count", field=field)] if len(rows) > MOST_ROWS else []
    seen: set[str] = set()
    for place, row in enumerate(rows, 1):
        levels = row.get("levels", ())
        texts = [row["text"], *(level["text"] for level in levels)]
        found += [Fault(code=fault.code, field=field, place=place) for fault in text_faults(field, texts, LONGEST_ROW)]
        most = number(row["most"])
        if not normal(row["text"]):
            found.append(Fault(code="words", field=field, place=place))
        elif normal(row["text"]) in seen:
            found.append(Fault(code="repeated", field=field, place=place))
        seen.add(normal(row["text"]))
        if most is None or not 0 < most <= MOST_POINTS:
            found.append(Fault(code="points", field=field, place=place))
        elif any((points := number(level["points"])) is None or points > most for level in levels) or len(levels) > MOST_LEVELS:
            found.append(Fault(code="level", field=field, place=place))
    return found


def number(text: str) -> Decimal | None:
    """A number of points as written: not negative, at most two decimals; None for anything else."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    exponent = value.as_tuple().exponent
    return value if value.is_finite() and value >= 0 and isinstance(exponent, int) and -2 <= exponent <= 2 else None


def sheet_text(rows: Iterable[Mapping[str, Any]]) -> str:
    """A sheet in one line, for lists and exports."""
    return "；".join(f"{'! ' if row.get('critical') else ''}{row['text']}（{row['most']}）" for row in rows)
