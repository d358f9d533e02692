"""The one place that writes spreadsheets: what Excel users expect, and nothing that runs when they open it.

Header and first columns frozen, filter on, widths by East-Asian width, numbers that are names (staff number, identity number) as
text in the whole column, formulas never live, CSV with the mark by which Excel knows UTF-8.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter
from django.utils import timezone
from django.utils.functional import Promise

CELL_LIMIT = 32_767  # characters; Excel refuses the file above it
SHEET_NAME_LIMIT = 31
FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\0")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"

Kind = Literal["text", "number", "date"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. ``text`` formats the whole column as text, so that leading zeros and long numbers survive a later edit.

    ``width`` in characters (None: measured). ``choices`` become a drop-down list. ``wrong`` prints in red.
    """

    key: str
    heading: str | Promise
    width: float | None = None
    text: bool = False
    kind: Kind = "text"
    choices: Sequence[str] = ()
    wrong: bool = False


def width_of(text: str) -> int:
    """Columns a text takes on screen: 2 for full-width and wide characters, 1 for others; the longest line counts."""
    return max((sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in text.split("\n")), default=0)


def plain(value: Any) -> Any:
    """Bring a value to what a cell can hold: None, str, int, float, Decimal, date or naive local datetime."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if value is None or isinstance(value, (int, float, Decimal, date)) and not isinstance(value, bool):
        return value
    return "".join(c for c in str(value) if c in "\t\n\r" or ord(c) >= 32)[:CELL_LIMIT]


def escaped(text: str) -> str:
    """Put a quote before what a spreadsheet would take for a formula."""
    return "'" + text if text.startswith(FORMULA_START) else text


def workbook(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    title: str,
    frozen: int = 2,
    notes: Sequence[Sequence[str]] = (),
    notes_title: str = "",
    created: datetime | None = None,
) -> bytes:
    """Return an .xlsx file of one table: a header row, then ``rows`` (values in the order of ``columns``).

    ``title`` names the sheet; ``frozen`` columns on the left stay in sight. ``notes`` fills a second sheet, row by row.
    ``created`` is written as the file's own date (None: now): with it the same rows give the same bytes.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    if created is not None:
        book.set_properties({"created": plain(created)})
    sheet = book.add_worksheet(sheet_name(title))
    head = book.add_format({"bold": True, "bg_color": "#E9EEF2", "bottom": 2, "bottom_color": "#1C3F8F", "valign": "vcenter", "num_format": "@"})
    formats = [_formats(book, column) for column in columns]
    widths = [width_of(str(column.heading)) for column in columns]
    for index, column in enumerate(columns):
        sheet.write_string(0, index, str(column.heading), head)
    last = 0
    for last, row in enumerate(rows, start=1):
        for index, (column, value) in enumerate(zip(columns, row, strict=True)):
            shown = _write(sheet, (last, index), plain(value), column, formats[index])
            widths[index] = max(widths[index], min(width_of(shown), 60))
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width or widths[index] + 2.5, formats[index]["cell"])
        if column.choices:
            source = list(column.choices) if len(",".join(column.choices)) <= 255 else _long_list(book, column)
            sheet.data_validation(1, index, max(last, 5000), index, {"validate": "list", "source": source, "error_type": "warning"})
    sheet.freeze_panes(1, min(frozen, len(columns)))
    sheet.autofilter(0, 0, last, len(columns) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    if notes:
        _write_notes(book, notes, notes_title)
    book.close()
    return buffer.getvalue()


def _long_list(book: Any, column: Column) -> str:
    """Write choices too long for a rule of their own (255 characters) to a hidden sheet; returns the range that holds them."""
    name = sheet_name(f"{column.heading} list")
    sheet = book.add_worksheet(name)
    sheet.hide()
    text = book.add_format({"num_format": "@"})
    for row, choice in enumerate(column.choices):
        sheet.write_string(row, 0, choice, text)
    return f"='{name}'!$A$1:$A${len(column.choices)}"


def sheet_name(title: str) -> str:
    """Bring a title to what Excel allows as the name of a sheet."""
    return "".join(" " if c in "[]:*?/\\" else c for c in str(title)).strip("' ")[:SHEET_NAME_LIMIT] or "Sheet1"


def _formats(book: Any, column: Column) -> Mapping[str, Any]:
    colour = {"font_color": "#A8231B", "bold": True} if column.wrong else {}
    number = {"text": "@" if column.text else "General", "number": "General", "date": "yyyy-mm-dd"}[column.kind]
    return {
        "cell": book.add_format({"num_format": number, **colour}),
        "quoted": book.add_format({"num_format": "@", "quote_prefix": True, **colour}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", **colour}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm", **colour}),
    }


def _write(sheet: Any, place: tuple[int, int], value: Any, column: Column, formats: Mapping[str, Any]) -> str:
    """Write one cell at ``(row, column)``; returns the text it shows, for the width."""
    if value is None or value == "":
        sheet.write_blank(*place, None, formats["cell"])
        return ""
    if isinstance(value, datetime):
        sheet.write_datetime(*place, value, formats["moment"])
        return "2026-01-01 00:00"
    if isinstance(value, date):
        sheet.write_datetime(*place, datetime(value.year, value.month, value.day), formats["date"])
        return "2026-01-01"
    if isinstance(value, str) or column.text:
        text = str(value)
        sheet.write_string(*place, text, formats["quoted" if text.startswith(FORMULA_START) else "cell"])
        return text
    sheet.write_number(*place, float(value) if isinstance(value, Decimal) else value, formats["cell"])
    return str(value)


def _write_notes(book: Any, notes: Sequence[Sequence[str]], title: str) -> None:
    sheet = book.add_worksheet(sheet_name(title or "Notes"))
    text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    bold = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@", "bold": True})
    for row, cells in enumerate(notes):
        for index, cell in enumerate(cells):
            sheet.write_string(row, index, str(cell), bold if index == 0 else text)
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 5, 60)


def csv_bytes(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return the table as CSV that Excel opens rightly: UTF-8 with its mark, CR LF, formulas escaped, days as 2026-03-01."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([escaped(str(column.heading)) for column in columns])
    for row in rows:
        writer.writerow([_csv_cell(plain(value)) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return escaped(value) if isinstance(value, str) else str(value)
