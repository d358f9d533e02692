"""The screens of the year's material: who may open them, the two-step bulk confirmation, objecting, batches and files."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exams.assessment.actions import confirm
from exams.assessment.gathering import person_year
from exams.assessment.handing_on import export_batch
from exams.assessment.models import AssessmentRecord, ExportBatch, Objection
from lms.audit.models import AuditRow
from lms.jobs.actions import run_due
from lms.people.models import Appointment, Person
from lms.people.states import Role
from tests.conftest import NOW, TODAY
from tests.factories.assessment import certify, credit, sat
from tests.factories.people import PersonFactory, PostFactory


@pytest.fixture(autouse=True)
def now() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def year(county: SimpleNamespace) -> SimpleNamespace:
    """王慧敏 of finance and 陈志远 of the township meet everything, 周建国 of finance lacks hours; a second HR officer of finance alone."""
    county.clerk = PostFactory(name="科员")
    for person in (county.learner, county.stranger):
        Appointment.objects.create(person=person, unit=person.home_unit, post=county.clerk, valid_from=date(2020, 1, 1))
        credit(person, "92.5")
    county.short = PersonFactory(home_unit=county.finance, name="周建国", post=county.clerk)
    county.finance_hr = PersonFactory(home_unit=county.finance, name="赵立新", role=Role.HR)
    return county


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def confirmed(person: Person, by: Person) -> AssessmentRecord:
    return confirm(person, 2026, shown=person_year(person, 2026, today=TODAY).digest, by=by, at=NOW)


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_board_shows_who_stands_where(year: SimpleNamespace) -> None:
    confirmed(year.learner, year.hr)
    response = signed_in(year.hr).get(reverse("assessment"))
    assert response.status_code == 200
    assert response.context["counts"] == {"open": 2, "confirmed": 1, "changed": 0, "returned": 0, "objections": 0, "people": 3}
    shown = text(response)
    assert "92.5 / 90 学时" in shown
    assert "导出已确认 1 人" in shown


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["王慧敏", "周建国", "陈志远"]),
        ("unit=longkou", ["陈志远"]),
        ("state=confirmed", ["王慧敏"]),
        ("state=open&met=gaps", ["周建国", "陈志远"]),
        ("met=met", []),
        ("q=周建", ["周建国"]),
        ("year=2025", ["王慧敏", "周建国", "陈志远"]),
        ("year=abc&state=nonsense&unit=nowhere&page=x", ["王慧敏", "周建国", "陈志远"]),
    ],
)
def test_board_filters_are_in_the_address(year: SimpleNamespace, query: str, names: list[str]) -> None:
    credit(year.learner, "1", kind="lecture")
    confirmed(year.learner, year.hr)
    if query == "state=open&met=gaps":
        credit(year.stranger, "-40", reverses=year.stranger.hours.get())
    response = signed_in(year.hr).get(f"{reverse('assessment')}?{query}")
    expected = {"met=met": ["王慧敏", "陈志远"]}.get(query, names)
    assert sorted(row["person"].name for row in response.context["rows"]) == sorted(expected)


@pytest.mark.parametrize("role", ["trainer", "centre", "unit_admin", "head", "invigilator", "auditor", "sysadmin", "learner"])
def test_hr_screens_are_refused_to_others(year: SimpleNamespace, role: str) -> None:
    confirmed(year.learner, year.hr)
    client = signed_in(getattr(year, role))
    for name in ("assessment", "assessment_confirm_preview", "assessment_batches"):
        assert client.get(reverse(name)).status_code == 403
    assert client.get(reverse("assessment_person", args=[2026, year.short.pk])).status_code == 403
    for name in ("assessment_confirm_many", "assessment_export"):
        assert client.post(reverse(name)).status_code == 403
    assert client.post(reverse("assessment_confirm", args=[2026, year.short.pk])).status_code == 403


def test_anonymous_is_sent_to_sign_in(year: SimpleNamespace) -> None:
    for name in ("assessment", "assessment_mine", "assessment_batches"):
        assert Client().get(reverse(name)).headers["Location"].startswith("/sign-in/")


def test_people_of_another_unit_are_not_there(year: SimpleNamespace) -> None:
    client = signed_in(year.finance_hr)
    assert {row["person"].name for row in client.get(reverse("assessment")).context["rows"]} == {"王慧敏", "周建国"}
    for name in ("assessment_person", "assessment_sheet"):
        assert client.get(reverse(name, args=[2026, year.stranger.pk])).status_code == 404
        assert client.get(reverse(name, args=[2026, year.short.pk])).status_code == 200
    for name in ("assessment_confirm", "assessment_return"):
        assert client.post(reverse(name, args=[2026, year.stranger.pk]), {"reason": "x"}).status_code == 404
    shown = f"{year.stranger.pk}:{person_year(year.stranger, 2026, today=TODAY).digest[:16]}"
    client.post(reverse("assessment_confirm_many"), {"year": 2026, "shown": shown, "tick": [year.stranger.pk]})
    assert not AssessmentRecord.objects.exists()


def test_bulk_confirmation_shows_exceptions_first(year: SimpleNamespace) -> None:
    credit(year.learner, "50")
    credit(year.stranger, "50")
    client = signed_in(year.hr)
    preview = client.get(reverse("assessment_confirm_preview") + "?year=2026")
    assert {row["person"].name for row in preview.context["clean"]} == {"王慧敏", "陈志远"}
    assert [row["person"].name for row in preview.context["exceptions"]] == ["周建国"]
    assert "有要求未达到或无法判定。" in text(preview)
    credit(year.stranger, "1")
    response = client.post(reverse("assessment_confirm_many"), {"year": 2026, "shown": preview.context["shown"]}, follow=True)
    assert "已确认 1 人。" in text(response)
    assert "未确认 2 人，其中显示之后有变化的 1 人" in text(response)
    assert list(AssessmentRecord.objects.values_list("person__name", flat=True)) == ["王慧敏"]


def test_those_ticked_on_the_board_come_to_the_preview(year: SimpleNamespace) -> None:
    client = signed_in(year.hr)
    picks = {row["person"].name: row["pick"] for row in client.get(reverse("assessment")).context["rows"]}
    preview = client.post(reverse("assessment_confirm_preview"), {"year": 2026, "pick": [picks["周建国"], "x", "9:"]})
    assert [row["person"].name for row in preview.context["exceptions"]] == ["周建国"]
    client.post(reverse("assessment_confirm_many"), {"year": 2026, "shown": preview.context["shown"], "tick": [year.short.pk]})
    assert [record.person for record in AssessmentRecord.objects.all()] == [year.short]


def test_person_year_shows_every_line_with_reason_rule_and_evidence(year: SimpleNamespace) -> None:
    certify(year.learner)
    sat(year.learner, "40", "45", at=NOW - timedelta(days=40))
    response = signed_in(year.hr).get(reverse("assessment_person", args=[2026, year.learner.pk]))
    shown = text(response)
    for part in ("科级及以下每年不少于 90 学时", "（间接来源）", "政策参数第", "凭证 1 件", "操作成绩 90%", "信息安全员证（YX-SEC-2025-"):
        assert part in shown
    assert "优秀称职" not in shown
    assert signed_in(year.hr).get(reverse("assessment_person", args=[2010, year.learner.pk])).status_code == 404


def test_confirming_one_refuses_what_has_changed(year: SimpleNamespace) -> None:
    client, address = signed_in(year.hr), reverse("assessment_confirm", args=[2026, year.learner.pk])
    shown = person_year(year.learner, 2026, today=TODAY).digest
    credit(year.learner, "1")
    assert "材料在显示之后有变化，请重新核对。" in text(client.post(address, {"shown": shown}, follow=True))
    shown = person_year(year.learner, 2026, today=TODAY).digest
    assert "材料已确认，并已通知本人" in text(client.post(address, {"shown": shown}, follow=True))
    assert AssessmentRecord.objects.get().digest == shown


def test_returning_asks_for_a_reason(year: SimpleNamespace) -> None:
    client, address = signed_in(year.hr), reverse("assessment_return", args=[2026, year.learner.pk])
    refused = client.post(address, {"reason": ""})
    assert refused.status_code == 422
    assert 'class="errors"' in refused.content.decode()
    client.post(address, {"reason": "讲座漏记"})
    assert AssessmentRecord.objects.get().reason == "讲座漏记"
    assert "人事部门已退回更正：讲座漏记" in text(signed_in(year.learner).get(reverse("assessment_mine")))


def test_objecting_and_answering_on_screen(year: SimpleNamespace, now: Any) -> None:
    record = confirmed(year.learner, year.hr)
    own, hr = signed_in(year.learner), signed_in(year.hr)
    assert "异议期限至 2026-12-23（含当日）。" in text(own.get(reverse("assessment_mine")))
    assert own.post(reverse("assessment_object"), {"year": 2026, "record": record.pk, "text": ""}).status_code == 422
    own.post(reverse("assessment_object"), {"year": 2026, "record": record.pk, "text": "3月讲座漏记"})
    objection = Objection.objects.get()
    assert [row["person"].name for row in hr.get(reverse("assessment") + "?state=objection").context["rows"]] == ["王慧敏"]
    assert hr.post(reverse("assessment_answer", args=[objection.pk]), {"answer": ""}).status_code == 422
    hr.post(reverse("assessment_answer", args=[objection.pk]), {"answer": "已补记"})
    assert "已补记" in text(own.get(reverse("assessment_mine")))
    now.move_to(NOW + timedelta(days=31))
    assert "异议期限已于 2026-12-23 届满" in text(signed_in(year.learner).get(reverse("assessment_mine")))


def test_nobody_objects_for_another_or_answers_out_of_reach(year: SimpleNamespace) -> None:
    record = confirmed(year.stranger, year.hr)
    assert signed_in(year.learner).post(reverse("assessment_object"), {"year": 2026, "record": record.pk, "text": "x"}).status_code == 404
    signed_in(year.stranger).post(reverse("assessment_object"), {"year": 2026, "record": record.pk, "text": "漏记"})
    assert signed_in(year.finance_hr).post(reverse("assessment_answer", args=[Objection.objects.get().pk]), {"answer": "x"}).status_code == 404
    assert Objection.objects.get().answered_at is None


def test_export_takes_two_clicks_and_the_learner_sees_the_same_words(year: SimpleNamespace) -> None:
    confirmed(year.learner, year.hr)
    client = signed_in(year.hr)
    client.get(reverse("assessment"))  # click 1: the entry in the navigation
    waiting = client.post(reverse("assessment_export"), {"year": 2026}, follow=True)  # click 2: export
    assert "正在生成批次" in text(waiting)
    assert waiting.headers["Refresh"] == "2"
    run_due()
    batch = ExportBatch.objects.get()
    assert f"下载 {batch.number}（Excel）" in text(client.get(reverse("assessment_batches")))
    page = text(client.get(reverse("assessment_batch", args=[batch.pk])))
    assert "报送后未改动" in page
    own = text(signed_in(year.learner).get(reverse("assessment_mine")))
    assert batch.number in own
    assert batch.receiver in own
    for cell in batch.rows.get().cells.values():
        assert cell in own
    for line in AssessmentRecord.objects.get().lines:
        assert line["sentence"] in own
    again = client.post(reverse("assessment_export"), {"year": 2026}, follow=True)
    assert "没有已确认而尚未报送的材料" in text(again)


def test_batch_files_are_recorded_and_out_of_reach_for_others(year: SimpleNamespace) -> None:
    confirmed(year.stranger, year.hr)
    client = signed_in(year.hr)
    client.post(reverse("assessment_export"), {"year": 2026})
    run_due()
    batch = ExportBatch.objects.get()
    for extension in ("xlsx", "csv"):
        address = reverse("assessment_batch_file", args=[batch.pk, extension])
        first, second = client.get(address), client.get(address)
        assert first.content == second.content
        assert f'filename="{batch.number}.{extension}"' in first.headers["Content-Disposition"]
        assert signed_in(year.finance_hr).get(address).status_code == 404
        assert signed_in(year.stranger).get(address).status_code == 403
    assert AuditRow.objects.filter(verb="list:export").count() == 4
    assert signed_in(year.finance_hr).post(reverse("assessment_batch_identity", args=[batch.pk])).status_code == 404
    assert client.post(reverse("assessment_batch_identity", args=[batch.pk])).status_code == 200
    assert AuditRow.objects.filter(verb="person:reveal_identity").count() == 1


def test_correction_on_screen(year: SimpleNamespace) -> None:
    confirmed(year.learner, year.hr)
    client = signed_in(year.hr)
    client.post(reverse("assessment_export"), {"year": 2026})
    run_due()
    batch = ExportBatch.objects.get()
    assert "报送后没有重新确认的材料" in text(client.post(reverse("assessment_batch_correct", args=[batch.pk]), follow=True))
    credit(year.learner, "3")
    confirmed(year.learner, year.hr)
    assert "报送更正（1 人）" in text(client.get(reverse("assessment_batch", args=[batch.pk])))
    client.post(reverse("assessment_batch_correct", args=[batch.pk]))
    run_due()
    assert batch.corrections.get().number == "YX-2026-Q4-002"


def test_own_page_before_anything_is_confirmed_and_the_copy(year: SimpleNamespace) -> None:
    client = signed_in(year.short)
    shown = text(client.get(reverse("assessment_mine")))
    assert "人事部门尚未确认；以下为记录的现状。" in shown
    assert "本年度尚未报送。" in shown
    copy = client.get(reverse("assessment_copy") + "?year=2026")
    assert copy.content[:2] == b"PK"
    assert client.get(reverse("assessment_sheet", args=[2026, year.short.pk])).status_code == 200
    assert client.get(reverse("assessment_sheet", args=[2026, year.learner.pk])).status_code == 404


def test_home_says_what_is_due(year: SimpleNamespace, now: Any) -> None:
    from exams.assessment.panels import due

    assert [todo.detail for todo in due(year.hr, NOW)] == ["待确认 3 人。"]
    confirmed(year.learner, year.hr)
    (todo,) = due(year.learner, NOW)
    assert (todo.title, todo.due_label) == ("核对 2026 年度考核材料", "2026-12-23 止")
    assert list(due(year.learner, NOW + timedelta(days=31))) == []
    signed_in(year.learner).post(reverse("assessment_object"), {"year": 2026, "record": AssessmentRecord.objects.get().pk, "text": "漏记"})
    assert [todo.detail for todo in due(year.hr, NOW)] == ["待确认 2 人。", "待答复 1 件。"]


@pytest.mark.parametrize("address", ["assessment", "assessment_confirm_preview", "assessment_batches"])
def test_lists_ask_the_same_for_one_and_three_rows(year: SimpleNamespace, address: str) -> None:
    def asked(unit: str) -> int:
        client = signed_in(year.hr)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{reverse(address)}?unit={unit}").status_code == 200
        return len(queries)

    if address == "assessment_batches":
        confirmed(year.learner, year.hr)
        export_batch(2026, year.finance, by=year.hr, at=NOW)
    one = asked("longkou")
    if address == "assessment_batches":
        for person in (year.short, year.stranger):
            confirmed(person, year.hr)
            export_batch(2026, person.home_unit, by=year.hr, at=NOW)
    assert asked("yunxi") == one
