"""Reading what people send: .xlsx, .xls and .csv become rows of plain cells. No Django here.

Everything that can be wrong with a file as a whole is said by one `Unreadable` with a reason from `REASONS`.
"""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from posixpath import join, normpath

from defusedxml.ElementTree import fromstring
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

Cell = str | float | date | None
MAX_ROWS = 20_000
MAX_COLUMNS = 60
MAX_ENTRIES = 2_000
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200  # a roster packs 10 to 30 times; above this it was made to hurt
SMALL = 5 * 1024 * 1024  # below this a high ratio does no harm
REASONS = ("empty", "extension", "content", "encrypted", "bomb", "broken", "encoding", "rows", "sheet")
FORMULA = "\x00formula"  # stands in a cell that holds a formula; the text after it is what the cell showed

# The 18 pairs that Python's codec maps to the private-use area and GB 18030-2022 to real characters.
_PAIRS = {
    b"\xa6\xd9": "\ufe10", b"\xa6\xda": "\ufe12", b"\xa6\xdb": "\ufe11", b"\xa6\xdc": "\ufe13", b"\xa6\xdd": "\ufe14", b"\xa6\xde": "\ufe15",
    b"\xa6\xdf": "\ufe16", b"\xa6\xec": "\ufe17", b"\xa6\xed": "\ufe18", b"\xa6\xf3": "\ufe19", b"\xfe\x59": "\u9fb4", b"\xfe\x61": "\u9fb5",
    b"\xfe\x66": "\u9fb6", b"\xfe\x67": "\u9fb7", b"\xfe\x6d": "\u9fb8", b"\xfe\x7e": "\u9fb9", b"\xfe\x90": "\u9fba", b"\xfe\xa0": "\u9fbb",
}  # fmt: skip
REAL_CHARACTERS = {ord(pair.decode("gb18030")): character for pair, character in _PAIRS.items()}


class Unreadable(ValueError):
    """The file cannot be read; ``reason`` is one of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The first sheet in sight: each row with the number it has in the file, from 1."""

    rows: list[tuple[int, list[Cell]]]


def read(name: str, content: bytes) -> Table:
    """Return the table in a file. The extension must fit the content. Raises Unreadable."""
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension not in {"xlsx", "xls", "csv"}:
        raise Unreadable("extension")
    if not content.strip():
        raise Unreadable("empty")
    rows = _read_csv(content) if extension == "csv" else _read_book(extension, content)
    while rows and not any(_filled(cell) for cell in rows[-1]):
        rows.pop()
    if len(rows) > MAX_ROWS:
        raise Unreadable("rows")
    table = [(number, row[:MAX_COLUMNS]) for number, row in enumerate(rows, start=1) if any(_filled(cell) for cell in row)]
    if not table:
        raise Unreadable("empty")
    return Table(rows=table)


def _filled(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def decoded(content: bytes) -> str:
    """Return the text of a CSV file: UTF-8 with or without mark, UTF-16 with mark, else GB 18030. Raises Unreadable("encoding")."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        codecs = ["utf-16"]
    elif b"\0" in content:
        raise Unreadable("content")
    else:
        codecs = ["utf-8-sig", "gb18030"]
    for codec in codecs:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        return text.translate(REAL_CHARACTERS) if codec == "gb18030" else text
    raise Unreadable("encoding")


def _read_csv(content: bytes) -> list[list[Cell]]:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable("content")
    text = decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)]
    except csv.Error:
        raise Unreadable("broken") from None


def _read_book(extension: str, content: bytes) -> list[list[Cell]]:
    packed, compound = content.startswith(b"PK\x03\x04"), content.startswith(b"\xd0\xcf\x11\xe0")
    if extension == "xlsx" and compound:
        raise Unreadable("encrypted")  # Excel wraps a workbook with a password in the old container
    if not (packed if extension == "xlsx" else compound):
        raise Unreadable("content")
    formulas: dict[tuple[int, int], bool] = {}
    if packed:
        check_package(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        first = next((n for n, sheet in enumerate(book.sheets_metadata) if sheet.visible == SheetVisibleEnum.Visible), 0)
        sheet = book.get_sheet_by_index(first)
        raw = sheet.to_python(skip_empty_area=False, nrows=MAX_ROWS + 50)
        merged = sheet.merged_cell_ranges or []
    except PasswordError:
        raise Unreadable("encrypted") from None
    except (CalamineError, IndexError, ValueError, OSError):
        raise Unreadable("broken") from None
    if packed:
        formulas = _formula_cells(content, first)
    rows = [[_cell(value) for value in row] for row in raw]
    for (top, left), (bottom, right) in merged:
        value = rows[top][left] if top < len(rows) and left < len(rows[top]) else None
        for y in range(top, min(bottom, len(rows) - 1) + 1):
            for x in range(left, min(right, len(rows[y]) - 1) + 1):
                rows[y][x] = value
    for y, x in formulas:
        if y < len(rows) and x < len(rows[y]):
            rows[y][x] = f"{FORMULA}{'' if rows[y][x] is None else rows[y][x]}"
    return rows


def _cell(value: object) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool):
        return str(value)
    if value is None or isinstance(value, (str, float, date)):
        return value
    if isinstance(value, int):
        return float(value)
    return str(value) if isinstance(value, (time, timedelta)) else None


def check_package(content: bytes) -> None:
    """Look at the table of contents of a zip before anything is unpacked. Raises Unreadable for bombs, broken and locked files."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Unreadable("broken") from None
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("encrypted")
    unpacked = sum(entry.file_size for entry in entries)
    dense = any(entry.file_size > SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1) for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or dense:
        raise Unreadable("bomb")
    if not any(entry.filename == "xl/workbook.xml" for entry in entries):
        raise Unreadable("content")


_FORMULA_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<(?:\w+:)?f[\s>/]')


def _formula_cells(content: bytes, place: int) -> dict[tuple[int, int], bool]:
    """Places ``(row, column)`` from 0 of formulas in the sheet at ``place``: the reader gives only what they last showed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            book = fromstring(package.read("xl/workbook.xml"))
            links = fromstring(package.read("xl/_rels/workbook.xml.rels"))
            first = [element for element in book.iter() if element.tag.endswith("}sheet")][place]
            wanted = next(value for key, value in first.attrib.items() if key.endswith("}id"))
            target = next(link.attrib["Target"] for link in links if link.attrib["Id"] == wanted)
            path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
            sheet = package.read(path)
    except (LookupError, StopIteration, ValueError, zipfile.BadZipFile, NotImplementedError, OSError, SyntaxError):
        raise Unreadable("broken") from None
    return {(int(row) - 1, column_index(letters.decode())): True for letters, row in _FORMULA_CELL.findall(sheet)}


def column_index(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
