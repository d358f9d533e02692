"""From records to material, confirmation, objection, batch and correction."""

import io
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import DatabaseError, transaction

from exams.assessment.actions import Refused, answer_objection, confirm, confirm_many, lodge_objection, objection_until, return_record
from exams.assessment.gathering import PersonYear, person_year, person_years
from exams.assessment.handing_on import NothingToHandOn, corrected_since, export_batch, export_correction, intact, rows_with_identity, waiting
from exams.assessment.models import AssessmentRecord, ExportBatch, ExportRow
from exams.assessment.resources import BatchResource, file_of
from exams.assessment.rows import HEADINGS
from exams.assessment.states import Standing
from exams.compliance.models import Requirement
from lms.audit.models import AuditRow
from lms.jobs.actions import enqueue, run_due
from lms.notices.models import Notice
from lms.people.models import Appointment, Person
from lms.people.states import Rank, Tier
from tests.conftest import NOW, TODAY
from tests.factories.assessment import certificate_type, certify, credit, mark, sat
from tests.factories.people import PersonFactory, PostFactory, identity_number

LATER = NOW + timedelta(days=3)


@pytest.fixture
def year(county: SimpleNamespace) -> SimpleNamespace:
    """Two clerks of the finance bureau: 王慧敏 meets everything, 周建国 lacks hours; 陈志远 of the township meets everything."""
    clerk = PostFactory(name="科员")
    for person in (county.learner, county.stranger):
        Appointment.objects.create(person=person, unit=person.home_unit, post=clerk, valid_from=date(2020, 1, 1))
        credit(person, "60")
        credit(person, "32.5", kind="lecture")
    county.short = PersonFactory(home_unit=county.finance, name="周建国", post=clerk)
    credit(county.short, "12", kind="lecture")
    county.clerk = clerk
    return county


def view(person: Person, year: int = 2026, today: date = TODAY) -> PersonYear:
    return person_year(Person.objects.select_related("home_unit").get(pk=person.pk), year, today=today)


def confirmed(person: Person, by: Person, at: datetime = NOW) -> AssessmentRecord:
    return confirm(person, 2026, shown=view(person).digest, by=by, at=at)


def test_material_reads_every_source(year: SimpleNamespace) -> None:
    post = PostFactory(name="信息安全员", tier=Tier.TECHNICAL)
    Appointment.objects.create(
        person=year.learner, unit=year.township, post=post, main=False, acting=True, valid_from=date(2026, 6, 1), valid_to=date(2027, 6, 1)
    )  # fmt: skip
    Requirement.objects.create(post=post, certificate_type=certificate_type(), since=date(2024, 1, 1))
    sat(year.learner, "40", "45", at=datetime(2026, 5, 6, 1, tzinfo=UTC), level="excellent")
    sat(year.learner, "50", "50", at=datetime(2026, 8, 6, 1, tzinfo=UTC), released=False, title="未公布")
    lines = view(year.learner).by_key
    assert (lines["hours_total"]["amount"], lines["hours_online"]["amount"]) == ("92.50", "60.00")
    assert (lines["knowledge"]["value"], lines["operation"]["value"], lines["level"]["value"]) == ("80%", "90%", "优秀")
    assert lines["hours_technical"]["verdict"] == "short"
    assert (lines["requirements"]["verdict"], lines["certificates"]["value"]) == ("short", "无")
    certify(year.learner)
    assert view(year.learner).by_key["requirements"]["verdict"] == "met"


def test_result_is_that_of_the_latest_release(year: SimpleNamespace) -> None:
    first = sat(year.learner, "40", "30", at=NOW)
    mark(first.attempt, "45", "30", at=NOW, run=2)
    mark(first.attempt, "50", "30", at=NOW, run=3, released=False)
    assert view(year.learner).by_key["knowledge"]["value"] == "90%"


def test_unit_and_post_are_those_of_the_key_day(year: SimpleNamespace) -> None:
    now = year.learner.appointments.get()
    Appointment.objects.filter(pk=now.pk).update(valid_to=date(2026, 2, 1), end_reason="调动")
    Appointment.objects.create(person=year.learner, unit=year.township, post=year.clerk, valid_from=date(2026, 2, 1))
    assert view(year.learner).unit == year.township
    assert view(year.learner, 2025).unit == year.finance
    assert view(year.learner, 2025).by_key["hours_total"]["amount"] == "0.00"


def test_division_rank_reads_five_years(year: SimpleNamespace) -> None:
    Person.objects.filter(pk=year.learner.pk).update(rank=Rank.DIVISION)
    for earned in range(2021, 2026):
        credit(year.learner, "100", on=date(earned, 7, 1))
    assert view(year.learner).by_key["hours_total"]["amount"] == "492.50"


def test_material_is_the_same_tomorrow(year: SimpleNamespace) -> None:
    certify(year.learner)
    assert view(year.learner).digest == view(year.learner, today=TODAY + timedelta(days=1)).digest


def test_material_of_many_asks_no_more_than_of_one(year: SimpleNamespace, django_assert_num_queries: Any) -> None:
    people = list(Person.objects.select_related("home_unit"))
    for person in people:
        credit(person, "1")
        certify(person)
        sat(person, "30", "30", at=NOW)
    with django_assert_num_queries(8):
        person_years(people[:1], 2026, today=TODAY)
    with django_assert_num_queries(8):
        person_years(people, 2026, today=TODAY)


def test_confirming_adds_a_version_with_the_lines_shown_and_tells_the_person(year: SimpleNamespace) -> None:
    shown = view(year.learner)
    record = confirmed(year.learner, year.hr)
    assert (record.version, record.lines, record.digest, record.unit) == (1, shown.lines, shown.digest, year.finance)
    assert view(year.learner).standing == Standing.CONFIRMED
    assert Notice.objects.get(person=year.learner).title == "您 2026 年度的考核材料已确认。"
    row = AuditRow.objects.order_by("-number").first()
    assert row is not None
    assert (row.verb, row.subject, row.actor_id) == ("assessment:confirm", f"assessmentrecord:{record.pk}", year.hr.pk)
    assert confirmed(year.learner, year.hr, LATER) == record


def test_confirming_is_refused_when_the_material_changed_since_shown(year: SimpleNamespace) -> None:
    shown = view(year.learner).digest
    credit(year.learner, "1")
    for digest in (shown, ""):
        with pytest.raises(Refused, match="changed"):
            confirm(year.learner, 2026, shown=digest, by=year.hr, at=NOW)
    assert not AssessmentRecord.objects.exists()


def test_nobody_confirms_their_own_material(year: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="own"):
        confirmed(year.hr, year.hr)


def test_confirming_many_leaves_out_gaps_unless_ticked_and_changed_always(year: SimpleNamespace) -> None:
    people = [year.learner, year.short, year.stranger]
    shown = {person.pk: view(person).digest[:16] for person in people}
    credit(year.stranger, "1")
    outcome = confirm_many(shown, 2026, ticked=[], by=year.hr, at=NOW)
    assert [record.person for record in outcome.confirmed] == [year.learner]
    assert outcome.left_out == {year.short.pk: ["gap"], year.stranger.pk: ["changed"]}
    again = confirm_many(shown, 2026, ticked=[year.short.pk, year.stranger.pk], by=year.hr, at=NOW)
    assert [record.person for record in again.confirmed] == [year.short]
    assert again.left_out == {year.stranger.pk: ["changed"]}
    details = [row.detail["ticked"] for row in AuditRow.objects.filter(verb="assessment:confirm").order_by("number")]
    assert details == [[], [year.short.pk]]


def test_returned_material_needs_a_reason_and_reaches_no_batch(year: SimpleNamespace) -> None:
    confirmed(year.learner, year.hr)
    with pytest.raises(ValueError, match="reason"):
        return_record(year.learner, 2026, reason=" ", by=year.hr, at=NOW)
    returned = return_record(year.learner, 2026, reason="讲座漏记", by=year.hr, at=NOW)
    assert (returned.version, view(year.learner).standing) == (2, Standing.RETURNED)
    with pytest.raises(NothingToHandOn):
        export_batch(2026, year.root, by=year.hr, at=LATER)


def test_objection_is_open_until_the_last_calendar_day(year: SimpleNamespace) -> None:
    record = confirmed(year.learner, year.hr)
    assert objection_until(record) == date(2026, 12, 23)
    last_minute = datetime(2026, 12, 23, 15, 59, tzinfo=UTC)  # 23:59 there
    with pytest.raises(Refused, match="too_late"):
        lodge_objection(record, text="漏记", by=year.learner, at=last_minute + timedelta(minutes=1))
    assert lodge_objection(record, text="漏记", by=year.learner, at=last_minute).record == record


def test_objection_is_counted_answered_and_confirmed_anew(year: SimpleNamespace) -> None:
    record = confirmed(year.learner, year.hr)
    objection = lodge_objection(record, text="3月讲座漏记", by=year.learner, at=NOW)
    with pytest.raises(Refused, match="open_objection"):
        lodge_objection(record, text="再次", by=year.learner, at=NOW)
    assert view(year.learner).standing == Standing.CHANGED
    assert confirm_many({year.learner.pk: view(year.learner).digest}, 2026, ticked=[], by=year.hr, at=NOW).left_out == {
        year.learner.pk: ["objection"]
    }
    with pytest.raises(NothingToHandOn):
        export_batch(2026, year.root, by=year.hr, at=LATER)
    answer_objection(objection, answer="已补记", by=year.hr, at=LATER)
    assert waiting(2026, year.root).get() == record
    with pytest.raises(Refused, match="answered"):
        answer_objection(objection, answer="再答", by=year.hr, at=LATER)
    renewed = confirmed(year.learner, year.hr, LATER)
    assert renewed.version == 2
    assert view(year.learner).by_key["objections"]["value"] == "1 件，未答复 0 件"
    with pytest.raises(Refused, match="not_confirmed"):
        lodge_objection(record, text="旧版", by=year.learner, at=LATER)


def test_objection_is_the_persons_own_and_answered_by_another(year: SimpleNamespace) -> None:
    record = confirmed(year.learner, year.hr)
    with pytest.raises(Refused, match="own"):
        lodge_objection(record, text="不对", by=year.stranger, at=NOW)
    objection = lodge_objection(record, text="不对", by=year.learner, at=NOW)
    with pytest.raises(Refused, match="own"):
        answer_objection(objection, answer="对", by=year.learner, at=NOW)


@pytest.mark.parametrize("change", [lambda row: type(row).objects.filter(pk=row.pk).update(digest="0" * 64), lambda row: row.delete()])
def test_versions_cannot_be_changed_or_deleted(year: SimpleNamespace, change: Any) -> None:
    record = confirmed(year.learner, year.hr)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(record)


def test_batch_holds_confirmed_versions_alone_and_each_person_once(year: SimpleNamespace) -> None:
    confirmed(year.learner, year.hr)
    confirmed(year.stranger, year.hr)
    finance = export_batch(2026, year.finance, by=year.hr, at=LATER)
    county = export_batch(2026, year.root, by=year.hr, at=LATER + timedelta(seconds=1))
    assert (finance.number, county.number) == ("YX-2026-Q4-001", "YX-2026-Q4-002")
    assert [row.record.person for row in finance.rows.all()] == [year.learner]
    assert [row.record.person for row in county.rows.all()] == [year.stranger]
    with pytest.raises(NothingToHandOn):
        export_batch(2026, year.root, by=year.hr, at=LATER)
    assert ExportBatch.objects.count() == 2


def test_correction_points_at_the_batch_and_holds_what_was_confirmed_anew(year: SimpleNamespace) -> None:
    for person in (year.learner, year.stranger):
        confirmed(person, year.hr)
    batch = export_batch(2026, year.root, by=year.hr, at=NOW)
    assert corrected_since(batch).count() == 0
    with pytest.raises(NothingToHandOn):
        export_correction(batch, by=year.hr, at=LATER)
    credit(year.learner, "4")
    confirmed(year.learner, year.hr, LATER)
    assert waiting(2026, year.root).count() == 0
    correction = export_correction(batch, by=year.hr, at=LATER)
    assert (correction.corrects, correction.number) == (batch, "YX-2026-Q4-002")
    assert [(row.record.person, row.cells["hours"]) for row in correction.rows.all()] == [(year.learner, "96.50")]
    assert corrected_since(batch).count() == 0
    assert [verb for verb in AuditRow.objects.order_by("number").values_list("verb", flat=True) if verb.startswith("batch")] == [
        "batch:export", "batch:correct",
    ]  # fmt: skip


def test_file_of_a_batch_has_the_same_bytes_for_ever(year: SimpleNamespace) -> None:
    confirmed(year.learner, year.hr)
    batch = export_batch(2026, year.root, by=year.hr, at=NOW)
    before = [file_of(batch, batch.rows.all(), extension)[0] for extension in ("xlsx", "csv")]
    Person.objects.filter(pk=year.learner.pk).update(name="王改名")
    credit(year.learner, "40")
    confirmed(year.learner, year.hr, LATER)
    again = ExportBatch.objects.get(pk=batch.pk)
    assert [file_of(again, again.rows.all(), extension)[0] for extension in ("xlsx", "csv")] == before
    assert intact(again, again.rows.all())


def test_workbook_is_what_excel_users_expect(year: SimpleNamespace) -> None:
    Person.objects.filter(pk=year.learner.pk).update(name='=HYPERLINK("x")', staff_number="000123")
    confirmed(year.learner, year.hr)
    batch = export_batch(2026, year.root, by=year.hr, at=NOW)
    book = openpyxl.load_workbook(io.BytesIO(file_of(batch, batch.rows.all(), "xlsx")[0]))
    sheet = book.active
    assert sheet is not None
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.title) == ("C2", "A1:S2", "YX-2026-Q4-001")
    assert [cell.value for cell in sheet[1]] == [heading.text for heading in HEADINGS]
    name, number, hours = sheet["A2"], sheet["B2"], sheet["H2"]
    assert (name.value, name.data_type, name.quotePrefix) == ('=HYPERLINK("x")', "s", True)
    assert (number.value, number.number_format) == ("000123", "@")
    assert (hours.value, hours.data_type) == (92.5, "n")
    csv = file_of(batch, batch.rows.all(), "csv")[0]
    assert csv.startswith(b"\xef\xbb\xbf")
    assert csv.decode("utf-8-sig").splitlines()[1].startswith('"\'=HYPERLINK(""x"")",000123')


def test_resource_has_exactly_the_named_columns(db: None) -> None:
    assert list(BatchResource().get_export_headers()) == [heading.text for heading in HEADINGS]
    assert not BatchResource().get_queryset().exists()


def test_identity_numbers_are_masked_unless_asked_for_and_that_is_recorded(year: SimpleNamespace) -> None:
    year.learner.set_identity_number(identity_number(7))
    year.learner.save()
    confirmed(year.learner, year.hr)
    batch = export_batch(2026, year.root, by=year.hr, at=NOW)
    full = identity_number(7).encode()
    assert full not in file_of(batch, batch.rows.all(), "csv")[0]
    assert "********" in batch.rows.get().cells["identity"]
    assert full in file_of(batch, rows_with_identity(batch, by=year.hr, at=NOW), "csv")[0]
    row = AuditRow.objects.filter(verb="person:reveal_identity").get()
    assert row.detail == {"batch": batch.number, "people": [year.learner.pk]}
    assert "********" in ExportRow.objects.get().cells["identity"]


@time_machine.travel(LATER + timedelta(hours=2), tick=False)
def test_job_makes_one_batch_however_often_it_runs(year: SimpleNamespace) -> None:
    confirmed(year.learner, year.hr)
    job = enqueue("assessment.export", title="x", by=year.hr, at=LATER, year=2026, unit=year.root.pk)
    run_due()
    job.refresh_from_db()
    assert (job.state, job.result["number"], job.result["rows"]) == ("done", "YX-2026-Q4-001", 1)
    type(job).objects.filter(pk=job.pk).update(state="waiting", result={})
    run_due()
    job.refresh_from_db()
    assert (job.result["number"], ExportBatch.objects.count()) == ("YX-2026-Q4-001", 1)
    empty = enqueue("assessment.export", title="x", by=year.hr, at=LATER + timedelta(hours=1), year=2026, unit=year.root.pk)
    run_due()
    empty.refresh_from_db()
    assert empty.result == {"nothing": True}
