"""Coverage arithmetic: a table for each rule, and sums that must hold for any county."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.compliance.charts import bars, gridlines, height, points
from exams.compliance.gaps import Call, Held, Holder, Reason, Standing, by_unit, lines, month_ends, staffing, tally

JUNE = date(2026, 6, 1)


def held(**changes) -> Held:
    return Held(**{"id": 1, "person": 1, "type": 1, "since": date(2026, 1, 1), "until": date(2026, 12, 31)} | changes)


def line(*certificates: Held, day: date = JUNE):
    (only,) = lines([Holder(person=1, unit=1, post=1)], [Call(post=1, type=1)], certificates, day, {1: 90})
    return only


@pytest.mark.parametrize(
    ("certificates", "day", "standing", "reason", "left"),
    [
        ([], JUNE, Standing.GAP, Reason.NEVER, None),
        ([held()], JUNE, Standing.MET, None, 213),
        ([held()], date(2026, 10, 1), Standing.MET, None, 91),
        ([held()], date(2026, 10, 2), Standing.EXPIRING, None, 90),
        ([held()], date(2026, 12, 31), Standing.EXPIRING, None, 0),
        ([held()], date(2027, 1, 1), Standing.GAP, Reason.LAPSED, -1),
        ([held()], date(2025, 12, 31), Standing.GAP, Reason.NOT_YET, None),
        ([held(until=None)], date(2090, 1, 1), Standing.MET, None, None),
        ([held(revoked_on=date(2026, 5, 1))], date(2026, 4, 30), Standing.MET, None, 245),
        ([held(revoked_on=date(2026, 5, 1))], date(2026, 5, 1), Standing.GAP, Reason.REVOKED, None),
        ([held(until=None, revoked_on=date(2026, 5, 1))], JUNE, Standing.GAP, Reason.REVOKED, None),
        ([held(revoked_on=date(2027, 2, 1))], date(2027, 3, 1), Standing.GAP, Reason.LAPSED, -60),
        ([held(), held(id=2, until=date(2028, 1, 1))], date(2026, 12, 1), Standing.MET, None, 396),
        ([held(), held(id=2, since=date(2027, 1, 1), until=None)], date(2027, 1, 1), Standing.MET, None, None),
        ([held(person=2)], JUNE, Standing.GAP, Reason.NEVER, None),
        ([held(type=2)], JUNE, Standing.GAP, Reason.NEVER, None),
    ],
)
def test_line_by_table(certificates, day, standing, reason, left) -> None:
    found = line(*certificates, day=day)
    assert (found.standing, found.reason, found.left) == (standing, reason, left)


def test_two_posts_and_two_units_are_a_line_each() -> None:
    holders = [Holder(person=1, unit=1, post=1), Holder(person=1, unit=2, post=1), Holder(person=1, unit=1, post=2), Holder(person=2, unit=1, post=3)]
    found = lines(holders, [Call(post=1, type=1), Call(post=2, type=1), Call(post=2, type=2)], [held()], JUNE, {1: 90, 2: 90})
    assert [(row.unit, row.post, row.type, row.standing) for row in found] == [
        (1, 1, 1, Standing.MET),
        (2, 1, 1, Standing.MET),
        (1, 2, 1, Standing.MET),
        (1, 2, 2, Standing.GAP),
    ]


def test_requirement_stated_twice_counts_once() -> None:
    assert len(lines([Holder(person=1, unit=1, post=1)], [Call(post=1, type=1)] * 2, [], JUNE, {1: 90})) == 1


DAY = st.dates(date(2025, 1, 1), date(2027, 12, 31))
SMALL = st.integers(1, 4)
HOLDERS = st.lists(st.builds(Holder, person=SMALL, unit=SMALL, post=SMALL, acting=st.booleans()), max_size=30)
CALLS = st.lists(st.builds(Call, post=SMALL, type=SMALL), max_size=8)
IN_2026 = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 1, 1)))
HELD = st.lists(
    st.builds(
        Held, id=st.integers(1, 999), person=SMALL, type=SMALL, since=st.just(date(2026, 1, 1)), until=IN_2026,
        revoked_on=IN_2026,
    ),
    max_size=20,
)  # fmt: skip
WARN = dict.fromkeys(range(1, 5), 90)


@given(HOLDERS, CALLS, HELD, DAY)
def test_units_add_up_to_the_whole_and_every_line_is_met_or_a_gap_with_reason(holders, calls, certificates, day) -> None:
    rows = lines(holders, calls, certificates, day, WARN)
    whole, parts = tally(rows), by_unit(rows).values()
    assert whole.required == whole.met + whole.gaps == len(rows)
    assert whole.expiring <= whole.met
    for name in ("required", "met", "expiring", "gaps"):
        assert getattr(whole, name) == sum(getattr(part, name) for part in parts)
    assert all((row.standing is Standing.GAP) == (row.reason is not None) for row in rows)


@given(HOLDERS, CALLS, HELD, DAY, st.integers(1, 4), st.integers(1, 4))
def test_one_more_certificate_never_opens_a_gap(holders, calls, certificates, day, person, kind) -> None:
    before = tally(lines(holders, calls, certificates, day, WARN))
    more = [*certificates, Held(id=1000, person=person, type=kind, since=date(2025, 1, 1), until=None)]
    assert tally(lines(holders, calls, more, day, WARN)).gaps <= before.gaps


@given(HOLDERS, CALLS, HELD, DAY, st.dates(date(2025, 1, 1), date(2028, 1, 1)))
def test_a_later_revocation_leaves_the_day_as_it_was(holders, calls, certificates, day, later) -> None:
    after = max(later, date.fromordinal(day.toordinal() + 1))
    revoked = [replace(c, revoked_on=c.revoked_on or after) for c in certificates]
    assert [row.standing for row in lines(holders, calls, revoked, day, WARN)] == [
        row.standing for row in lines(holders, calls, certificates, day, WARN)
    ]


@pytest.mark.parametrize(
    ("people", "technicians", "short", "unmanned"),
    [([], 0, True, True), ([(1, 1)], 1, False, False), ([(1, 2)], 1, False, True), ([(1, 1), (1, 2)], 1, False, False), ([(2, 1)], 0, True, False)],
)
def test_staffing_by_table(people, technicians, short, unmanned) -> None:
    holders = [Holder(person=person, unit=1, post=post) for person, post in people]
    (found,) = staffing(bounds={1: (1, 2)}, holders=holders, calls=[Call(post=1, type=1)], held=[held()], technician_types=[1], day=JUNE)
    assert (found.technicians, found.short, found.unmanned) == (technicians, short, unmanned)


def test_percent_is_rounded_down_and_absent_without_requirement() -> None:
    rows = lines([Holder(person=p, unit=1, post=1) for p in range(1, 4)], [Call(post=1, type=1)], [held(person=p) for p in (1, 2)], JUNE, {1: 90})
    assert tally(rows).percent == 66
    assert tally([]).percent is None


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [(date(2026, 11, 23), date(2025, 12, 31), date(2026, 10, 31)), (date(2024, 3, 31), date(2023, 4, 30), date(2024, 2, 29))],
)
def test_month_ends_are_eleven_and_the_day(day, first, last) -> None:
    days = month_ends(day)
    assert (len(days), days[0], days[-2], days[-1]) == (12, first, last, day)


def test_charts_stay_inside_their_boxes() -> None:
    drawn = bars([("龙口乡", "/", 1, 3), ("财政局", "/", 2, 3), ("人社局", "/", 3, 3)])
    assert [(bar.width, bar.colour) for bar in drawn] == [(76, "d4"), (153, "d3"), (230, "d1")]
    series = [(day, percent) for day, percent in zip(month_ends(JUNE), [None, *range(45, 100, 5)], strict=True)]
    assert points(series)[0].y is None
    assert all(21 <= p.y <= 226 and 40 <= p.x <= 540 for p in points(series)[1:])
    assert gridlines(series)[-1] == (100, 21)
    assert height(40, 40) == 226
