"""A roster comes in: the good rows are imported, each bad one comes back with its reason, and all of it can be undone exactly."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from lms.exchange.actions import apply_rows, discard_import, earlier, forget_imports, plan_import, start_import
from lms.exchange.models import ImportBatch, ImportState, Verdict
from lms.exchange.rendering import bad_rows, template
from lms.exchange.undoing import start_undo, undo_rows
from lms.jobs.actions import claim, run, run_due
from lms.jobs.models import Job
from lms.people.checks import CHECKS, Obstacle
from lms.people.models import Appointment, Person, Post, Unit
from tests.factories.exchange import csv_file, damaged_rows, good_row, xlsx
from tests.factories.people import PersonFactory, PostFactory, UnitFactory, identity_number


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def place(county):
    """The county with a post, one person who holds an identity number, and HR of the county but not of the neighbouring one."""
    county.post = PostFactory(code="keyuan", name="科员")
    county.other_post = PostFactory(code="wangguan", name="网络管理员")
    UnitFactory(code="linxian", name="邻县")
    holder = PersonFactory(home_unit=county.finance, staff_number="009999")
    holder.set_identity_number(identity_number(999))
    holder.save()
    return county


def imported(content: bytes, name: str, by: Person) -> ImportBatch:
    batch = plan_import(name, content, by=by, at=timezone.now())
    start_import(batch, by=by, at=timezone.now())
    run_due()
    batch.refresh_from_db()
    return batch


def counts(batch: ImportBatch) -> dict[str, int]:
    return {verdict.value: batch.rows.filter(verdict=verdict).count() for verdict in Verdict}


def picture() -> dict[str, Any]:
    """Everything an import may change, as it stands: those who serve, and appointments that are or were in force."""
    people = Person.objects.filter(is_active=True).values_list("staff_number", "name", "rank", "identity_digest", "home_unit__code")
    posts = Appointment.objects.filter(voided=False).values_list("person__staff_number", "unit__code", "post__code", "valid_from", "valid_to")
    return {"people": sorted(map(str, people)), "appointments": sorted(map(str, posts))}


FILES = {
    "xlsx": ("名册.xlsx", xlsx),
    "utf-8 with mark": ("名册.csv", lambda rows: csv_file(rows, "utf-8-sig")),
    "utf-8": ("名册.csv", lambda rows: csv_file(rows, "utf-8")),
    "gb18030": ("名册.csv", lambda rows: csv_file(rows, "gb18030")),
}


@pytest.mark.parametrize("form", FILES)
def test_roster_with_200_damaged_rows_imports_the_good_ones_and_explains_each_bad_one(place, form) -> None:
    name, make = FILES[form]
    damaged = damaged_rows(200)
    good = [good_row(n) for n in range(40)]
    mixed = [row for pair in zip([r for r, _ in damaged[:40]], good, strict=True) for row in pair] + [r for r, _ in damaged[40:]]
    batch = imported(make(mixed), name, place.hr)
    assert counts(batch) == {"create": 40, "change": 0, "skip": 0, "refuse": 200}
    assert batch.state == ImportState.DONE
    assert set(Person.objects.filter(staff_number__startswith="7000").values_list("staff_number", flat=True)) == {row[1] for row in good}
    lines = [2 + 2 * n for n in range(40)] + [82 + n for n in range(160)]
    for line, (_row, words) in zip(lines, damaged, strict=True):
        reasons = " ".join(batch.rows.get(line=line).reasons)
        assert words in reasons, (line, reasons)


def test_bad_rows_come_back_and_can_be_sent_again_when_corrected(place) -> None:
    batch = imported(xlsx([good_row(1), *(row for row, _ in damaged_rows(40))]), "名册.xlsx", place.hr)
    book = openpyxl.load_workbook(io.BytesIO(bad_rows(batch)))
    sheet = book.active
    assert sheet.max_row == 41
    assert sheet["I1"].value == "错误原因"
    assert sheet["I2"].font.color.rgb == "FFA8231B"
    assert sheet["B2"].number_format == "@"
    for n, cells in enumerate(sheet.iter_rows(min_row=2)):
        for cell, value in zip(cells, good_row(500 + n), strict=False):
            cell.value = value
    out = io.BytesIO()
    book.save(out)
    again = imported(out.getvalue(), "改好.xlsx", place.hr)
    assert counts(again) == {"create": 40, "change": 0, "skip": 0, "refuse": 0}


def test_undo_puts_everything_back(place) -> None:
    imported(xlsx([good_row(n) for n in range(6)]), "甲.xlsx", place.hr)
    before = picture()
    changed = [good_row(0), good_row(1), good_row(2)]
    changed[0][0], changed[1][5], changed[1][7] = "王新名", "网络管理员", "2026-09-01"
    changed[2][6] = "县处级"
    batch = imported(xlsx([*changed, good_row(3), good_row(20), good_row(21)]), "乙.xlsx", place.hr)
    assert counts(batch) == {"create": 2, "change": 3, "skip": 1, "refuse": 0}
    assert picture() != before
    start_undo(batch, by=place.hr, at=timezone.now())
    run_due()
    batch.refresh_from_db()
    assert (picture(), batch.state) == (before, ImportState.UNDONE)
    again = imported(xlsx([good_row(20)]), "丙.xlsx", place.hr)
    assert counts(again)["create"] == 1
    assert Person.objects.get(staff_number="700020").is_active


def test_undo_keeps_rows_that_something_rests_on(place) -> None:
    batch = imported(xlsx([good_row(1), good_row(2)]), "甲.xlsx", place.hr)
    Person.objects.filter(staff_number="700001").update(last_login=timezone.now())
    start_undo(batch, by=place.hr, at=timezone.now())
    run_due()
    assert list(batch.rows.values_list("line", "kept")) == [(2, "The person has signed in since."), (3, "")]
    assert Person.objects.get(staff_number="700001").is_active
    assert not Person.objects.get(staff_number="700002").is_active


def test_undo_is_refused_when_the_days_have_passed(place) -> None:
    batch = imported(xlsx([good_row(1)]), "甲.xlsx", place.hr)
    with pytest.raises(ValidationError, match="too late"):
        start_undo(batch, by=place.hr, at=timezone.now() + timedelta(days=7, seconds=1))
    assert forget_imports(at=timezone.now() + timedelta(days=8)) == 1
    assert list(batch.rows.values_list("cells", "values", "effect")) == [("", {}, None)]


def test_same_file_again_is_recognised_and_changes_nothing(place) -> None:
    content = xlsx([good_row(1)])
    batch = imported(content, "甲.xlsx", place.hr)
    assert earlier(content, by=place.hr) == batch
    assert earlier(content + b" ", by=place.hr) is None
    again = plan_import("甲.xlsx", content, by=place.hr, at=timezone.now())
    assert counts(again) == {"create": 0, "change": 0, "skip": 1, "refuse": 0}
    with pytest.raises(ValidationError, match="nothing to import"):
        start_import(again, by=place.hr, at=timezone.now())
    discard_import(again, by=place.hr, at=timezone.now())
    assert again.rows.count() == 0


def test_duplicates_that_differ_are_all_refused_and_alike_ones_but_the_first(place) -> None:
    other = good_row(1)
    other[0] = "别名人"
    batch = plan_import("甲.xlsx", xlsx([good_row(1), other, good_row(2), good_row(2)]), by=place.hr, at=timezone.now())
    assert list(batch.rows.values_list("verdict", flat=True)) == ["refuse", "refuse", "create", "refuse"]


def test_person_outside_the_scope_cannot_be_changed(place) -> None:
    outside = PersonFactory(home_unit=Unit.objects.get(code="linxian"), staff_number="880001")
    row = good_row(1)
    row[1] = outside.staff_number
    batch = plan_import("甲.xlsx", xlsx([row]), by=place.hr, at=timezone.now())
    assert "do not look after" in batch.rows.get().reasons[0]


def test_staff_number_without_its_zeros_is_refused(place) -> None:
    row = good_row(1)
    row[1] = 9999.0
    batch = plan_import("甲.xlsx", xlsx([row]), by=place.hr, at=timezone.now())
    assert "leading zeros" in " ".join(batch.rows.get().reasons)


def test_identity_numbers_are_never_stored_in_clear(place) -> None:
    bad = good_row(2)
    bad[5] = "宇航员"
    batch = imported(xlsx([good_row(1), bad]), "甲.xlsx", place.hr)
    stored = str(list(batch.rows.values("values", "cells", "reasons", "effect")))
    assert identity_number(1) not in stored
    assert identity_number(2) not in stored
    assert Person.objects.get(staff_number="700001").identity_number() == identity_number(1)


def test_checks_of_higher_rooms_refuse_rows_beforehand(place, monkeypatch) -> None:
    def check(person, unit, post, day):
        return [Obstacle(code="c", sentence=f"{person.name} lacks the certificate.", acting_cures=True)] if post.code == "wangguan" else []

    monkeypatch.setattr("lms.people.checks.CHECKS", [*CHECKS, check])
    row = good_row(1)
    row[5] = "网络管理员"
    batch = plan_import("甲.xlsx", xlsx([row, good_row(2)]), by=place.hr, at=timezone.now())
    assert [(r.verdict, r.reasons) for r in batch.rows.all()] == [("refuse", ["The person lacks the certificate."]), ("create", [])]
    assert not Person.objects.filter(staff_number__startswith="probe").exists()


def test_killed_import_goes_on_where_it_stopped(place, monkeypatch) -> None:
    monkeypatch.setattr("lms.exchange.jobs.CHUNK", 2)
    batch = plan_import("甲.xlsx", xlsx([good_row(n) for n in range(7)]), by=place.hr, at=timezone.now())
    start_import(batch, by=place.hr, at=timezone.now())
    calls = []

    def dies(rows, *, by, at):
        from lms.exchange.actions import apply_rows

        calls.append(len(rows))
        if len(calls) == 3:
            raise KeyboardInterrupt
        apply_rows(rows, by=by, at=at)

    monkeypatch.setattr("lms.exchange.jobs.apply_rows", dies)
    job = claim(timezone.now())
    with pytest.raises(KeyboardInterrupt):
        run(job)
    assert Person.objects.filter(staff_number__startswith="70000").count() == 4
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    run_due()
    batch.refresh_from_db()
    assert (batch.state, Person.objects.filter(staff_number__startswith="70000").count(), calls) == (ImportState.DONE, 7, [2, 2, 2, 2, 1])


def test_rows_another_worker_carried_out_or_put_back_are_left_alone(place) -> None:
    batch = plan_import("甲.xlsx", xlsx([good_row(n) for n in range(3)]), by=place.hr, at=timezone.now())
    slower = list(batch.rows.all())
    start_import(batch, by=place.hr, at=timezone.now())
    run_due()
    apply_rows(slower, by=place.hr, at=timezone.now())
    assert counts(batch)["create"] == 3
    assert batch.rows.filter(effect__person__isnull=False).count() == 3
    slower = list(batch.rows.all())
    batch.refresh_from_db()
    start_undo(batch, by=place.hr, at=timezone.now())
    run_due()
    undo_rows(slower, by=place.hr, at=timezone.now())
    assert batch.rows.filter(kept="", effect__undone=True).count() == 3


def test_import_started_meanwhile_is_not_discarded(place) -> None:
    batch = plan_import("甲.xlsx", xlsx([good_row(0)]), by=place.hr, at=timezone.now())
    older = ImportBatch.objects.get(pk=batch.pk)
    start_import(batch, by=place.hr, at=timezone.now())
    with pytest.raises(ValidationError):
        discard_import(older, by=place.hr, at=timezone.now())
    assert batch.rows.count() == 1


def test_cancelled_import_stops_and_can_be_undone(place, monkeypatch) -> None:
    monkeypatch.setattr("lms.exchange.jobs.CHUNK", 2)
    batch = plan_import("甲.xlsx", xlsx([good_row(n) for n in range(5)]), by=place.hr, at=timezone.now())
    job = start_import(batch, by=place.hr, at=timezone.now())
    real = __import__("lms.exchange.actions", fromlist=["apply_rows"]).apply_rows

    def cancelling(rows, *, by, at):
        real(rows, by=by, at=at)
        Job.objects.filter(pk=job.pk).update(cancel_asked=True)

    monkeypatch.setattr("lms.exchange.jobs.apply_rows", cancelling)
    run_due()
    batch.refresh_from_db()
    assert (batch.state, batch.rows.exclude(effect__isnull=True).count(), Job.objects.get(pk=job.pk).state) == (ImportState.DONE, 2, "cancelled")
    start_undo(batch, by=place.hr, at=timezone.now())
    run_due()
    assert Person.objects.filter(is_active=True, staff_number__startswith="70000").count() == 0


def test_template_can_be_filled_and_its_sample_is_left_out(place) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(Unit.objects.all(), Post.objects.all())))
    sheet = book["人员名册"]
    assert (sheet.freeze_panes, sheet["C2"].number_format, len(sheet.data_validations.dataValidation)) == ("C2", "@", 3)
    sheet.append(good_row(1))
    out = io.BytesIO()
    book.save(out)
    batch = plan_import("名册.xlsx", out.getvalue(), by=place.hr, at=timezone.now())
    assert list(batch.rows.values_list("line", "verdict")) == [(3, "create")]
