"""When an attempt ends: tables of edges, and cases other engines learnt the hard way."""

from datetime import UTC, datetime, timedelta

import pytest

from exams.attempts.timing import TRANSIT, deadline, first_deadline, may_start, over, seconds_left

ZERO = datetime(2026, 1, 1, tzinfo=UTC)
MS = timedelta(milliseconds=1)


def at(seconds: float) -> datetime:
    return ZERO + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("case", "start", "minutes", "closes", "granted", "due", "now", "is_over"),
    [
        ("the limit ends before the window", 100, 10, 1200, (), 700, 1000, True),
        ("the window ends before the limit", 100, 30, 1200, (), 1200, 1000, False),
        ("started at the last second of the window", 1199, 30, 1200, (), 1200, 1199, False),
        ("a grant carries beyond the window", 100, 30, 1200, (5,), 1500, 1400, False),
        ("grants add up", 100, 10, 1200, (5, 5), 1300, 1300, False),
        ("a grant to the limit inside the window", 100, 10, 1200, (2,), 820, 826, True),
        ("at the very deadline", 100, 10, 1200, (), 700, 700, False),
        ("in transit", 100, 10, 1200, (), 700, 705, False),
        ("after the transit", 100, 10, 1200, (), 700, 705.001, True),
        ("limit and window end together", 600, 10, 1200, (), 1200, 1205.001, True),
    ],
)
def test_deadline(case, start, minutes, closes, granted, due, now, is_over) -> None:
    end = deadline(first_deadline(at(start), minutes, at(closes)), granted)
    assert (case, end, over(at(now), end)) == (case, at(due), is_over)


@pytest.mark.parametrize(("now", "allowed"), [(-0.001, False), (0, True), (599.999, True), (600, False), (601, False)])
@pytest.mark.fault(37, by="instants one millisecond around opening and closing")
def test_window_opens_at_its_instant_and_closes_before_its_end(now, allowed) -> None:
    assert may_start(at(now), at(0), at(600)) is allowed


@pytest.mark.parametrize(("now", "left"), [(0, 600), (0.5, 599), (599.999, 0), (600, 0), (9999, 0)])
def test_seconds_left_round_down_and_stop_at_nothing(now, left) -> None:
    assert seconds_left(at(now), at(600)) == left


@pytest.mark.fault(25, by="instants one millisecond around the end")
def test_transit_is_exact_to_the_millisecond() -> None:
    assert [over(at(600) + TRANSIT + step, at(600)) for step in (-MS, timedelta(0), MS)] == [False, False, True]
