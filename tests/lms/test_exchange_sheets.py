"""Spreadsheets as Excel users expect them, opened with a second library."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from lms.exchange.sheets import Column, csv_bytes, escaped, sheet_name, width_of, workbook

COLUMNS = [
    Column(key="name", heading="姓名"),
    Column(key="number", heading="工号", text=True),
    Column(key="hours", heading="学时", kind="number"),
    Column(key="day", heading="日期", kind="date"),
    Column(key="wrong", heading="错误原因", wrong=True),
]
ROWS = [
    ["王慧敏", "004217", Decimal("90.5"), date(2026, 3, 1), ""],
    ["=HYPERLINK(1)", "362325199001010000", 3, datetime(2026, 3, 1, 2, 0, tzinfo=UTC), "@x"],
]


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_workbook_has_frozen_panes_filter_and_text_columns() -> None:
    sheet = opened(workbook(COLUMNS, ROWS, title="人员")).active
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("人员", "C2", "A1:E3")
    assert [cell.value for cell in sheet[1]] == ["姓名", "工号", "学时", "日期", "错误原因"]
    assert (sheet["B2"].value, sheet["B2"].number_format, sheet["B3"].value) == ("004217", "@", "362325199001010000")
    assert (sheet["C2"].value, sheet["D2"].value, sheet["D3"].value) == (90.5, datetime(2026, 3, 1), datetime(2026, 3, 1, 10, 0))
    assert sheet["E3"].font.color.rgb == "FFA8231B"


def test_workbook_never_writes_a_formula() -> None:
    cell = opened(workbook(COLUMNS, ROWS, title="x")).active["A3"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=HYPERLINK(1)", "s", True)


def test_workbook_without_rows_still_has_its_header() -> None:
    sheet = opened(workbook(COLUMNS, [], title="空")).active
    assert (sheet.max_row, sheet.auto_filter.ref) == (1, "A1:E1")


def test_workbook_offers_lists_and_notes() -> None:
    book = opened(
        workbook([Column(key="r", heading="职级", choices=["甲", "乙"])], [], title="人员", notes=[["职级", "甲或乙"]], notes_title="填写说明")
    )
    assert book.sheetnames == ["人员", "填写说明"]
    assert book["人员"].data_validations.dataValidation[0].formula1 == '"甲,乙"'


def test_csv_bytes_are_utf8_with_mark_and_escaped() -> None:
    content = csv_bytes(COLUMNS, ROWS)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert content.startswith(b"\xef\xbb\xbf")
    assert rows[1] == ["王慧敏", "004217", "90.5", "2026-03-01", ""]
    assert rows[2] == ["'=HYPERLINK(1)", "362325199001010000", "3", "2026-03-01 10:00", "'@x"]


@pytest.mark.parametrize(("text", "shown"), [("=1", "'=1"), ("+86", "'+86"), ("-", "'-"), ("@a", "'@a"), ("\t1", "'\t1"), ("王", "王"), ("", "")])
def test_escaped_quotes_only_what_could_run(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_width_counts_chinese_twice() -> None:
    assert [width_of(text) for text in ("姓名", "ab", "姓a", "", "长长\n短")] == [4, 2, 3, 0, 4]


def test_sheet_name_is_made_lawful() -> None:
    assert [sheet_name(t) for t in ("2026/考核[表]", "", "a" * 40)] == ["2026 考核 表", "Sheet1", "a" * 31]
