"""Pages of a paper: how it is cut, what is open, and what of a save belongs there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.attempts.paging import open_page, pages_of, sorted_out

PARTS = [(1, 2, 3), (4, 5), (6,)]


@pytest.mark.parametrize(
    ("navigation", "pages"),
    [("free", [(1, 2, 3, 4, 5, 6)]), ("parts", [(1, 2, 3), (4, 5), (6,)]), ("questions", [(1,), (2,), (3,), (4,), (5,), (6,)])],
)
def test_a_paper_is_cut_into_pages(navigation, pages) -> None:
    assert pages_of(PARTS, navigation) == pages


@pytest.mark.parametrize(("number", "slots"), [(1, (1, 2, 3)), (3, (6,)), (4, (6,)), (99, (6,))])
def test_beyond_the_last_page_stands_the_last(number, slots) -> None:
    assert open_page(pages_of(PARTS, "parts"), number) == slots


@given(parts=st.lists(st.integers(0, 5), max_size=6), navigation=st.sampled_from(["free", "parts", "questions"]), number=st.integers(1, 40))
def test_every_question_stands_on_one_page_and_of_a_save_nothing_is_lost(parts, navigation, number) -> None:
    slots = iter(range(1, sum(parts) + 1))
    pages = pages_of([[next(slots) for _ in range(count)] for count in parts], navigation)
    assert [n for page in pages for n in page] == list(range(1, sum(parts) + 1))
    items = [{"n": n, "v": [], "f": 0} for n in range(1, sum(parts) + 1)]
    belongs, stray = sorted_out(items, open_page(pages, number))
    assert sorted([*belongs, *stray], key=lambda item: item["n"]) == items
    assert {item["n"] for item in belongs} == set(open_page(pages, number))
