"""Which terms hold for whom, and what follows for an attempt. The first table restates published facts about another engine's deadlines
(their cases 1A to 2I) in our words; their seconds are our minutes, since only proportions matter."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.attempts.timing import first_deadline, lapses, last_call, next_start, over
from exams.sittings.terms import NO_END, Given, Terms, effective, most_generous, window
from tests.conftest import NOW


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def closing(minutes: int | None) -> datetime | None:
    return None if minutes is None else NO_END if minutes == 0 else at(minutes)


# case, sitting (closes, minutes), exception of a group (closes, minutes, is the person in it), started,
# expected (closes, minutes, deadline, state at 1000)
DEADLINES = [
    ("1A", (1200, 600), None, 100, (1200, 600, 700, "submit")),
    ("1B", (1200, 1800), None, 100, (1200, 1800, 1200, "open")),
    ("1C", (1200, 0), None, 100, (1200, 0, 1200, "open")),
    ("1D", (0, 600), None, 100, (0, 600, 700, "submit")),
    ("1E", (0, 0), None, 100, (0, 0, 0, "open")),
    ("2A", (1200, 0), (1300, None, True), 100, (1300, 0, 1300, "open")),
    ("2B", (1200, 0), (1100, None, True), 100, (1100, 0, 1100, "open")),
    ("2C", (0, 600), (None, 700, True), 100, (0, 700, 800, "abandon")),
    ("2D", (0, 600), (None, 500, True), 100, (0, 500, 600, "submit")),
    ("2E", (0, 600), (None, 0, True), 100, (0, 0, 0, "open")),
    ("2F", (1200, 600), (1300, 500, True), 100, (1300, 500, 600, "submit")),
    ("2G", (1200, 600), (1300, 500, True), 1000, (1300, 500, 1300, "open")),
    ("2H", (1200, 600), (1300, 500, False), 100, (1200, 600, 700, "submit")),
    ("2I", (1200, 600), (1300, 500, False), 1000, (1200, 600, 1200, "open")),
]


@pytest.mark.parametrize(("case", "sitting", "group", "started", "expected"), DEADLINES, ids=[row[0] for row in DEADLINES])
def test_deadlines_of_another_engine(case, sitting, group, started, expected) -> None:
    plain = Terms(opens=at(0), closes=closing(sitting[0]) or NO_END, minutes=sitting[1], attempts=1)
    groups = [Given(closes=closing(group[0]), minutes=group[1])] if group and group[2] else []
    terms = effective(plain, groups=groups)
    due = first_deadline(at(started), terms.limit, terms.closes)
    overdue = "abandon" if case == "2C" else "submit"
    state = "open" if due == NO_END or not over(at(1000), last_call(due, overdue, 0)) else "abandon" if lapses(overdue) else "submit"
    assert (terms.closes, terms.limit, due, state) == (closing(expected[0]), expected[1], closing(expected[2]), expected[3])


PLAIN = Terms(opens=at(0), closes=at(120), minutes=60, attempts=1)
LAYERS = [
    ("nobody says anything", {}, PLAIN),
    ("own beats group", {"own": Given(minutes=70), "groups": [Given(minutes=90)]}, Terms(opens=at(0), closes=at(120), minutes=70, attempts=1)),
    (
        "field by field",
        {"own": Given(minutes=70), "groups": [Given(attempts=3), Given(closes=at(200))]},
        Terms(opens=at(0), closes=at(200), minutes=70, attempts=3),
    ),
    ("0 beats numbers among groups", {"groups": [Given(minutes=90), Given(minutes=0)]}, Terms(opens=at(0), closes=at(120), minutes=0, attempts=1)),
    (
        "own number beats a group's 0",
        {"own": Given(attempts=2), "groups": [Given(attempts=0)]},
        Terms(opens=at(0), closes=at(120), minutes=60, attempts=2),
    ),
    ("own 0 beats a number", {"own": Given(attempts=0), "groups": [Given(attempts=5)]}, Terms(opens=at(0), closes=at(120), minutes=60, attempts=0)),
    ("earliest opening", {"groups": [Given(opens=at(-5)), Given(opens=at(-30))]}, Terms(opens=at(-30), closes=at(120), minutes=60, attempts=1)),
    (
        "standing stands between own and group",
        {"standing": Given(extra=25), "groups": [Given(extra=50)]},
        Terms(opens=at(0), closes=at(120), minutes=60, attempts=1, extra=25),
    ),
    (
        "own extra 0 takes the standing away",
        {"own": Given(extra=0), "standing": Given(extra=25)},
        Terms(opens=at(0), closes=at(120), minutes=60, attempts=1, extra=0),
    ),
]


@pytest.mark.parametrize(("case", "layers", "expected"), LAYERS, ids=[row[0] for row in LAYERS])
def test_layers(case, layers, expected) -> None:
    assert effective(PLAIN, **layers) == expected


@pytest.mark.parametrize(("minutes", "extra", "limit"), [(60, 0, 60), (60, 25, 75), (50, 25, 63), (1, 1, 2), (0, 25, 0), (90, 100, 180)])
def test_extra_time_is_rounded_up_to_whole_minutes(minutes, extra, limit) -> None:
    assert Terms(opens=at(0), closes=at(1), minutes=minutes, attempts=1, extra=extra).limit == limit


@pytest.mark.parametrize(
    ("overdue", "grace", "call", "lapsing"),
    [("submit", 0, 700, False), ("submit", 9, 700, False), ("grace", 9, 709, True), ("abandon", 9, 700, True)],
)
def test_what_happens_when_time_has_run_out(overdue, grace, call, lapsing) -> None:
    assert (last_call(at(700), overdue, grace), lapses(overdue)) == (at(call), lapsing)


def test_waiting_time_runs_from_the_end_of_the_last_attempt() -> None:
    assert next_start(at(10), 30) == at(40)


@pytest.mark.parametrize(
    ("opens", "closes", "state", "edge", "soon"),
    [
        (2, 4, "early", 2, False), (2, None, "early", 2, False), (0.5, 4, "early", 0.5, True), (-1, 2, "open", 2, False),
        (-1, 0.5, "open", 0.5, True), (-1, None, "open", None, False),
        (-2, -1, "late", None, False), (0, 1, "open", 1, False), (-1, 0, "late", None, False),
    ],
)  # fmt: skip
def test_the_window_says_where_now_stands(opens, closes, state, edge, soon) -> None:
    terms = Terms(opens=at(60 * opens), closes=NO_END if closes is None else at(60 * closes), minutes=60, attempts=1)
    seen = window(terms, NOW)
    assert (seen.state, seen.edge, seen.soon) == (state, None if edge is None else at(60 * edge), soon)


instants = st.none() | st.integers(-500, 500).map(at)
numbers = st.none() | st.integers(0, 300)
givens = st.builds(Given, opens=instants, closes=instants, minutes=numbers, attempts=numbers, extra=numbers)


@given(own=givens, standing=givens, groups=st.lists(givens, max_size=4), seed=st.randoms())
def test_what_holds_was_said_by_someone_and_the_order_of_groups_decides_nothing(own, standing, groups, seed) -> None:
    terms = effective(PLAIN, own=own, standing=standing, groups=groups)
    for field in ("opens", "closes", "minutes", "attempts", "extra"):
        said = [getattr(layer, field) for layer in (own, standing)]
        first = next((value for value in said if value is not None), None)
        allowed = {first} if first is not None else {getattr(g, field) for g in groups} - {None} or {getattr(PLAIN, field)}
        assert getattr(terms, field) in allowed
    mixed = list(groups)
    seed.shuffle(mixed)
    assert most_generous(mixed) == most_generous(groups)
    assert effective(PLAIN, own=own, standing=standing, groups=[*groups, *mixed]) == terms
