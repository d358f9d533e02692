"""Answers: what is let in, and what stands, in whatever order it came."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.attempts.answers import Answer, BadAnswers, Saved, answered, answers_digest, clean, fold, items_digest
from exams.bank.kinds.base import LONGEST_ANSWER as LONGEST
from exams.papers.drawing import Paper, Section, Slot


def slot(n: int, options: tuple[str, ...] = (), blanks: int = 0) -> Slot:
    return Slot(n=n, version=n, points=Decimal(1), options=options, blanks=blanks)


PAPER = Paper(
    sections=(
        Section(kind="single", slots=(slot(1, ("b", "a", "c")),)),
        Section(kind="multiple", slots=(slot(2, ("c", "a", "b")),)),
        Section(kind="true_false", slots=(slot(3, ("t", "f")),)),
        Section(kind="fill_in", slots=(slot(4, blanks=2),)),
    )
)


@pytest.mark.parametrize(
    ("item", "kept"),
    [
        ({"n": 1, "v": ["a"]}, {"n": 1, "v": ["a"], "f": 0}),
        ({"n": 1, "v": [], "f": 1}, {"n": 1, "v": [], "f": 1}),
        ({"n": 2, "v": ["c", "a"], "f": 0}, {"n": 2, "v": ["a", "c"], "f": 0}),
        ({"n": 3, "v": ["f"]}, {"n": 3, "v": ["f"], "f": 0}),
        ({"n": 4, "v": ["", "三"]}, {"n": 4, "v": ["", "三"], "f": 0}),
        ({"n": 4, "v": [" ", "\u3000"]}, {"n": 4, "v": [], "f": 0}),
        ({"n": 4, "v": ["x" * LONGEST, ""]}, {"n": 4, "v": ["x" * LONGEST, ""], "f": 0}),
    ],
)
def test_sound_item_is_kept_in_one_form(item, kept) -> None:
    assert clean(PAPER, [item]) == [kept]


@pytest.mark.parametrize(
    "items",
    [
        None, {}, "x", 3, [None], [[]], [{"n": 1}], [{"v": ["a"]}], [{"n": "1", "v": []}], [{"n": True, "v": []}], [{"n": 1.0, "v": []}],
        [{"n": 0, "v": []}], [{"n": 5, "v": []}], [{"n": -1, "v": []}], [{"n": 10**30, "v": []}], [{"n": 1, "v": "a"}], [{"n": 1, "v": [1]}],
        [{"n": 1, "v": [["a"]]}], [{"n": 1, "v": ["z"]}], [{"n": 1, "v": ["a", "b"]}], [{"n": 2, "v": ["a", "a"]}], [{"n": 3, "v": ["t", "f"]}],
        [{"n": 4, "v": ["one"]}], [{"n": 4, "v": ["1", "2", "3"]}], [{"n": 4, "v": ["x" * (LONGEST + 1), ""]}], [{"n": 4, "v": ["a\x00", ""]}],
        [{"n": 4, "v": ["\ud800", ""]}], [{"n": 1, "v": [], "f": 2}], [{"n": 1, "v": [], "f": "1"}], [{"n": 1, "v": [], "f": []}],
        [{"n": 1, "v": [], "x": 1}], [{"n": 1, "v": []}, {"n": 1, "v": ["a"]}],
        [{"n": 1, "v": []}] * 5,
    ],
)  # fmt: skip
def test_unsound_save_is_refused(items) -> None:
    with pytest.raises(BadAnswers):
        clean(PAPER, items)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=1), inner),
        max_leaves=8,
    )
)
@pytest.mark.fault(47, by="any JSON value as a save (hypothesis)")
def test_anything_is_cleaned_or_refused(thing) -> None:
    with suppress(BadAnswers):
        assert isinstance(clean(PAPER, thing), list)


saves = st.lists(
    st.builds(
        Saved, epoch=st.integers(1, 3), seq=st.integers(1, 6), late=st.booleans(),
        items=st.dictionaries(st.integers(1, 4), st.sampled_from(["a", "b", ""]), max_size=3).map(
            lambda given_: tuple({"n": n, "v": [v] if v else [], "f": 0} for n, v in given_.items())
        ),
    ),
    unique_by=lambda saved: (saved.epoch, saved.seq), max_size=10,
)  # fmt: skip


@given(saves, st.randoms())
@pytest.mark.fault(11, 12, 14, by="any records in any order, any of them repeated (hypothesis)")
def test_any_order_and_any_repetition_gives_the_same_paper(records, random) -> None:
    arrived = records + random.choices(records, k=5) if records else []
    random.shuffle(arrived)
    expected: dict[int, Answer] = {}
    for record in sorted(records, key=lambda r: (r.epoch, r.seq)):
        for item in () if record.late else record.items:
            expected[item["n"]] = Answer(values=tuple(item["v"]))
    assert fold(arrived) == expected
    assert answers_digest(fold(arrived)) == answers_digest(expected)


def test_digests_ignore_flags_and_empty_answers_but_not_content() -> None:
    assert answers_digest({1: Answer(values=("a",), flagged=True), 2: Answer(flagged=True)}) == answers_digest({1: Answer(values=("a",))})
    assert answers_digest({1: Answer(values=("a",))}) != answers_digest({1: Answer(values=("b",))})
    assert answered({1: Answer(values=("a",)), 2: Answer(flagged=True)}) == 1
    assert items_digest([{"n": 1, "v": []}]) != items_digest([{"n": 2, "v": []}])
