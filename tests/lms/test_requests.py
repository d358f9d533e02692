"""Numbers out of forms: only what a column can hold, never an error page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.web.requests import number, numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", 7),
        ("0", 0),
        ("", None),
        ("-1", None),
        ("+1", None),
        ("1.0", None),
        ("²", None),
        ("１２", None),
        ("1 ", None),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("1" * 5000, None),
    ],
)
def test_number_reads_plain_digits_alone(text: str, expected: int | None) -> None:
    assert number(text) == expected


@given(st.lists(st.text(max_size=30)))
def test_numbers_never_fail_and_fit_a_column(texts: list[str]) -> None:
    assert all(0 <= n < 2**63 for n in numbers(texts))
