"""Workbooks of the roster: the template, and the bad rows going back with their reasons."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from lms.exchange.models import ImportBatch, Verdict
from lms.exchange.roster import SAMPLE, field_of
from lms.exchange.sheets import Column, workbook
from lms.people import identity
from lms.people.models import Appointment, Person, Post, Unit
from lms.people.states import Rank

TEXT_FIELDS = {"staff_number", "identity_number", "unit_code", "from_day"}
WRONG_HEADING = "错误原因"
ROSTER_HEADINGS = {
    "name": "姓名", "staff_number": "工号", "identity_number": "身份证号", "unit_code": "单位代码", "unit": "单位", "post": "岗位", "rank": "职级",
    "from_day": "任职日期",
}  # fmt: skip
WIDTHS = {"name": 14, "staff_number": 12, "identity_number": 22, "unit_code": 14, "unit": 26, "post": 20, "rank": 16, "from_day": 14}


def template(units: Iterable[Unit], posts: Iterable[Post]) -> bytes:
    """The empty roster: text columns, drop-down lists, a sample row that is left out on import, and a sheet of notes."""
    units, posts = list(units), list(posts)
    choices = {"post": [post.name for post in posts], "rank": ["科级及以下", "县处级及以上"], "unit": [unit.name for unit in units]}
    columns = [
        Column(key=key, heading=heading, text=key in TEXT_FIELDS, width=WIDTHS[key], choices=choices.get(key, ()))
        for key, heading in ROSTER_HEADINGS.items()
    ]
    unit, post = (units[0] if units else None), (posts[0] if posts else None)
    sample = [f"{SAMPLE}：王某某", "000001", "110101199003077571", unit.code if unit else "", unit.name if unit else "", post.name if post else "",
              "科级及以下", "2026-03-01"]  # fmt: skip
    notes = [
        ("列", "怎样填写"),
        ("姓名", "必填。一行一人。以“示例”开头的行不会导入。"),
        ("工号", "必填，文本格式，保留前导零。系统以工号认人：已有的工号按变更处理，没有的按新增处理。"),
        ("身份证号", "选填，18 位，文本格式。数字格式的单元格会丢失末几位，一律退回。留空则不改动。"),
        ("单位代码／单位", "至少填一项；两项都填时必须一致。有重名单位时填代码。"),
        ("岗位", "必填，从下拉列表中选择。"),
        ("职级", "选填：科级及以下、县处级及以上。留空时新增人员按科级及以下。"),
        ("任职日期", "必填，如 2026-03-01。"),
        ("导入", "先预览再导入。正确的行先导入，有误的行连同“错误原因”退回，改好后把同一文件再上传即可。"),
        ("", ""),
        ("单位代码", "单位"),
        *((unit.code, unit.name) for unit in units),
    ]
    return workbook(columns, [sample], title="人员名册", frozen=2, notes=notes, notes_title="填写说明")


def bad_rows(batch: ImportBatch) -> bytes:
    """The refused rows as they came, each with its reasons in a red last column; corrected, the same file can be sent again."""
    headings = [str(heading) for heading in batch.headings]
    keep = [n for n, heading in enumerate(headings) if heading.strip() != WRONG_HEADING]
    columns = [Column(key=str(n), heading=headings[n], text=field_of(headings[n]) in TEXT_FIELDS or not field_of(headings[n])) for n in keep]
    columns.append(Column(key="wrong", heading=WRONG_HEADING, wrong=True, width=60))
    return workbook(columns, _bad_cells(batch, keep), title=_("Rows with errors"))


def _bad_cells(batch: ImportBatch, keep: list[int]) -> Iterable[list[str]]:
    for row in batch.rows.filter(verdict=Verdict.REFUSE).exclude(cells=""):
        cells = json.loads(identity.opened(row.cells, settings.IDENTITY_KEY, f"import:{batch.pk}"))
        yield [*(cells[n] if n < len(cells) else "" for n in keep), " ".join(row.reasons)]


def people_workbook(people: Iterable[Person]) -> bytes:
    """The list of people as a roster that can come back in; identity numbers masked. ``people`` carry ``held`` (see `lms.people.listing`)."""
    columns = [
        Column(key="name", heading="姓名", width=14), Column(key="staff_number", heading="工号", text=True, width=12),
        Column(key="identity_tail", heading="证件号（已遮盖）", text=True, width=22),
        Column(key="unit_code", heading="单位代码", text=True, width=14),
        Column(key="unit", heading="单位", width=26), Column(key="post", heading="岗位", width=20), Column(key="rank", heading="职级", width=16),
        Column(key="from_day", heading="任职日期", kind="date"), Column(key="acting", heading="代理", width=8),
        Column(key="more", heading="兼任岗位", width=24), Column(key="left", heading="离职日期", kind="date"),
    ]  # fmt: skip
    return workbook(columns, map(_person_cells, people), title="人员名单")


def _person_cells(person: Person) -> list[Any]:
    held: list[Appointment] = person.held  # type: ignore[attr-defined]
    main = next((a for a in held if a.main), None)
    more = "、".join(f"{a.unit.name}{a.post.name}" for a in held if a is not main)
    home = main.unit if main else person.home_unit
    rank = "县处级及以上" if person.rank == Rank.DIVISION else "科级及以下"
    return [
        person.name, person.staff_number, person.identity_tail, home.code if home else "", home.name if home else "",
        main.post.name if main else "", rank, main.valid_from if main else None, "是" if main and main.acting else "", more, person.left_on,
    ]  # fmt: skip
