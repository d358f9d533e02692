"""The printed matrix is in step with the tests, and no row is without a word."""

from tests.faults.matrix import PAGE, ROWS, page, shown


def test_every_row_has_a_test_or_says_why_not() -> None:
    covered = {number for test in shown() if not test.control for number in test.rows}
    assert [row.number for row in ROWS] == list(range(1, 49))
    assert [row.number for row in ROWS if row.number not in covered and not row.lacking] == []


def test_markers_name_rows_that_are_there_and_say_what_they_inject() -> None:
    numbers = {row.number for row in ROWS}
    assert [test.test for test in shown() if not test.rows or not set(test.rows) <= numbers or not test.by] == []


def test_strong_promises_have_a_control() -> None:
    controlled = {number for test in shown() if test.control for number in test.rows}
    assert {1, 2, 3, 12, 14, 28, 30} <= controlled


def test_page_is_in_step() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "Run `make faults`."
