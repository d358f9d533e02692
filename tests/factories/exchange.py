"""Rosters as they come in: good rows, and two hundred damaged ones of every known kind."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from tests.factories.people import identity_number

HEADINGS = ["姓名", "工号", "身份证号", "单位代码", "单位", "岗位", "职级", "任职日期"]
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", ["建国", "慧敏", "志远", "小川", "桂英", "立新", "春梅", "德胜", "文静", "永强"]


def good_row(n: int) -> list[Any]:
    name = SURNAMES[n % len(SURNAMES)] + GIVEN[n % len(GIVEN)]
    return [name, f"{700000 + n}", identity_number(n), "caizheng", "县财政局", "科员", "科级及以下", "2026-03-01"]


def row_with(n: int, **changes: Any) -> list[Any]:
    """A good row with some cells replaced: ``c5`` is the sixth."""
    row = good_row(n)
    for place, value in changes.items():
        row[int(place[1:])] = value
    return row


# Each kind of damage: how the row looks, and words that its reason must hold.
DAMAGES = [
    ("name missing", lambda n: row_with(n, c0=""), "name is missing"),
    ("staff number missing", lambda n: row_with(n, c1=""), "staff number is missing"),
    ("unit missing", lambda n: row_with(n, c3="", c4=""), "unit is missing"),
    ("post missing", lambda n: row_with(n, c5=""), "post is missing"),
    ("unit unknown", lambda n: row_with(n, c3="", c4="县外星局"), "no unit"),
    ("unit outside the scope", lambda n: row_with(n, c3="linxian", c4=""), "no unit with the code"),
    ("unit code and name disagree", lambda n: row_with(n, c4="县人社局"), "belongs to"),
    ("post unknown", lambda n: row_with(n, c5="宇航员"), "no post"),
    ("rank unknown", lambda n: row_with(n, c6="神级"), "rank is not known"),
    ("date missing", lambda n: row_with(n, c7=""), "day of appointment is missing"),
    ("date impossible", lambda n: row_with(n, c7="2026-02-30"), "is not a day"),
    ("identity in exponent form", lambda n: row_with(n, c2="3.6232519900101E+17"), "stored as a number"),
    ("identity too short", lambda n: row_with(n, c2=identity_number(n)[:-1]), "18 characters"),
    ("identity with letters", lambda n: row_with(n, c2="A" + identity_number(n)[1:]), "17 digits"),
    ("identity with a wrong birthday", lambda n: row_with(n, c2="99999919901331000" + "1"), "date of birth"),
    ("identity with a wrong last character", lambda n: row_with(n, c2=_wrong_last(identity_number(n))), "last character"),
    ("identity of somebody else", lambda n: row_with(n, c2=identity_number(999)), "another staff number"),
    ("formula", lambda n: row_with(n, c0='=HYPERLINK("http://x","王")'), "formula"),
    ("name with digits", lambda n: row_with(n, c0="王3"), "digits or signs"),
    ("staff number with signs", lambda n: row_with(n, c1="7000#1"), "at most 20"),
]  # fmt: skip


def _wrong_last(number: str) -> str:
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def damaged_rows(count: int, start: int = 300) -> list[tuple[list[Any], str]]:
    """``count`` rows, each damaged in one way, with the words their reason must hold."""
    return [(DAMAGES[n % len(DAMAGES)][1](start + n), DAMAGES[n % len(DAMAGES)][2]) for n in range(count)]


def xlsx(rows: Sequence[Sequence[Any]], headings: Sequence[Sequence[str]] = (HEADINGS,)) -> bytes:
    """Text stays text, floats become number cells, text beginning with = becomes a live formula."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("人员")
    for y, row in enumerate([*headings, *rows]):
        for x, value in enumerate(row):
            if isinstance(value, float):
                sheet.write_number(y, x, value)
            elif str(value).startswith("="):
                sheet.write_formula(y, x, value, None, "王")
            else:
                sheet.write_string(y, x, str(value))
    book.close()
    return buffer.getvalue()


def csv_file(rows: Sequence[Sequence[Any]], encoding: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADINGS, *rows])
    return out.getvalue().encode(encoding)
