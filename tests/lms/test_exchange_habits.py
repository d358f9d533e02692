"""What people do to a roster that is right in their eyes: brackets of either width, a hidden sheet in front, the same file again."""

import io

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from lms.exchange.actions import plan_import
from lms.exchange.models import ImportBatch, ImportState
from lms.exchange.reading import read
from lms.exchange.rendering import template
from lms.exchange.sheets import Column, workbook
from lms.people.models import Post, Unit
from tests.factories.exchange import row_with, xlsx
from tests.factories.people import PostFactory, UnitFactory


def verdicts(batch: ImportBatch) -> list[str]:
    return list(batch.rows.values_list("verdict", flat=True))


@pytest.mark.parametrize("typed", ["科长（股长）", "科长(股长)", " 科长 （股长） "])
def test_post_and_unit_are_known_by_either_width_of_brackets(county, typed) -> None:
    PostFactory(code="kezhang", name="科长（股长）")
    unit = UnitFactory(code="kaifa", name="开发区（筹）", parent=county.root)
    rows = [row_with(1, c5=typed, c4="开发区（筹）", c3=""), row_with(2, c5=typed, c4="开发区(筹)", c3=unit.code)]
    batch = plan_import("甲.xlsx", xlsx(rows), by=county.hr, at=timezone.now())
    assert verdicts(batch) == ["create", "create"]


def test_hidden_sheet_in_front_is_passed_over() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet("旧").write(0, 0, "老数据")
    seen = book.add_worksheet("名册")
    seen.activate()
    seen.write_row(0, 0, ["姓名", "工号"])
    seen.write_formula(1, 0, '="王"&"芳"', value="王芳")
    book.worksheets()[0].hide()
    book.close()
    table = read("名册.xlsx", out.getvalue())
    assert [line for line, _cells in table.rows] == [1, 2]
    assert table.rows[1][1][0] == "\x00formula王芳"


def test_same_file_is_looked_at_anew_when_a_missing_post_was_added_since(county) -> None:
    client = Client()
    client.force_login(county.hr)
    content = xlsx([row_with(1, c5="新岗位")])

    def send() -> ImportBatch:
        answer = client.post("/imports/", {"file": SimpleUploadedFile("甲.xlsx", content)})
        return ImportBatch.objects.get(pk=answer["Location"].strip("/").split("/")[-1])

    first = send()
    assert verdicts(first) == ["refuse"]
    PostFactory(code="xin", name="新岗位")
    again = send()
    first.refresh_from_db()
    assert (verdicts(again), first.state) == (["create"], ImportState.DISCARDED)


def test_long_list_of_choices_becomes_a_drop_down_too() -> None:
    names = [f"云溪县第{n}单位" for n in range(60)]
    book = openpyxl.load_workbook(io.BytesIO(workbook([Column(key="unit", heading="单位", choices=names)], [], title="人员名册")))
    rule = book.worksheets[0].data_validations.dataValidation[0]
    hidden = book.worksheets[1]
    assert (rule.formula1, hidden.sheet_state, hidden["A60"].value) == ("'单位 list'!$A$1:$A$60", "hidden", names[-1])


def test_template_filled_in_is_read_although_it_carries_a_hidden_list(county) -> None:
    for n in range(60):
        UnitFactory(code=f"dept-{n}", name=f"云溪县第{n}单位", parent=county.root)
    PostFactory(code="keyuan", name="科员")
    book = openpyxl.load_workbook(io.BytesIO(template(Unit.objects.all(), Post.objects.all())))
    book.worksheets[0].append(["王芳", "H90001", "", "", county.finance.name, "科员", "", "2026-03-01"])
    out = io.BytesIO()
    book.save(out)
    assert verdicts(plan_import("甲.xlsx", out.getvalue(), by=county.hr, at=timezone.now())) == ["create"]
