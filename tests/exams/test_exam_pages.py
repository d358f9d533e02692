"""A paper shown page by page, through a browser without a script: the order holds, whatever is asked for and however often."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from exams.attempts import actions
from exams.attempts.course import Page
from exams.attempts.models import AnswerRecord, Attempt, HandIn
from exams.attempts.reading import answers_of
from exams.attempts.turning import go_on
from exams.marking.actions import mark_due, release
from tests.factories.exams import right_items

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock(exam):
    with time_machine.travel(exam.at, tick=False) as traveller:
        yield traveller


@pytest.fixture
def browser(exam) -> Client:
    client = Client()
    client.force_login(exam.learner)
    return client


@pytest.fixture
def running(exam, browser):
    """An attempt at a paper in four parts: questions 1–4, 5–6, 7–8, 9–10."""
    exam.sitting.navigation = "parts"
    exam.sitting.save()
    browser.post(reverse("exam_start", args=[exam.sitting.pk]), {"key": "key-of-this-browser"})
    return Attempt.objects.get()


def numbers(page: str) -> list[int]:
    return [int(n) for n in re.findall(r'<fieldset id="q(\d+)"', page)]


def look(browser, attempt) -> str:
    return browser.get(reverse("paper", args=[attempt.pk])).content.decode()


def send(browser, attempt, page: int, do: str = "next", slots=None, seq: int = 1):
    form = {"epoch": 1, "seq": seq, "page": page, "do": do}
    for item in right_items(attempt):
        if slots is None or item["n"] in slots:
            form[f"q{item['n']}"] = item["v"]
    return browser.post(reverse("paper", args=[attempt.pk]), form)


def save(browser, attempt, *slots, seq: int = 1):
    items = [item for item in right_items(attempt) if item["n"] in slots]
    return browser.post(reverse("paper_save", args=[attempt.pk]), json.dumps({"e": 1, "s": seq, "i": items}), content_type="application/json")


def standing(attempt) -> set[int]:
    return {n for n, answer in answers_of([attempt])[attempt.pk].items() if answer.values}


def test_the_whole_exam_part_by_part(exam, browser, running) -> None:
    seen = []
    for page in (1, 2, 3, 4):
        html = look(browser, running)
        seen.append(numbers(html))
        assert ('value="next"' in html, 'value="check"' in html) == (page < 4, page == 4)
        send(browser, running, page, "next" if page < 4 else "check", seq=page)
    assert seen == [[1, 2, 3, 4], [5, 6], [7, 8], [9, 10]]
    browser.post(reverse("hand_in", args=[running.pk]))
    assert HandIn.objects.get().answered == 10
    exam.sitting.closes_at = exam.at
    exam.sitting.save()
    mark_due(at=exam.at)
    release(exam.sitting, by=None, at=exam.at)
    result = browser.get(reverse("result", args=[running.pk])).content.decode()
    assert [int(n) for n in re.findall(r'<article class="rev" id="q(\d+)"', result)] == list(range(1, 11))


def test_only_the_open_page_is_ever_sent(browser, running) -> None:
    blanks = "日志至少留存"  # what every fill-in says; they stand on the last page
    for page in (1, 2, 3):
        html = look(browser, running)
        assert (blanks in html, len(re.findall(r'href="#q', html))) == (False, len(numbers(html)))
        send(browser, running, page, seq=page)
    assert blanks in look(browser, running)


@pytest.mark.parametrize("page", [2, 3, 99])
def test_a_page_that_is_not_open_cannot_be_left(browser, running, page) -> None:
    send(browser, running, page)
    assert numbers(look(browser, running)) == [1, 2, 3, 4]
    assert Page.objects.count() == 0


def test_two_windows_and_two_clicks_turn_one_page(browser, running) -> None:
    send(browser, running, 1, seq=1)
    again = send(browser, running, 1, seq=2)
    assert again.status_code == 302
    assert [row.number for row in Page.objects.all()] == [2]


def test_what_is_left_behind_can_not_be_changed(exam, browser, running) -> None:
    send(browser, running, 1, "next_sure")
    assert standing(running) == set()
    answer = save(browser, running, 1, 2, seq=5)
    assert (answer.status_code, answer.json()["shut"]) == (200, [1, 2])
    record = AnswerRecord.objects.get(seq=5)
    assert (record.items, [item["n"] for item in record.stray], record.late) == ([], [1, 2], False)
    assert standing(running) == set()


def test_a_save_from_a_page_opened_ahead_is_kept_and_no_way_round(browser, running) -> None:
    answer = save(browser, running, 1, 9)
    assert answer.json()["shut"] == [9]
    assert standing(running) == {1}
    for page in (1, 2, 3):
        send(browser, running, page, "next_sure", seq=page + 1)
    assert numbers(look(browser, running)) == [9, 10]
    assert standing(running) == {1}
    assert save(browser, running, 9, seq=9).json().get("shut") is None
    assert standing(running) == {1, 9}


def test_a_form_from_a_page_left_behind_says_so_and_shows_the_open_one(browser, running) -> None:
    send(browser, running, 1, seq=1)
    stale = browser.post(reverse("paper", args=[running.pk]), {"epoch": 1, "seq": 7, "page": 1, "do": "save1"}, follow=True)
    assert numbers(stale.content.decode()) == [5, 6]
    assert 'role="status"' in stale.content.decode()
    assert standing(running) == {1, 2, 3, 4}


def test_unanswered_questions_are_asked_back_before_going_on(browser, running) -> None:
    asked = send(browser, running, 1, slots={1, 2})
    html = asked.content.decode()
    assert (asked.status_code, re.findall(r"#q(\d+)", html)) == (200, ["3", "4"])
    assert (standing(running), Page.objects.count()) == ({1, 2}, 0)
    send(browser, running, 1, "next_sure", slots=set(), seq=2)
    assert (standing(running), numbers(look(browser, running))) == ({1, 2}, [5, 6])


def test_question_by_question(exam, browser) -> None:
    exam.sitting.navigation = "questions"
    exam.sitting.save()
    browser.post(reverse("exam_start", args=[exam.sitting.pk]), {"key": "key-of-this-browser"})
    attempt = Attempt.objects.get()
    for n in range(1, 11):
        assert numbers(look(browser, attempt)) == [n]
        send(browser, attempt, n, seq=n)
    assert standing(attempt) == set(range(1, 11))


def test_the_check_counts_what_was_left_behind_and_what_lies_ahead(browser, running) -> None:
    send(browser, running, 1, "next_sure")
    html = browser.get(reverse("hand_in", args=[running.pk])).content.decode()
    assert re.findall(r"#q(\d+)", html) == ["5", "6"]
    assert "还有 4 题在您尚未打开的页上" in html
    assert "已关闭的页上有 4 题未作答" in html


def test_nothing_is_opened_by_a_browser_that_was_taken_over_or_after_the_end(exam, running) -> None:
    actions.take_over(running.pk, device="another-browser", by=exam.learner, at=exam.at)
    go_on(running.pk, page=1, epoch=1, seq=1, items=[], by=exam.learner, at=exam.at)
    assert Page.objects.count() == 0
    actions.hand_in(running.pk, by=exam.learner, at=exam.at + MINUTE)
    go_on(running.pk, page=1, epoch=2, seq=1, items=[], by=exam.learner, at=exam.at + MINUTE)
    assert Page.objects.count() == 0


def test_the_last_page_has_no_next(exam, running) -> None:
    for page in (1, 2, 3, 4, 5):
        go_on(running.pk, page=page, epoch=1, seq=page, items=[], by=exam.learner, at=exam.at)
    assert [row.number for row in Page.objects.all()] == [2, 3, 4]
