"""The people table of the coverage board: lines with the names that stand on screen, filtered and sorted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from exams.certificates.validity import percent_used
from exams.compliance.coverage import Board, Records, UnitThen
from exams.compliance.gaps import Line, Reason, Standing
from exams.compliance.states import REASONS, STANDINGS, TONES
from lms.exchange.sheets import Column, workbook

WORST_FIRST = {Standing.GAP: 0, Standing.EXPIRING: 1, Standing.MET: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table. ``used`` is percent of the certificate's validity passed, ``colour`` the colour of its bar."""

    line: Line
    person: Any
    unit: UnitThen
    post: Any
    type: Any
    certificate: Any
    label: str | Promise
    tone: str
    reason: str | Promise
    used: int
    colour: str
    past: int | None


def rows_of(records: Records, board: Board, lines: Iterable[Line]) -> list[Row]:
    """Dress lines with names, worst first, then by the day they lapse."""
    rows = [_row(records, board, line) for line in lines]
    return sorted(rows, key=lambda r: (WORST_FIRST[r.line.standing], r.line.until or (date.min if r.line.standing is Standing.GAP else date.max)))


def _row(records: Records, board: Board, line: Line) -> Row:
    certificate = records.certificates.get(line.certificate) if line.certificate else None
    gap = line.standing is Standing.GAP
    return Row(
        line=line, person=records.people[line.person], unit=board.units[line.unit], post=records.posts[line.post], type=records.types[line.type],
        certificate=certificate, label=STANDINGS[line.standing], tone=TONES[line.standing], reason=REASONS[line.reason] if line.reason else "",
        used=(100 if gap else percent_used(certificate.valid_from, certificate.valid_until, board.day)) if certificate else 0,
        colour={"gap": "d4", "expiring": "d3"}.get(line.standing, "d2"),
        past=-line.left if line.reason is Reason.LAPSED and line.left is not None else None,
    )  # fmt: skip


def narrowed(rows: Iterable[Row], *, state: str = "", text: str = "") -> list[Row]:
    """Keep the rows of a state (a standing, or the reason of a gap) that match a name, its initials, a staff number or a certificate number."""
    wanted = text.strip().lower()
    kept = [
        row
        for row in rows
        if not state or state in {row.line.standing, row.line.reason} or (state == "covered" and row.line.standing is not Standing.GAP)
    ]
    if not wanted:
        return kept
    return [
        row
        for row in kept
        if wanted in row.person.name.lower() or wanted == row.person.staff_number.lower() or row.person.pinyin.lower().startswith(wanted)
        or (row.certificate and wanted in row.certificate.number.lower())
    ]  # fmt: skip


def sheet(rows: Iterable[Row], day: date) -> bytes:
    """Return the workbook of exactly these rows."""
    columns = [
        Column(key="name", heading=_("Full name")),
        Column(key="staff", heading=_("Staff number"), text=True),
        Column(key="unit", heading=_("Unit")),
        Column(key="post", heading=_("Post")),
        Column(key="acting", heading=_("Acting")),
        Column(key="type", heading=_("Certificate")),
        Column(key="state", heading=_("State")),
        Column(key="reason", heading=_("Reason")),
        Column(key="number", heading=_("Certificate number"), text=True),
        Column(key="until", heading=_("Valid until"), kind="date"),
        Column(key="left", heading=_("Days left"), kind="number"),
    ]
    lines = [
        (
            row.person.name, row.person.staff_number, row.unit.name, row.post.name, _("acting") if row.line.acting else "", row.type.name,
            str(row.label), str(row.reason), row.certificate.number if row.certificate else "", row.line.until, row.line.left,
        )
        for row in rows
    ]  # fmt: skip
    return workbook(columns, lines, title=f"{_('Coverage')} {day}")
