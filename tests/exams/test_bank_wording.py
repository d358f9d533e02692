"""Wordings: what is whole, what is new, what is alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.lessons.typed import normal
from exams.bank.kinds.base import Option
from exams.bank.wording import Wording, differences, digest, faults, key_text, likeness, options_named, without_repeats
from tests.factories.bank import make_wording


def choice(kind: str, texts: str, chosen: str) -> Wording:
    """``choice("single", "甲乙", "a")``: one option for each letter of ``texts``."""
    options = tuple(Option(id=i, text=t.replace("～", " ")) for i, t in zip("abcdefghij", texts, strict=False))
    return make_wording(kind, options=options, chosen=tuple(chosen))


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        (make_wording("single"), []),
        (make_wording("multiple"), []),
        (make_wording("true_false"), []),
        (make_wording("fill_in"), []),
        (make_wording("sonnet"), ["kind.unknown.0"]),
        (make_wording("single", dimension="mood", difficulty=4), ["dimension.unknown.0", "difficulty.unknown.0"]),
        (make_wording("single", stem=" \n"), ["stem.missing.0"]),
        (make_wording("single", stem="题" * 2001), ["stem.too_long.1"]),
        (make_wording("single", explanation="\x00"), ["explanation.unprintable.1"]),
        (make_wording("single", stem="\ud800"), ["stem.unprintable.1"]),
        (choice("single", "甲", "a"), ["options.count.0"]),
        (choice("single", "甲乙丙丁戊己庚辛壬", "a"), ["options.count.0"]),
        (choice("single", "甲乙甲", "a"), ["options.repeated.3"]),
        (choice("single", "A乙Ａ", "a"), ["options.repeated.3"]),
        (choice("single", "甲～", "a"), ["options.missing.2"]),
        (choice("single", "甲乙", ""), ["answer.exactly_one.0"]),
        (choice("single", "甲乙", "ab"), ["answer.exactly_one.0"]),
        (choice("single", "甲乙", "z"), ["answer.unknown.0"]),
        (choice("multiple", "甲乙丙", "a"), ["answer.two_or_more.0"]),
        (choice("multiple", "甲乙丙", "aa"), ["answer.unknown.0"]),
        (choice("multiple", "甲乙丙", "abc"), []),
        (choice("true_false", "甲乙", "a"), ["options.not_true_false.0"]),
        (make_wording("fill_in", stem="没有空"), ["stem.blanks.0"]),
        (make_wording("fill_in", stem="____和____"), ["answer.blank_count.0"]),
        (make_wording("fill_in", stem="___"), ["stem.blanks.0"]),
        (make_wording("fill_in", blanks=((),)), ["answer.missing.1"]),
        (make_wording("fill_in", blanks=(("6", " "),)), ["answer.missing.1"]),
        (make_wording("fill_in", blanks=(("6", "６"),)), ["answer.repeated.1"]),
        (make_wording("fill_in", options=(Option(id="a", text="甲"),)), ["options.no_options.0"]),
    ],
)
def test_faults_of_a_wording(wording: Wording, expected: list[str]) -> None:
    assert [f"{fault.field}.{fault.code}.{fault.place}" for fault in faults(wording)] == expected


def test_options_with_the_same_id_are_a_fault() -> None:
    twice = make_wording("single", options=(Option(id="a", text="甲"), Option(id="a", text="乙")))
    assert [fault.code for fault in faults(twice)] == ["ids"]


TEXT = st.text(alphabet="甲乙丙丁ABab12 ，", min_size=1, max_size=6)
WORDINGS = st.builds(
    lambda stem, texts, right, explanation, difficulty: make_wording(
        "single", stem=stem, options=options_named(texts, {}), chosen=(options_named(texts, {})[right % len(texts)].id,),
        explanation=explanation, difficulty=difficulty,
    ),
    TEXT, st.lists(TEXT, min_size=2, max_size=4, unique=True), st.integers(0, 3), TEXT, st.integers(1, 3),
)  # fmt: skip


@given(WORDINGS, WORDINGS)
def test_same_digest_means_no_difference(one: Wording, other: Wording) -> None:
    assert (digest(one) == digest(other)) == (differences(one, other) == [])


@given(WORDINGS, WORDINGS)
def test_pieces_of_a_change_rebuild_both_texts(one: Wording, other: Wording) -> None:
    for change in differences(one, other):
        assert "".join(text for word, text in change.pieces if word != "new") == change.before
        assert "".join(text for word, text in change.pieces if word != "gone") == change.after


@given(st.lists(TEXT, unique=True, max_size=8), st.lists(TEXT, unique=True, max_size=8))
def test_option_ids_keep_their_text_for_ever(before: list[str], after: list[str]) -> None:
    known = {option.id: option.text for option in options_named(before, {})}
    options = options_named(after, known)
    assert [option.text for option in options] == after
    assert len({option.id for option in options}) == len(options)
    assert all(option.id == name for option in options for name, text in known.items() if text == option.text)
    assert all(known.get(option.id, option.text) == option.text for option in options)


def test_first_options_are_named_by_position() -> None:
    assert [option.id for option in options_named(["甲", "乙", "丙", "丁"], {})] == ["a", "b", "c", "d"]


def test_ticking_in_another_order_is_no_change() -> None:
    assert digest(make_wording("multiple", chosen=("a", "d"))) == digest(make_wording("multiple", chosen=("d", "a")))


@given(TEXT, TEXT)
def test_likeness_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) == (1.0 if any(c.isalnum() for c in one) else 0.0)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("网络日志至少留存几个月？", "网络日志至少留存几个月", True),
        ("网络运营者留存网络日志不少于（　）", "网络运营者留存网络日志的时间不少于（　）", True),
        ("网络日志至少留存几个月？", "数据库每天备份几次？", False),
    ],
)
def test_stems_are_near_duplicates(one: str, other: str, alike: bool) -> None:
    assert (likeness(one, other) >= 0.8) == alike


def test_key_in_words_and_folding() -> None:
    assert key_text(make_wording("fill_in")) == "六／6"
    assert key_text(make_wording("multiple")) == "先备份再操作；口头报告"
    assert normal("ＩＰ　地址 ") == "ip地址"
    assert without_repeats([" 六 ", "6", "６", ""]) == ("六", "6")
