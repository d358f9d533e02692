"""Coverage from the database: any day, any number of units at the same cost, and what an appointment is told."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from exams.certificates.actions import revoke
from exams.compliance.actions import end_requirement, end_staffing_rule, remind, require, require_technicians
from exams.compliance.coverage import Records, as_of
from exams.compliance.gaps import Reason, Standing, month_ends
from exams.compliance.models import Requirement
from exams.compliance.rows import rows_of
from lms.audit.models import AuditRow
from lms.notices.models import Notice
from lms.people.checks import obstacles
from lms.people.models import UnitPlacement
from lms.people.states import UnitKind
from tests.conftest import NOW, TODAY
from tests.factories.certificates import certify, make_type
from tests.factories.compliance import SINCE, call, hold, staff
from tests.factories.people import PersonFactory, PostFactory, UnitFactory


def standings(day: date, paths: list[str] | None = None) -> list[tuple[str, Standing, Reason | None]]:
    board = as_of(day, paths)
    return [(board.units[row.unit].name, row.standing, row.reason) for row in board.lines]


def test_board_of_any_day_counts_what_was_in_force_on_it(county) -> None:
    post = call(since=date(2024, 6, 1)).post
    hold(county.finance, post, county.learner, valid_from=date(2024, 3, 1), valid_to=date(2027, 6, 1))
    certify(county.learner, make_type(), start=date(2024, 9, 1))
    assert standings(date(2024, 5, 31)) == []
    assert standings(date(2024, 6, 1)) == [("县财政局", Standing.GAP, Reason.NOT_YET)]
    assert standings(date(2024, 9, 1)) == [("县财政局", Standing.MET, None)]
    assert standings(date(2027, 5, 31)) == [("县财政局", Standing.MET, None)]
    assert standings(date(2027, 6, 1)) == []


def test_lapse_shows_from_the_day_after_the_last(county) -> None:
    hold(county.finance, call().post, county.learner)
    certify(county.learner, start=date(2024, 1, 1))
    assert [standings(day)[0][1:] for day in (date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 1))] == [
        (Standing.MET, None),
        (Standing.EXPIRING, None),
        (Standing.GAP, Reason.LAPSED),
    ]


def test_revocation_does_not_change_the_past(county) -> None:
    hold(county.finance, call().post, county.learner)
    certificate = certify(county.learner)
    before = [standings(day) for day in (TODAY - timedelta(days=1), TODAY - timedelta(days=200))]
    revoke(certificate, on=TODAY, reason="考试舞弊", by=county.hr, at=NOW)
    assert [standings(day) for day in (TODAY - timedelta(days=1), TODAY - timedelta(days=200))] == before
    assert standings(TODAY) == [("县财政局", Standing.GAP, Reason.REVOKED)]


def test_units_are_called_as_they_were_on_the_day(county) -> None:
    hold(county.finance, call().post)
    open_placement = UnitPlacement.objects.get(unit=county.finance)
    open_placement.valid_to = date(2026, 7, 1)
    open_placement.save()
    UnitPlacement.objects.create(unit=county.finance, name="县财政与国资局", path=county.finance.path, valid_from=date(2026, 7, 1))
    assert [standings(day)[0][0] for day in (date(2026, 6, 30), date(2026, 7, 1))] == ["县财政局", "县财政与国资局"]


def test_board_is_limited_to_its_paths(county) -> None:
    post = call().post
    hold(county.finance, post)
    hold(county.township, post)
    assert [row[0] for row in standings(TODAY, [county.finance.path])] == ["县财政局"]
    assert standings(TODAY, []) == []


def test_voided_appointment_and_closed_unit_give_no_line(county) -> None:
    post = call().post
    hold(county.finance, post, voided=True)
    closed = UnitFactory(parent=county.root, closed_on=date(2026, 1, 1))
    hold(closed, post)
    assert standings(TODAY) == []


def test_days_before_any_policy_have_no_warning_and_no_minimum(county) -> None:
    staff()
    hold(county.finance, call(since=date(2020, 1, 1)).post, valid_from=date(2021, 1, 1))
    board = as_of(date(2022, 1, 1))
    assert (board.total.required, board.total.gaps, board.staffing) == (1, 1, [])


def test_staffing_lists_units_without_technicians_or_officers(county) -> None:
    staff()
    hold(county.finance, call().post, county.learner)
    certify(county.learner)
    hold(county.township, Requirement.objects.get().post)
    found = {as_of(TODAY).units[s.unit].name: (s.technicians, s.short, s.unmanned) for s in as_of(TODAY).staffing}
    assert found == {"县人社局": (0, True, True), "县财政局": (1, False, False), "龙口乡": (0, True, False)}


def test_months_cost_no_more_queries_than_a_day_nor_three_units_more_than_one(county) -> None:
    staff()
    post = call().post
    counts = []
    for unit in (county.finance, county.township, county.personnel):
        appointment = hold(unit, post)
        certify(appointment.person)
        with CaptureQueriesContext(connection) as queries:
            records = Records(month_ends(TODAY)[0], TODAY)
            boards = [records.on(day) for day in month_ends(TODAY)]
            rows_of(records, boards[-1], boards[-1].lines)
        counts.append(len(queries))
    assert counts == [7, 7, 7]


# --- appointing -------------------------------------------------------------------------------------------------------


def test_appointing_without_the_certificate_is_told_which_and_what_to_do(county) -> None:
    post = call().post
    (found,) = [o for o in obstacles(county.learner, county.finance, post, TODAY) if o.code == "certificate_missing"]
    assert found.acting_cures
    for word in ("信息安全员岗位合格证", "王慧敏", str(TODAY)):
        assert word in str(found.sentence)


@pytest.mark.parametrize(
    ("start", "day", "count"),
    [("2026-01-01", TODAY, 0), ("2023-11-01", TODAY, 1), ("2026-12-01", TODAY, 1), ("2026-12-01", date(2026, 12, 1), 0)],
)
def test_appointing_asks_for_the_day_of_the_appointment(county, start, day, count) -> None:
    post = call().post
    certify(county.learner, start=date.fromisoformat(start))
    assert len(obstacles(county.learner, county.finance, post, day)) == count


def test_post_without_requirement_has_no_obstacle(county) -> None:
    ended = call(until=TODAY).post
    assert obstacles(county.learner, county.finance, ended, TODAY) == []
    assert obstacles(county.learner, county.finance, PostFactory(), TODAY) == []


# --- requirements -----------------------------------------------------------------------------------------------------


def test_requirement_is_added_once_ended_once_and_may_begin_again(county) -> None:
    post, kind = PostFactory(), make_type()
    first = require(post, kind, since=SINCE, by=county.hr, at=NOW)
    with pytest.raises(ValidationError):
        require(post, kind, since=TODAY, by=county.hr, at=NOW)
    with pytest.raises(ValidationError):
        end_requirement(first, until=SINCE, by=county.hr, at=NOW)
    end_requirement(first, until=TODAY, by=county.hr, at=NOW)
    with pytest.raises(ValidationError):
        end_requirement(first, until=TODAY, by=county.hr, at=NOW)
    with pytest.raises(ValidationError):
        require(post, kind, since=TODAY - timedelta(days=1), by=county.hr, at=NOW)
    require(post, kind, since=TODAY, by=county.hr, at=NOW)
    assert AuditRow.objects.filter(verb="requirement:change").count() == 3


def test_staffing_rule_is_added_once_and_ended(county) -> None:
    rule = require_technicians(UnitKind.TOWNSHIP, since=SINCE, by=county.hr, at=NOW)
    with pytest.raises(ValidationError):
        require_technicians(UnitKind.TOWNSHIP, since=TODAY, by=county.hr, at=NOW)
    end_staffing_rule(rule, until=TODAY, by=county.hr, at=NOW)
    assert as_of(TODAY).staffing == []
    assert [s.technicians for s in as_of(TODAY - timedelta(days=1)).staffing] == [0]


def test_requirement_cannot_be_rewritten(county) -> None:
    row = call()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Requirement.objects.filter(pk=row.pk).update(since=TODAY)


def test_reminders_go_once_a_day_to_those_who_lack_something(county) -> None:
    post = call().post
    hold(county.finance, post, county.learner)
    hold(county.township, post, county.stranger)
    certify(county.stranger, start=date(2026, 1, 1))
    records = Records(TODAY, TODAY)
    rows = rows_of(records, records.on(TODAY), records.on(TODAY).lines)
    assert remind(rows, day=TODAY, by=county.hr, at=NOW) == 1
    assert remind(rows, day=TODAY, by=county.hr, at=NOW) == 0
    assert Notice.objects.get(key__startswith="coverage:").person == county.learner
    assert PersonFactory().notices.count() == 0
