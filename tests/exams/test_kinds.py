"""Kinds of questions: whole wordings, canonical answers, points. Every kind that is there passes the common part; each has a table of its own."""

from decimal import Decimal
from hashlib import blake2b
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.bank.kinds import rule_of, rules
from exams.bank.kinds.base import BadValues, Shape
from exams.bank.kinds.case.writing import read
from exams.bank.kinds.numeric.rule import number_of
from exams.bank.kinds.screens import screen_of
from exams.bank.wording import Wording, digest, faults
from exams.marking.scoring import key_of, score
from tests.factories.bank import make_curriculum, make_question, make_wording

KINDS = list(rules())
SCORED = [name for name, rule in rules().items() if not rule.by_hand and not rule.traced]  # what is traced is settled first, by the time it took


def lot(thing: str) -> bytes:
    return blake2b(thing.encode(), digest_size=8).digest()


def shape_of(wording: Wording) -> Shape:
    rule = rule_of(wording.kind)
    return rule.drawn(rule.shape([option.id for option in wording.options], wording.answer_stored, wording.extra), lot)


def points(wording: Wording, *values: str, worth: str = "6") -> Decimal:
    cleaned = rule_of(wording.kind).clean(shape_of(wording), list(values))
    return score(key_of(wording.kind, "knowledge", wording.answer_stored, wording.extra), cleaned, Decimal(worth))


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_wording_has_no_faults_and_is_read_back_as_it_was(kind: str) -> None:
    wording = make_wording(kind)
    assert faults(wording) == []
    assert Wording(**{**_fields(wording), **rule_of(kind).read(wording.answer_stored)}) == wording


def _fields(wording: Wording) -> dict[str, Any]:
    names = ("kind", "dimension", "difficulty", "stem", "options", "extra", "explanation", "cites")
    return {name: getattr(wording, name) for name in names}


@pytest.mark.parametrize("kind", SCORED)
def test_the_right_answer_earns_everything_and_none_earns_nothing(kind: str) -> None:
    wording = make_wording(kind)
    assert points(wording, *rule_of(kind).right(wording)) == Decimal(6)
    assert points(wording) == 0


@pytest.mark.parametrize("kind", KINDS)
@given(values=st.lists(st.text(max_size=12) | st.sampled_from(["a", "b", "t", "1=a", "1=b", "2.1=6", "a=1", "b=2", "=", "9=a", "1.1=x"]), max_size=6))
@pytest.mark.fault(47, by="any values for every kind (hypothesis)")
def test_anything_sent_is_an_answer_or_refused_and_cleaning_twice_is_cleaning_once(kind: str, values: list[str]) -> None:
    wording = make_wording(kind)
    rule, shape = rule_of(kind), shape_of(wording)
    try:
        cleaned = rule.clean(shape, values)
    except BadValues:
        return
    assert rule.clean(shape, cleaned) == cleaned
    if not rule.by_hand:
        got = score(key_of(kind, "knowledge", wording.answer_stored, wording.extra), cleaned, Decimal("2.5"))
        assert 0 <= got <= Decimal("2.5")


@pytest.mark.parametrize("kind", SCORED)
@given(seed=st.text(max_size=6))
def test_points_do_not_depend_on_the_order_shown(kind: str, seed: str) -> None:
    wording = make_wording(kind)
    rule = rule_of(kind)
    shape = rule.drawn(rule.shape([o.id for o in wording.options], wording.answer_stored, wording.extra), lambda thing: lot(seed + thing))
    cleaned = rule.clean(shape, list(rule.right(wording)))
    assert score(key_of(kind, "knowledge", wording.answer_stored, wording.extra), cleaned, Decimal(6)) == 6


@pytest.mark.parametrize(
    ("mode", "chosen", "expected"),
    [
        ("all", "ad", "6"), ("all", "a", "0"), ("all", "abd", "0"),
        ("per_option", "ad", "6"), ("per_option", "a", "3"), ("per_option", "ab", "0"), ("per_option", "abcd", "0"),
        ("deducting", "ad", "6"), ("deducting", "a", "3"), ("deducting", "ab", "0"), ("deducting", "abd", "3"), ("deducting", "bc", "0"),
    ],
)  # fmt: skip
def test_three_ways_to_count_a_multiple_choice(mode: str, chosen: str, expected: str) -> None:
    assert points(make_wording("multiple", extra={"mode": mode}), *chosen) == Decimal(expected)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("3.5", "3.5"), ("３．５", "3.5"), (" 3.50 ", "3.50"), ("1,234.5", "1234.5"), ("12,34", None), ("−7", "-7"), ("+2", "2"), ("1e3", "1E+3"),
        ("", None), ("三", None), ("3.5.1", None), ("1/2", None), ("nan", None), ("inf", None), ("1e999", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_type_them(typed: str, value: str | None) -> None:
    assert number_of(typed) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("key", "values", "expected"),
    [
        ({"tolerance": "0.1"}, ("3.6", "km"), "6"), ({"tolerance": "0.1"}, ("3.61", "km"), "0"), ({"tolerance": "0"}, ("3.50", "千米"), "6"),
        ({"tolerance": "10", "in": "percent"}, ("3.85", "KM"), "6"), ({"tolerance": "10", "in": "percent"}, ("3.86", "km"), "0"),
        ({}, ("3.5", "m"), "0"), ({}, ("3.5", ""), "0"), ({"unit_share": 20}, ("3.5", "m"), "4.8"), ({"unit_share": 20}, ("9", "km"), "0"),
    ],
)  # fmt: skip
def test_a_number_counts_within_its_tolerance_and_with_its_unit(key: dict[str, Any], values: tuple[str, ...], expected: str) -> None:
    whole = {"value": "3.5", "tolerance": "0", "in": "absolute", "units": ["km", "千米"], "unit_share": 0} | key
    assert points(make_wording("numeric", key=whole, extra={"unit": True}), *values) == Decimal(expected)


@pytest.mark.parametrize(("values", "expected"), [(("1=b", "2=a"), "4"), (("1=b",), "2"), (("1=a", "2=a", "3=a"), "2")])
def test_each_pair_counts_by_itself(values: tuple[str, ...], expected: str) -> None:
    assert points(make_wording("matching"), *values) == Decimal(expected)


@pytest.mark.parametrize(
    ("mode", "values", "expected"),
    [
        ("all", ("a=2", "b=1", "c=3"), "6"), ("all", ("a=2", "b=1"), "0"), ("per_place", ("a=2", "b=3", "c=1"), "2"),
        ("per_place", ("a=1", "b=1", "c=3"), "2"), ("per_place", ("a=1", "b=1", "c=1"), "0"),
    ],
)  # fmt: skip
def test_an_order_counts_whole_or_by_place(mode: str, values: tuple[str, ...], expected: str) -> None:
    assert points(make_wording("ordering", extra={"mode": mode}), *values) == Decimal(expected)


@pytest.mark.parametrize(("values", "expected"), [(("1=b", "2=ＳＩＸ"), "6"), (("1=a", "2=六"), "3"), (("2=七",), "0")])
def test_each_gap_counts_by_itself(values: tuple[str, ...], expected: str) -> None:
    assert points(make_wording("cloze"), *values) == Decimal(expected)


def test_a_case_shares_its_points_by_weight() -> None:
    case = make_wording("case")  # a single choice, and a fill-in that counts twice
    assert points(case, "1=b") == Decimal(2)
    assert points(case, "2.1=2") == Decimal(4)
    assert points(case, "1=a", "2.1=二") == Decimal(4)
    with pytest.raises(BadValues):
        points(case, "3=a")
    with pytest.raises(BadValues):
        points(case, "1.1=a")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.fault(36, by="every kind: what a candidate is shown, searched for its key")
def test_a_shape_and_a_face_give_nothing_of_the_key_away(kind: str) -> None:
    """Two questions that differ in nothing but the key are frozen alike."""
    wording = make_wording(kind)
    assert "explanation" not in repr(wording.face)
    if kind == "ordering":
        other = make_wording(kind, key={"order": ["c", "a", "b"]})
    elif kind == "matching":
        other = make_wording(kind, key={"pairs": {"1": "a", "2": "b", "3": "d"}})
    elif kind in {"single", "multiple"}:
        other = make_wording(kind, chosen=("b", "c") if kind == "multiple" else ("c",))
    else:
        return
    assert shape_of(other) == shape_of(wording)
    assert other.face == wording.face


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_the_form_of_a_question_saved_unchanged_changes_nothing(kind: str) -> None:
    """What `start` puts into the fields, `parts` makes the same wording of."""
    topic = make_curriculum().topics["technical-01"]
    question = make_question(topic, kind)
    form_class = screen_of(kind).form
    blank = form_class(question=question)
    data = {name: value for name, value in blank.initial.items() if value is not None and value is not False}
    form = form_class(data, question=question)
    assert form.is_valid(), form.errors
    assert digest(form.wording) == question.newest.digest


def test_a_case_is_written_as_trainers_have_it() -> None:
    parts = read("【单选】首先做什么？\nA．继续\n*B、报告\n\n[填空 2] 应在____小时内报告。\n答案：二/2")
    assert [(part.kind, part.weight, part.stem) for part in parts] == [("single", 1, "首先做什么？"), ("fill_in", 2, "应在____小时内报告。")]
    assert parts[0].options == [("继续", False), ("报告", True)]
    assert parts[1].answers == ["二/2"]
