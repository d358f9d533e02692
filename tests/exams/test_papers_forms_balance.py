"""Parallel forms: the same rows, no question twice, as hard as each other, the same for the same seed."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.papers.forms_balance import EXPECTED, Item, Past, bound, common, dealt, form_of, improved, item, measure, needed, split, spread


@st.composite
def stocks(draw) -> tuple[int, list[Item]]:
    """A number of forms, and rows whose items share out evenly."""
    forms = draw(st.integers(1, 4))
    items = []
    for row in range(draw(st.integers(0, 3))):
        points = draw(st.sampled_from(["1", "2", "2.5", "10"]))
        for _n in range(forms * draw(st.integers(1, 4))):
            past = Past(answers=40, facility=draw(st.floats(0, 1)), discrimination=draw(st.floats(-1, 1)))
            items.append(item(len(items), row, draw(st.integers(1, 3)), difficulty=1, points=Decimal(points), past=past))
    return forms, items


@given(stocks(), st.text(max_size=5), st.randoms())
def test_split_keeps_rows_and_brings_forms_together(stock, seed, chance) -> None:
    forms, items = stock
    made = split(items, forms, seed)
    assert sorted(one.question for form in made for one in form) == sorted(one.question for one in items)
    rows = {row: n // forms for row, n in Counter(one.row for one in items).items()}
    assert [Counter(one.row for one in form) for form in made] == [Counter(rows)] * forms
    start = dealt(items, forms, seed)
    for figure in ("mean", "sd"):
        before, after = (spread(getattr(measure(form), figure) for form in hands) for hands in (start, made))
        assert after <= before + 1e-6
    assert spread(measure(form).mean for form in made) <= bound(items, forms) + 1e-6
    shuffled = list(items)
    chance.shuffle(shuffled)
    assert split(shuffled, forms, seed) == made


def plain(question: int, mean: float, sd: float = 0.0, row: int = 0) -> Item:
    return Item(question=question, row=row, topic=1, mean=mean, sd=sd)


def test_improving_finds_the_swap_that_dealing_missed() -> None:
    hands = [[plain(1, 2.0), plain(2, 1.0)], [plain(3, 1.0), plain(4, 0.0)]]
    assert [measure(form).mean for form in improved(hands, "s")] == [2.0, 2.0]


def test_questions_of_different_rows_never_change_places() -> None:
    hands = [[plain(1, 2.0, row=0), plain(2, 1.0, row=1)], [plain(3, 2.0, row=0), plain(4, 0.0, row=1)]]
    assert [[one.question for one in form] for form in improved(hands, "s")] == [[1, 2], [3, 4]]


def test_an_uneven_row_is_refused() -> None:
    with pytest.raises(ValueError):
        split([plain(1, 1.0), plain(2, 1.0), plain(3, 1.0)], 2, "s")


@pytest.mark.parametrize(
    ("past", "facility"),
    [
        (None, EXPECTED[2]),
        (Past(answers=29, facility=0.1, discrimination=0.9), EXPECTED[2]),
        (Past(answers=30, facility=0.1, discrimination=0.9), 0.1),
        (Past(answers=30, facility=1.2, discrimination=0.9), 1.0),
    ],
)
def test_a_question_is_weighed_by_its_past_once_there_is_enough(past, facility) -> None:
    assert item(1, 0, 1, difficulty=2, points=Decimal(4), past=past).mean == pytest.approx(4 * facility)


def test_an_item_that_discriminates_the_wrong_way_adds_no_spread() -> None:
    assert item(1, 0, 1, difficulty=2, points=Decimal(4), past=Past(answers=99, facility=0.5, discrimination=-0.4)).sd == 0


@pytest.mark.parametrize(("count", "percent", "expected"), [(10, 0, 0), (10, 20, 2), (9, 20, 1), (4, 20, 0), (4, 100, 4)])
def test_common_questions_are_rounded_down(count, percent, expected) -> None:
    assert common(count, percent) == expected
    assert needed(count, 3, percent) == (expected, 3 * (count - expected))


@pytest.mark.parametrize(
    ("number", "forms", "expected"),
    [("20261123-0001", 2, 0), ("20261123-0002", 2, 1), ("20261123-0003", 2, 0), ("20261123-0003", 3, 2), ("A07", 2, 0), (8, 2, 1), ("", 2, 0)],
)
def test_neighbours_by_number_take_different_forms(number, forms, expected) -> None:
    assert form_of(number, forms) == expected


def test_topics_are_summed_up() -> None:
    found = measure([plain(1, 2.0), plain(2, 1.0), Item(question=3, row=0, topic=7, mean=0.5, sd=0.1)])
    assert (found.questions, found.mean, found.topics) == (3, 3.5, {1: (2, 3.0), 7: (1, 0.5)})
