"""Rules of the exam that no other test asserts, and the page that names for each of the forty rules the tests that show it (`docs/exam-rules.md`)."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from exams.attempts import actions
from exams.attempts.closing import close_overdue
from exams.attempts.models import Attempt, HandIn
from exams.attempts.reading import ended
from exams.attempts.reopening import agree, ask_reopening
from exams.attempts.turning import go_on
from exams.marking.actions import mark_due, mark_sitting, release
from exams.marking.models import GradeRun, Result
from exams.papers.models import BlueprintRow
from exams.sittings.accommodations import Accommodation
from exams.sittings.accommodations_actions import accommodate
from exams.sittings.models import Sitting
from lms.jobs.models import Job
from tests.factories.exams import make_blueprint, right_items
from tests.factories.rooms import ticket_for

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TESTS = Path(__file__).resolve().parents[1]
PAGE = TESTS.parent / "docs" / "exam-rules.md"
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (covered|declined|later) \| (.*) \|$", re.MULTILINE)


# --- the page ---------------------------------------------------------------------------------------------------------


def functions(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef)}


def test_all_forty_rules_stand_on_the_page_with_their_tests_or_a_reason() -> None:
    rows = {int(number): (state, says) for number, _rule, state, says in ROW.findall(PAGE.read_text(encoding="utf-8"))}
    assert list(rows) == list(range(1, 41))
    named = {number: re.findall(r"`([\w/]+\.py)`::(\w+)", says) for number, (_state, says) in rows.items()}
    assert [n for n, (state, _says) in rows.items() if state == "covered" and not named[n]] == []
    assert [n for n, (state, says) in rows.items() if state != "covered" and len(re.sub(r"`[^`]*`(::\w+)?", "", says)) < 80] == []
    missing = [(n, test) for n, tests in named.items() for path, test in tests if test not in functions(TESTS / path)]
    assert missing == []
    assert [n for n, (_state, says) in rows.items() if len(named[n]) != says.count(".py`")] == []  # a file alone shows nothing


# --- the rules --------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def clock(request):
    if "exam" not in request.fixturenames:
        yield None
        return
    with time_machine.travel(request.getfixturevalue("exam").at, tick=False) as traveller:
        yield traveller


@pytest.fixture
def browser(exam) -> Client:
    client = Client()
    client.force_login(exam.learner)
    client.cookies.load({"lang": "en"})
    return client


def change(exam, **terms) -> None:
    Sitting.objects.filter(pk=exam.sitting.pk).update(**terms)
    exam.sitting.refresh_from_db()
    exam.candidate.refresh_from_db()


def entry(exam, browser) -> str:
    return browser.get(reverse("exam_entry", args=[exam.sitting.pk])).content.decode()


def sit(exam, n: int = 1, wrong: int = 0) -> Attempt:
    attempt = actions.start(exam.candidate, key=f"start-key-{n}", by=exam.learner, at=exam.at)
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at, epoch=1, seq=1, items=right_items(attempt, wrong))
    return attempt


def test_a_wrong_code_is_said_on_the_same_page_and_the_second_try_opens(exam) -> None:
    code, browser = ticket_for(exam.candidate, by=exam.county.trainer, at=exam.at), Client()
    browser.cookies.load({"lang": "en"})
    wrong = browser.post("/exams/ticket/", {"number": exam.candidate.number, "code": "AAAAA-22222"})
    html = wrong.content.decode()
    assert (wrong.status_code, 'role="alert"' in html, exam.candidate.number in html) == (200, True, True)
    assert Attempt.objects.count() == 0
    opened = browser.post("/exams/ticket/", {"number": exam.candidate.number, "code": code}, follow=True).content.decode()
    assert ("60 minutes from the start" in opened, Attempt.objects.count()) == (True, 0)


@pytest.mark.parametrize(("closes", "counts_down"), [(2 * HOUR, False), (HOUR, False), (HOUR - MINUTE, True)])
def test_the_door_counts_down_only_when_the_closing_is_near(exam, browser, closes, counts_down) -> None:
    change(exam, closes_at=exam.at + closes)
    assert ('class="tag due"' in entry(exam, browser)) == counts_down


def test_the_second_attempt_is_possible_and_the_third_refused_with_the_reason(exam, browser) -> None:
    change(exam, attempts_allowed=2)
    sit(exam)
    assert ("1 of 2" in entry(exam, browser), '<button class="btn">Begin answering' in entry(exam, browser)) == (True, True)
    sit(exam, 2)
    html = entry(exam, browser)
    assert ("You have used all your attempts." in html, '<button class="btn" disabled>Begin answering' in html) == (True, True)
    refused = browser.post(reverse("exam_start", args=[exam.sitting.pk]), {"key": "a-third-start"})
    assert "You have used all your attempts." in refused.content.decode()
    assert Attempt.objects.count() == 2


def test_what_counts_and_how_long_to_wait_is_told_to_whom_it_concerns(exam, browser) -> None:
    change(exam, attempts_allowed=1, counting="last", wait_minutes=30)
    assert not any(words in entry(exam, browser) for words in ("the last attempt counts", "30 minutes between"))
    row = Accommodation(sitting=exam.sitting, person=exam.learner, attempts=2, reason="病")
    accommodate(row, by=exam.county.trainer, at=exam.at)
    assert all(words in entry(exam, browser) for words in ("the last attempt counts", "30 minutes between"))


def test_the_check_counts_what_is_open_leads_back_to_each_and_says_that_it_is_final(exam, browser) -> None:
    browser.post(reverse("exam_start", args=[exam.sitting.pk]), {"key": "key-of-this-browser"})
    attempt = Attempt.objects.get()
    actions.save(attempt.pk, epoch=1, seq=1, items=right_items(attempt, wrong=3), by=exam.learner, at=exam.at)
    html = browser.get(reverse("hand_in", args=[attempt.pk])).content.decode()
    paper = reverse("paper", args=[attempt.pk])
    assert re.findall(r'href="([^"]*#q\d+)"', html) == [f"{paper}#q1", f"{paper}#q2", f"{paper}#q3"]
    assert all(words in html for words in ("3 questions are not answered yet", "Nothing can be changed afterwards", "Back to the paper"))
    assert 'id="q2"' in browser.get(paper).content.decode()


@pytest.mark.parametrize("query", ["?page=3", "?page=1", "?page=-1", "?part=4", "#q9"])
def test_no_address_opens_another_page(exam, browser, query) -> None:
    change(exam, navigation="parts")
    browser.post(reverse("exam_start", args=[exam.sitting.pk]), {"key": "key-of-this-browser"})
    attempt = Attempt.objects.get()
    go_on(attempt.pk, page=1, epoch=1, seq=1, items=[], by=exam.learner, at=exam.at)
    html = browser.get(reverse("paper", args=[attempt.pk]) + query).content.decode()
    assert re.findall(r'<fieldset id="q(\d+)"', html) == ["5", "6"]


def test_parts_with_and_without_a_title_and_their_numbers_are_the_same_everywhere(exam, browser) -> None:
    blueprint = make_blueprint()
    BlueprintRow.objects.filter(blueprint=blueprint, kind__in=["multiple", "true_false"]).update(part="第一模块 网络安全")
    change(exam, blueprint=blueprint, closes_at=exam.at + HOUR)
    browser.post(reverse("exam_start", args=[exam.sitting.pk]), {"key": "key-of-this-browser"})
    attempt = Attempt.objects.get()
    paper = browser.get(reverse("paper", args=[attempt.pk])).content.decode()
    numbers = [str(n) for n in range(1, 11)]
    assert re.findall(r'<fieldset id="q(\d+)"', paper) == re.findall(r'<a href="#q(\d+)"', paper) == numbers
    heads = re.findall(r'<h3 class="sec" id="s\d">(.+?)<small', paper)
    card = paper.split('id="card"')[1]
    assert heads == re.findall(r"<h3>(.+?)</h3>", card)
    assert [head.split(".")[0] for head in heads] == ["I", "II", "III"]
    assert ("第一模块" in heads[0], all(head.split(".")[1].strip() for head in heads)) == (True, True)
    check = browser.get(reverse("hand_in", args=[attempt.pk])).content.decode()
    assert re.findall(r"#q(\d+)", check) == numbers
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at)
    mark_due(at=exam.at)
    release(exam.sitting, by=None, at=exam.at)
    change(exam, closes_at=exam.at)
    result = browser.get(reverse("result", args=[attempt.pk])).content.decode()
    assert re.findall(r'<article class="rev" id="q(\d+)"', result) == numbers
    assert re.findall(r"<tr><th>(I+\..+?)<", result) == heads


def test_marking_is_harmless_where_there_is_nothing_to_mark(exam, django_capture_on_commit_callbacks) -> None:
    running = actions.start(exam.candidate, key="start-key-1", by=exam.learner, at=exam.at)
    nothing = {"marked": 0, "released": 0}
    assert mark_due(at=exam.at) == nothing
    mark_sitting(exam.sitting, by=None, at=exam.at)
    assert (Result.objects.count(), GradeRun.objects.count()) == (0, 0)
    with django_capture_on_commit_callbacks(execute=True):
        actions.hand_in(running.pk, by=exam.learner, at=exam.at)
    assert Job.objects.filter(kind="mark").exists()
    assert Result.objects.count() == 0  # the receipt did not wait for it
    assert mark_due(at=exam.at)["marked"] == 1
    for _ in range(2):
        assert mark_due(at=exam.at) == nothing
    assert Result.objects.count() == 1


def test_what_was_not_handed_in_can_be_reopened_and_then_counts(exam) -> None:
    change(exam, overdue="abandon")
    attempt = actions.start(exam.candidate, key="start-key-1", by=exam.learner, at=exam.at)
    later = attempt.deadline + MINUTE
    assert close_overdue(at=later) == 1
    asked = ask_reopening(attempt.pk, minutes=10, reason="机房断电", key="click", by=exam.county.invigilator, at=later)
    agree(asked.pk, by=exam.county.centre, at=later)
    assert not ended(Attempt.objects.with_state().get())
    actions.hand_in(attempt.pk, by=exam.learner, at=later + MINUTE, epoch=1, seq=1, items=right_items(attempt))
    assert [end.how for end in HandIn.objects.order_by("pk")] == ["lapsed", "candidate"]
    assert mark_due(at=later + MINUTE)["marked"] == 1
    assert Result.objects.get().score == 20


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", None), ("0", 0), ("60", 60), ("100", 100), ("６０", 60), (" 60 ", 60), ("60.0", 60), ("aaa", None), ("200", None), ("101", None),
        ("-1", None), ("5.55", None), ("60,5", None), ("60%", None),
    ],
)  # fmt: skip
def test_a_minimum_is_whole_percent_and_a_slip_is_said_at_the_field(exam, typed, kept) -> None:
    trainer = Client()
    trainer.force_login(exam.county.trainer)
    at = exam.at + 24 * HOUR
    form = {
        "title": "补考", "blueprint": exam.sitting.blueprint_id, "unit": exam.county.root.pk, "opens_at": at.strftime("%Y-%m-%dT%H:%M"),
        "closes_at": (at + 3 * HOUR).strftime("%Y-%m-%dT%H:%M"), "duration": 60, "attempts_allowed": 1, "knowledge_percent": typed,
        "operation_percent": 0, "review": "never", "place": "",
    }  # fmt: skip
    answer = trainer.post("/sittings/new/", form)
    made = Sitting.objects.filter(title="补考").values_list("knowledge_percent", flat=True).first()
    assert (made, answer.status_code) == (kept, 200 if kept is None else 302)
    if kept is None:
        assert answer.context["form"].errors["knowledge_percent"]
