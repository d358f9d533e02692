"""Validity, numbers, codes and masks: tables of cases, and what must hold for every day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.certificates.masks import masked
from exams.certificates.numbering import SeriesExhausted, code_of, normal_code, normal_number, number, series
from exams.certificates.validity import HOLDING, State, days_left, last_valid_day, percent_used, state_on

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
MONTHS = st.integers(1, 600)


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2026, 11, 20), 36, date(2029, 11, 19)),
        (date(2026, 1, 1), 1, date(2026, 1, 31)),
        (date(2026, 1, 1), 12, date(2026, 12, 31)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 30), 1, date(2026, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 4, 30)),
        (date(2026, 3, 30), 1, date(2026, 4, 29)),
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 14)),
        (date(2026, 11, 20), 0, None),
    ],
)
@pytest.mark.fault(24, by="29 February, ends of months, new year")
def test_last_valid_day_by_table(start, months, last) -> None:
    assert last_valid_day(start, months) == last


def test_last_valid_day_refuses_negative_months() -> None:
    with pytest.raises(ValueError, match="months"):
        last_valid_day(date(2026, 1, 1), -1)


@given(DAYS, MONTHS)
@pytest.mark.fault(24, by="any start and any number of months (hypothesis)")
def test_validity_lasts_about_its_months_and_never_begins_after_its_end(start, months) -> None:
    last = last_valid_day(start, months)
    assert start < last
    assert abs((last - start).days + 1 - months * 30.436875) < 4


@given(DAYS, st.integers(0, 400), MONTHS)
@pytest.mark.fault(24, by="any two starts (hypothesis)")
def test_a_later_start_never_ends_earlier(start, delay, months) -> None:
    assert last_valid_day(start + timedelta(days=delay), months) >= last_valid_day(start, months)


@given(DAYS, MONTHS)
def test_renewing_on_the_day_after_leaves_no_day_uncovered(start, months) -> None:
    last = last_valid_day(start, months)
    assert last_valid_day(last + timedelta(days=1), months) > last
    assert days_left(last, last) == 0


@pytest.mark.parametrize(
    ("day", "revoked_on", "state"),
    [
        (date(2025, 12, 31), None, State.NOT_YET),
        (date(2026, 1, 1), None, State.VALID),
        (date(2028, 10, 1), None, State.VALID),
        (date(2028, 10, 2), None, State.EXPIRING),
        (date(2028, 12, 31), None, State.EXPIRING),
        (date(2029, 1, 1), None, State.LAPSED),
        (date(2026, 5, 31), date(2026, 6, 1), State.VALID),
        (date(2026, 6, 1), date(2026, 6, 1), State.REVOKED),
        (date(2030, 1, 1), date(2026, 6, 1), State.REVOKED),
    ],
)
def test_state_on_by_table(day, revoked_on, state) -> None:
    assert state_on(day, valid_from=date(2026, 1, 1), valid_until=date(2028, 12, 31), revoked_on=revoked_on, warning_days=90) == state


def test_state_without_an_end_is_valid_for_ever() -> None:
    assert state_on(date(2999, 1, 1), valid_from=date(2026, 1, 1), valid_until=None, revoked_on=None, warning_days=90) == State.VALID
    assert percent_used(date(2026, 1, 1), None, date(2999, 1, 1)) == 0


@given(DAYS, DAYS, MONTHS, st.integers(0, 400))
def test_state_holds_exactly_from_first_to_last_day(start, day, months, warning) -> None:
    last = last_valid_day(start, months)
    state = state_on(day, valid_from=start, valid_until=last, revoked_on=None, warning_days=warning)
    assert (state in HOLDING) == (start <= day <= last)
    assert 0 <= percent_used(start, last, day) <= 100


def test_numbers_have_series_year_and_six_digits() -> None:
    assert number(series("sec", 2026), 418) == "YX-SEC-2026-000418"


@pytest.mark.parametrize("serial", [0, -1, 1_000_000])
def test_number_outside_the_series_is_refused(serial) -> None:
    with pytest.raises(SeriesExhausted):
        number("YX-SEC-2026", serial)


@given(st.binary(min_size=16, max_size=16))
def test_code_keeps_all_128_bits_and_survives_typing(raw) -> None:
    code = code_of(raw)
    assert len(code) == 32
    assert normal_code(code) == code
    assert normal_code(" " + code.lower().replace("-", " ")) == code
    assert normal_code(code.replace("O", "0").replace("I", "1").replace("B", "8")) == code


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_codes_differ_where_the_bits_differ(one, other) -> None:
    assert (code_of(one) == code_of(other)) == (one == other)


@pytest.mark.parametrize("text", ["", "ABCD", "!" * 26, "A" * 27, "９" * 26])
def test_normal_code_refuses_what_cannot_be_one(text) -> None:
    assert normal_code(text) == ""


def test_normal_number_forgives_width_case_and_spaces() -> None:
    assert normal_number(" ｙｘ－sec-2026－０００418 ") == "YX-SEC-2026-000418"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王慧敏", "王＊敏"), ("王敏", "王＊"), ("王", "＊"), ("欧阳小明", "欧＊＊明"), ("阿依古丽·买买提", "阿＊＊＊提"), ("", "＊")],
)
def test_masked_name_by_table(name, shown) -> None:
    assert masked(name) == shown


@given(st.text(alphabet="王慧敏李明·abc", min_size=3, max_size=40))
def test_masked_name_never_shows_the_middle(name) -> None:
    shown = masked(name)
    assert shown == name[0] + "＊" * (len(shown) - 2) + name[-1]
