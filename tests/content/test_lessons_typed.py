"""Typed texts are compared by one normal form."""

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from content.lessons.typed import normal


@pytest.mark.parametrize(
    ("typed", "meant"), [("ＩＰ 地址", "ip地址"), (" 3 ", "3"), ("Ｃｔｒｌ＋Ｃ", "ctrl+c"), ("A´", "á"), ("a\u0301", "á"), ("STRASSE", "straße")]
)
def test_forms_of_one_text_are_the_same(typed: str, meant: str) -> None:
    assert normal(typed) == normal(meant)


def test_different_numerals_stay_different() -> None:
    assert normal("三") != normal("3")


@given(st.text(max_size=20))
@example("A´")
def test_normal_form_is_stable(text: str) -> None:
    assert normal(normal(text)) == normal(text)


def test_normal_form_ends_for_every_character_after_a_letter() -> None:
    assert all(normal(normal("a" + chr(point))) == normal("a" + chr(point)) for point in range(sys.maxunicode + 1))
