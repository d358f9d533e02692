"""Numbers out of forms: only what a column can hold, never an error page."""

import pytest
from django.test import Client
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


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/sign-in/?q=%00", "/verify/?a%00=b"])
def test_a_null_in_an_address_is_refused_in_words(client: Client, address: str) -> None:
    page = client.get(address)
    assert page.status_code == 400
    assert "无法识别的字符" in page.content.decode()
