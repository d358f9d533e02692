"""What people send is read as it was meant, and what was made to hurt is not opened."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.exchange.reading import FORMULA, Unreadable, column_index, decoded, read
from lms.exchange.roster import compact, day_of, entries, find_header, identity_of, tidy_name
from tests.factories.exchange import HEADINGS, csv_file, good_row, xlsx

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-01", date(2026, 3, 1)), ("2026.3.1", date(2026, 3, 1)), ("2026/3/1", date(2026, 3, 1)), ("2026年3月1日", date(2026, 3, 1)),
        ("２０２６．３．１", date(2026, 3, 1)), ("20260301", date(2026, 3, 1)), (20260301.0, date(2026, 3, 1)), (46082.0, date(2026, 3, 1)),
        ("46082", date(2026, 3, 1)), (date(2026, 3, 1), date(2026, 3, 1)), ("2026-03-01 00:00:00", date(2026, 3, 1)),
    ],
)  # fmt: skip
def test_day_is_understood_in_every_usual_form(cell, day) -> None:
    assert day_of(cell, TODAY) == (day, "")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [(None, "date_missing"), ("  ", "date_missing"), ("2026-02-30", "date_bad"), (2026.3, "date_bad"), ("soon", "date_bad"),
     ("1949-10-01", "date_bad"), ("2099-01-01", "date_bad"), (99999.0, "date_bad")],
)  # fmt: skip
def test_what_is_no_day_is_said(cell, reason) -> None:
    assert day_of(cell, TODAY) == (None, reason)


@given(st.dates(date(1950, 1, 1), TODAY))
def test_serial_and_text_give_the_same_day(day: date) -> None:
    serial = float((day - date(1899, 12, 30)).days)
    assert day_of(serial, TODAY) == day_of(day.isoformat(), TODAY) == (day, "")


@pytest.mark.parametrize("cell", [3.62325199001011e17, "3.6E+17", "3.62325199001011e+17", 110105194912310.0])
def test_identity_number_as_a_number_is_always_an_error(cell) -> None:
    assert identity_of(cell) == ("", "identity_as_number")


def test_cells_are_tidied_but_names_keep_their_characters() -> None:
    assert (compact("　００ 42１7 "), compact("'004217"), tidy_name(" 王　敏 "), tidy_name("䶮㛃𬭎"), tidy_name("Li Ming")) == (
        "004217", "004217", "王敏", "䶮㛃𬭎", "Li Ming",
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_every_encoding(encoding) -> None:
    row = good_row(1)
    row[0] = "张𬎆"
    assert read("a.csv", csv_file([row], encoding)).rows[1][1][0] == "张𬎆"


def test_characters_that_python_takes_for_private_become_real() -> None:
    assert decoded("姓名,".encode("gb18030") + b"\xfe\x59\xa6\xd9") == "姓名,\u9fb4\ufe10"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_recognised(delimiter) -> None:
    text = delimiter.join(HEADINGS) + "\n" + delimiter.join(good_row(1)) + "\n"
    assert read("a.csv", text.encode()).rows[0][1] == HEADINGS


def test_headings_are_found_under_a_title_in_two_rows_and_with_hints() -> None:
    hints = ["必填", "必填，文本", "选填", "", "", "必填", "", "如 2026-03-01"]
    for above in ([["云溪县人员名册"]], [["云溪县人员名册"], hints], [hints]):
        table = read("a.xlsx", xlsx([*above, HEADINGS, good_row(1)], headings=()))
        header = find_header(table.rows)
        assert (header.last_line, sorted(header.columns.values())) == (len(above) + 1, list(range(8)))
    decorated = ["姓 名*", "工号（必填）", "身份证号码", "单位编码", "工作单位", "岗位名称：", "级别", "任职时间"]
    assert len(find_header([(1, decorated)]).columns) == 8
    split = [(1, ["姓名", "工号", "任职信息", None]), (2, [None, None, "单位", "岗位"])]
    assert find_header(split).columns == {"name": 0, "staff_number": 1, "unit": 2, "post": 3}
    assert find_header([(1, ["甲", "乙"])]) is None


def test_merged_cells_count_for_every_row_and_formulas_are_seen() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADINGS)
    for n in range(3):
        sheet.append(good_row(n))
    sheet.merge_cells("E2:E4")
    sheet["A4"] = "=A2"
    out = io.BytesIO()
    book.save(out)
    table = read("a.xlsx", out.getvalue())
    assert [cells[4] for _line, cells in table.rows[1:]] == ["县财政局"] * 3
    assert table.rows[3][1][0].startswith(FORMULA)
    rows = entries(table.rows, find_header(table.rows), TODAY)
    assert [row.reasons for row in rows] == [[], [], ["formula"]]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<x/>")
        package.writestr("xl/worksheets/sheet1.xml", b" " * (30 * 1024 * 1024))
    return out.getvalue()


def many_entries() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for n in range(2500):
            package.writestr(f"xl/{n}", "")
    return out.getvalue()


def other_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "make", "reason"),
    [
        ("a.xlsx", bomb, "bomb"), ("a.xlsx", many_entries, "bomb"), ("a.xlsx", other_zip, "content"), ("a.xls", other_zip, "content"),
        ("a.xlsx", lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 2000, "encrypted"), ("a.xlsx", lambda: xlsx([good_row(1)])[:-200], "broken"),
        ("a.pdf", lambda: b"%PDF", "extension"), ("a", lambda: b"x", "extension"), ("a.csv", lambda: b"", "empty"),
        ("a.csv", lambda: b"\n\n,,\n", "empty"),
        ("a.csv", lambda: b"a\0b", "content"), ("a.csv", lambda: b"\xff" * 9, "encoding"), ("a.csv", lambda: b"1\n" * 20_001, "rows"),
        ("a.xls", lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 2000, "broken"),
    ],
)  # fmt: skip
def test_unreadable_file_says_why(name, make, reason) -> None:
    with pytest.raises(Unreadable) as caught:
        read(name, make())
    assert caught.value.reason == reason


@given(st.binary(max_size=300), st.sampled_from(["a.xlsx", "a.xls", "a.csv"]))
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    try:
        read(name, content)
    except Unreadable as bad:
        assert bad.reason  # noqa: PT017


def test_column_letters_count_from_nought() -> None:
    assert [column_index(letters) for letters in ("A", "Z", "AA", "AZ", "BA")] == [0, 25, 26, 51, 52]
