"""A clock that stood still, silences of a room, answers too fast to have been read, and a wall clock that jumps."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.attempts import jobs
from exams.attempts.drift import MOST, Reading, believable, drift
from exams.attempts.pace import too_fast
from exams.attempts.standstill import arrives_paused, reading, seconds_between, seconds_to_reopen, silences
from lms.jobs.handlers import Work
from lms.jobs.models import Job

ZERO = datetime(2026, 1, 1, tzinfo=UTC)
moments = st.integers(0, 10**7).map(lambda ms: ZERO + timedelta(milliseconds=ms))


def at(seconds: float) -> datetime:
    return ZERO + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("now", "paused", "shows"), [(50, None, 50), (50, 40, 40), (40, 40, 40), (30, 40, 30)], ids=["runs", "stands", "just stopped", "clock behind"]
)
def test_paused_clock_shows_the_moment_it_was_stopped(now, paused, shows) -> None:
    assert reading(at(now), None if paused is None else at(paused)) == at(shows)


@pytest.mark.parametrize(("now", "held"), [(40, False), (45, False), (45.001, True), (600, True)])
def test_what_was_on_its_way_when_the_pause_began_still_counts(now, held) -> None:
    assert arrives_paused(at(now), at(40)) is held
    assert arrives_paused(at(now), None) is False


@pytest.mark.parametrize(("began", "ended", "seconds"), [(0, 600, 600), (0, 0.001, 1), (0.5, 600, 600), (0, 0, 0), (5, 0, 0)])
def test_lost_seconds_are_whole_and_in_the_candidates_favour(began, ended, seconds) -> None:
    assert seconds_between(at(began), at(ended)) == seconds


@given(moments, moments, moments)
def test_a_pause_takes_nothing_and_gives_less_than_a_second(paused, resumed, due) -> None:
    if resumed < paused:
        paused, resumed = resumed, paused
    left_then = due - paused
    left_now = due + timedelta(seconds=seconds_between(paused, resumed)) - resumed
    assert timedelta(0) <= left_now - left_then < timedelta(seconds=1)


@pytest.mark.parametrize(
    ("case", "ended", "due", "now", "minutes", "left"),
    [
        ("handed in early by mistake: what was left is left again", 1000, 3600, 1300, 0, 2600),
        ("and minutes on top", 1000, 3600, 1300, 5, 2900),
        ("closed at the deadline: only the minutes", 3600, 3600, 4000, 10, 600),
        ("handed in during the seconds in transit: only the minutes", 3604, 3600, 4000, 10, 600),
    ],
)
def test_reopening_leaves(case, ended, due, now, minutes, left) -> None:
    new_due = at(due) + timedelta(seconds=seconds_to_reopen(at(ended), at(due), at(now), minutes))
    assert (case, (new_due - at(now)).total_seconds()) == (case, left)


@pytest.mark.parametrize(
    ("case", "heard", "found"),
    [
        ("nobody ever", [], [(0, 1000)]),
        ("every minute", range(0, 1001, 60), []),
        ("one long one", [0, 60, 700, 760, 820, 880, 940], [(60, 700)]),
        ("longest first", [0, 150, 400, 500, 600, 700, 800, 900], [(150, 400), (0, 150)]),
        ("what lies outside says nothing", [-50, 2000], [(0, 1000)]),
    ],
)
def test_silences(case, heard, found) -> None:
    seen = silences([at(s) for s in heard], at(0), at(1000), timedelta(seconds=120))
    assert (case, seen) == (case, [(at(a), at(b)) for a, b in found])


@pytest.mark.parametrize(("answered", "seconds", "fast"), [(10, 29.9, True), (10, 30, False), (4, 1, False), (5, 14, True), (0, 0, False)])
def test_faster_than_reading(answered, seconds, fast) -> None:
    assert too_fast(answered, seconds) is fast


@pytest.mark.parametrize(
    ("case", "wall", "steady", "database", "amount"),
    [
        ("all agree", 1010, 110, None, 0),
        ("an hour forward", 1010 + 3600, 110, None, 3600),
        ("an hour back", 1010 - 3600, 110, None, 3600),
        ("slewed by the time service", 1013, 110, None, 3),
        ("the database disagrees", 1010, 110, 1020, 10),
        ("the database agrees", 1010, 110, 1010.2, 0.2),
        ("both disagree: the larger", 1030, 110, 1025, 20),
    ],
)
@pytest.mark.fault(22, by="clocks that step against each other")
def test_drift(case, wall, steady, database, amount) -> None:
    first, now = Reading(wall=1000, steady=100), Reading(wall=wall, steady=steady, database=database)
    assert (case, drift(first, now)) == (case, pytest.approx(amount))
    assert believable(first, now) is (amount <= MOST)


@pytest.mark.django_db
@pytest.mark.fault(22, by="the wall clock of the sweeping machine steps, its steady counter does not")
def test_the_sweep_halts_while_the_clock_of_its_machine_has_jumped(monkeypatch, caplog) -> None:
    clocks = [Reading(wall=1000, steady=100), Reading(wall=1010, steady=110), Reading(wall=4620, steady=120), Reading(wall=1030, steady=130)]
    monkeypatch.setattr(jobs, "FIRST", [])
    monkeypatch.setattr(jobs, "_read_clocks", lambda: clocks.pop(0))
    swept = [jobs.close_overdue_attempts(Work(job=Job(), progress=lambda done, total: None)) for _n in range(4)]
    assert swept == [{"closed": 0}, {"closed": 0}, {"halted": 3600}, {"closed": 0}]
    assert "off by 3600 seconds" in caplog.text


@pytest.mark.django_db
def test_the_clocks_of_this_machine_can_be_read() -> None:
    assert believable(jobs._read_clocks(), jobs._read_clocks())
