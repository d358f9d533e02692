"""Scoring and grading: tables, and what must hold of every paper."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.marking.grading import Levels, Marks, PassRule, level, mark, passed, percent
from exams.marking.scoring import key_of, score
from exams.papers.drawing import Paper, Section, Slot

D = Decimal


@pytest.mark.parametrize(
    ("kind", "answer", "given_", "points", "expected"),
    [
        ("single", ["b"], ["b"], "2", "2.00"),
        ("single", ["b"], ["a"], "2", "0.00"),
        ("single", ["b"], [], "2", "0.00"),
        ("multiple", ["a", "c"], ["c", "a"], "3", "3.00"),
        ("multiple", ["a", "c"], ["a"], "3", "0.00"),
        ("multiple", ["a", "c"], ["a", "b", "c"], "3", "0.00"),
        ("multiple", ["a", "c"], [], "3", "0.00"),
        ("true_false", ["t"], ["t"], "1.5", "1.50"),
        ("true_false", ["t"], ["f"], "1.5", "0.00"),
        ("fill_in", [["三", "3"]], ["３"], "2", "2.00"),
        ("fill_in", [["三", "3"]], ["三 "], "2", "2.00"),
        ("fill_in", [["三"]], ["3"], "2", "0.00"),
        ("fill_in", [["ipconfig"]], ["ＩＰ Config"], "2", "2.00"),
        ("fill_in", [["GB/T 22239"]], ["gb／t22239"], "2", "2.00"),
        ("fill_in", [["a"], ["b"]], ["a", "x"], "2", "1.00"),
        ("fill_in", [["a"], ["b"]], ["b", "a"], "2", "0.00"),
        ("fill_in", [["a"], ["b"], ["c"]], ["a", "", ""], "2", "0.67"),
        ("fill_in", [["a"], ["b"], ["c"]], ["a", "b", ""], "2", "1.33"),
        ("fill_in", [["a"], ["b"], ["c"], ["d"]], ["a", "", "", ""], "0.1", "0.03"),  # 0.025 goes up
        ("fill_in", [["a"], [""]], ["", ""], "2", "0.00"),
    ],
)
def test_score(kind, answer, given_, points, expected) -> None:
    assert score(key_of(kind, "knowledge", answer), given_, D(points)) == D(expected)


def marks(k: str, kf: str, o: str, of: str) -> Marks:
    return Marks(slots={}, knowledge=D(k), knowledge_full=D(kf), operation=D(o), operation_full=D(of))


@pytest.mark.parametrize(
    ("got", "rule", "expected"),
    [
        (marks("30", "50", "30", "50"), PassRule(percent=D(60)), True),
        (marks("30", "50", "29.99", "50"), PassRule(percent=D(60)), False),
        (marks("50", "50", "10", "50"), PassRule(percent=D(60), operation=D(40)), False),
        (marks("50", "50", "20", "50"), PassRule(percent=D(60), operation=D(40)), True),
        (marks("10", "50", "50", "50"), PassRule(percent=D(60), knowledge=D(21)), False),
        (marks("60", "100", "0", "0"), PassRule(percent=D(60), operation=D(40)), True),  # operation was not asked
        (marks("0", "0", "0", "0"), PassRule(percent=D(0)), False),
        (marks("0", "50", "0", "50"), PassRule(percent=D(0)), True),
        (marks("2", "3", "0", "0"), PassRule(percent=D("66.67")), False),  # 66.666… is less, and is not rounded up to it
        (marks("2", "3", "0", "0"), PassRule(percent=D("66.66")), True),
    ],
)
def test_pass_rule(got, rule, expected) -> None:
    assert passed(got, rule) is expected


@pytest.mark.parametrize(
    ("operation", "full", "expected"),
    [
        ("90", "100", "excellent"),
        ("89.99", "100", "good"),
        ("75", "100", "good"),
        ("60", "100", "pass"),
        ("59.99", "100", "fail"),
        ("0", "0", "none"),
    ],
)
def test_level(operation, full, expected) -> None:
    assert level(marks("0", "0", operation, full), Levels(excellent=D(90), good=D(75), passing=D(60))) == expected


@pytest.mark.parametrize(("part", "whole", "shown"), [("2", "3", "66.7"), ("1", "8", "12.5"), ("0.05", "100", "0.1"), ("0", "0", "0.0")])
def test_percent_is_rounded_for_showing(part, whole, shown) -> None:
    assert percent(D(part), D(whole)) == D(shown)


@given(st.lists(st.tuples(st.sampled_from(["knowledge", "operation"]), st.sampled_from(["", "a", "b"]), st.integers(1, 10)), min_size=1, max_size=12))
def test_marks_add_up_and_stay_in_bounds(cells) -> None:
    slots = tuple(Slot(n=n, version=n, points=D(p) / 2, options=("a", "b"), blanks=0) for n, (_d, _v, p) in enumerate(cells, 1))
    keys = {n: key_of("single", d, ["a"]) for n, (d, _v, _p) in enumerate(cells, 1)}
    got = mark(Paper(sections=(Section(kind="single", slots=slots),)), keys, {n: (v,) if v else () for n, (_d, v, _p) in enumerate(cells, 1)})
    assert got.score == sum(got.slots.values())
    assert got.full == sum(slot.points for slot in slots)
    assert 0 <= got.knowledge <= got.knowledge_full
    assert 0 <= got.operation <= got.operation_full
    assert got.score == sum(slot.points for slot, (_d, v, _p) in zip(slots, cells, strict=True) if v == "a")
