"""Whom a pasted list means."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.sittings.rosters import Known, candidate_number, match, next_number, sought, words

PEOPLE = [
    Known(id=1, number="005118", name="陈志远", unit="龙口乡"),
    Known(id=2, number="003907", name="刘慧", unit="县卫健委"),
    Known(id=3, number="004217", name="王敏", unit="县人社局"),
    Known(id=4, number="004218", name="王敏", unit="县财政局"),
    Known(id=5, number="A-17", name="何敏", unit="龙口乡"),
]


@pytest.mark.parametrize(
    ("text", "found", "already", "repeated", "unknown", "several", "mismatched"),
    [
        ("", [], [], [], [], [], []),
        ("005118\n003907", [1, 2], [], [], [], [], []),
        ("００５１１８", [1], [], [], [], [], []),
        ("a-17", [5], [], [], [], [], []),
        ("005118，003907、005118", [1, 2], [], [1], [], [], []),
        ("陈志远\n刘慧", [1, 2], [], [], [], [], []),
        ("陈志远 刘慧", [1, 2], [], [], [], [], []),
        ("刘　慧", [2], [], [], [], [], []),
        ("工号\t姓名\t单位\n005118\t陈志远\t龙口乡\n003907\t刘慧\t县卫健委", [1, 2], [], [], [], [], []),
        ("1\t陈志远\t龙口乡\n2\t刘慧\t县卫健委", [1, 2], [], [], [], [], []),
        ("005118\t刘慧", [], [], [], [], [], [1]),
        ("005118\t陈致远", [1], [], [], [], [], []),
        ("999999\n李四", [], [], [], ["999999", "李四"], [], []),
        ("005118 999999", [1], [], [], ["999999"], [], []),
        ("王敏", [], [], [], [], [[3, 4]], []),
        ("王敏 县财政局", [4], [], [], [], [], []),
        ("何敏\n何敏", [5], [], [5], [], [], []),
    ],
)
def test_what_a_list_says(text, found, already, repeated, unknown, several, mismatched) -> None:
    said = match(text, PEOPLE)
    assert [p.id for p in said.found] == found
    assert [p.id for p in said.already] == already
    assert [p.id for p in said.repeated] == repeated
    assert list(said.unknown) == unknown
    assert [[p.id for p in item.people] for item in said.several] == several
    assert [item.person.id for item in said.mismatched] == mismatched


def test_those_on_the_list_already_are_not_found_again() -> None:
    said = match("005118\n003907\n005118", PEOPLE, already=[1])
    assert ([p.id for p in said.found], [p.id for p in said.already], [p.id for p in said.repeated]) == ([2], [1], [1])


LINES = st.lists(st.sampled_from(["005118", "003907", "陈志远", "王敏", "李四", "123456", "龙口乡", "姓名", "1"]), min_size=1, max_size=4).map(
    " ".join
)


@given(st.lists(LINES, max_size=8).map("\n".join), st.sets(st.integers(1, 5)))
def test_nobody_is_found_twice_or_though_on_the_list(text: str, already: set[int]) -> None:
    said = match(text, PEOPLE, already)
    ids = [p.id for p in said.found]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & already
    assert {p.id for p in said.already} <= already
    assert all(p.number in text or p.name in text for p in said.found)


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    assert match(text, PEOPLE) == match(text, PEOPLE)
    assert all(word for line in words(text) for word in line)


def test_words_to_look_people_up_with() -> None:
    assert sought("刘　慧\n005118") >= {"刘", "慧", "刘慧", "005118"}


def test_candidate_numbers_count_on_within_the_day() -> None:
    day = date(2026, 12, 5)
    assert candidate_number(day, 7) == "20261205-0007"
    assert next_number(day, []) == 1
    assert next_number(day, ["20261205-0009", "20261204-0044", "20261205-0002"]) == 10
    assert next_number(day, ["20261205-10000"]) == 10001
