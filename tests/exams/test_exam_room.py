"""The exam room through the browser's eyes, without a script: every page, every edge, and no key in any byte."""

import gzip
import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from exams.attempts.models import AnswerRecord, Attempt, HandIn
from exams.attempts.reading import answers_of
from exams.attempts.rendering import heading_of
from exams.marking.actions import mark_due, release
from exams.papers.drawing import Section
from lms.web.todo import todos
from tests.factories.bank import make_question
from tests.factories.exams import CANARY, admit, make_blueprint, make_sitting, right_items

MINUTE = timedelta(minutes=1)


@pytest.fixture
def browser(exam) -> Client:
    client = Client()
    client.force_login(exam.learner)
    return client


@pytest.fixture(autouse=True)
def clock(exam):
    with time_machine.travel(exam.at, tick=False) as traveller:
        yield traveller


def hidden(html: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', html).group(1)


def begin(browser: Client, exam) -> Attempt:
    page = browser.get(reverse("exam_entry", args=[exam.sitting.pk])).content.decode()
    response = browser.post(reverse("exam_start", args=[exam.sitting.pk]), {"key": hidden(page, "key")})
    assert response.status_code == 302
    return Attempt.objects.get()


def fields(attempt: Attempt, page: str, wrong: int = 0) -> dict[str, object]:
    form: dict[str, object] = {"epoch": hidden(page, "epoch"), "seq": hidden(page, "seq")}
    for item in right_items(attempt, wrong):
        form[f"q{item['n']}"] = item["v"]
    return form


def test_the_whole_exam_without_a_script(exam, browser) -> None:
    listed = browser.get(reverse("exams")).content.decode()
    assert reverse("exam_entry", args=[exam.sitting.pk]) in listed
    attempt = begin(browser, exam)
    address = reverse("paper", args=[attempt.pk])
    page = browser.get(address).content.decode()
    assert page.count("<fieldset") == 10

    saved = browser.post(address, fields(attempt, page, wrong=3) | {"do": "save1", "f2": "1"})
    assert (saved.status_code, saved["Location"]) == (302, address + "#s1")
    page = browser.get(address).content.decode()
    assert page.count(" checked") == sum(len(i["v"]) for i in right_items(attempt, 3) if i["n"] <= 8) + 1

    checked = browser.post(address, fields(attempt, page, wrong=1) | {"do": "check", "f5": "1"})
    assert checked["Location"] == reverse("hand_in", args=[attempt.pk])
    listing = browser.get(checked["Location"]).content.decode()
    assert re.findall(r"#q(\d+)", listing) == ["1", "5"]

    done = browser.post(checked["Location"])
    assert done["Location"] == reverse("receipt", args=[attempt.pk])
    receipt = browser.get(done["Location"]).content.decode()
    end = HandIn.objects.get()
    assert end.receipt in receipt
    assert end.answered == 9
    assert browser.post(checked["Location"])["Location"] == done["Location"]
    assert browser.get(address)["Location"] == done["Location"]

    assert browser.get(reverse("result", args=[attempt.pk])).status_code == 404
    mark_due(at=exam.at)
    assert browser.get(reverse("result", args=[attempt.pk])).status_code == 404
    release(exam.sitting, by=None, at=exam.at)
    early = browser.get(reverse("result", args=[attempt.pk])).content.decode()
    assert "18" in early
    assert CANARY not in early  # others may still be writing
    exam.sitting.closes_at = exam.at
    exam.sitting.save()
    assert CANARY in browser.get(reverse("result", args=[attempt.pk])).content.decode()


@pytest.mark.fault(36, by="a token planted in every key and explanation, looked for in every page of the exam")
def test_no_key_in_any_byte_before_release(exam, browser) -> None:
    attempt = begin(browser, exam)
    paper = reverse("paper", args=[attempt.pk])
    page = browser.get(paper)
    save = {"e": 1, "s": 1, "i": right_items(attempt, wrong=10)}
    responses = [
        browser.get(reverse("exams")), browser.get(reverse("exam_entry", args=[exam.sitting.pk])), page,
        browser.post(reverse("paper_save", args=[attempt.pk]), json.dumps(save), content_type="application/json"),
        browser.get(reverse("paper_clock", args=[attempt.pk])), browser.get(reverse("hand_in", args=[attempt.pk])),
        browser.post(paper, {"epoch": 1, "seq": 2, "do": "check"}), browser.post(reverse("hand_in", args=[attempt.pk])),
        browser.get(reverse("receipt", args=[attempt.pk])), browser.get("/"), browser.get(reverse("result", args=[attempt.pk])),
    ]  # fmt: skip
    for response in responses:
        body = response.content.decode() + str(response.headers)
        assert CANARY not in body
        assert '"answer"' not in body
    assert attempt.paper_digest not in page.content.decode()


@pytest.mark.fault(36, by="the same after the release, where only scores are shown")
def test_score_only_sitting_never_shows_keys(exam, browser) -> None:
    exam.sitting.review = "never"
    exam.sitting.save()
    attempt = begin(browser, exam)
    browser.post(reverse("hand_in", args=[attempt.pk]))
    mark_due(at=exam.at)
    release(exam.sitting, by=None, at=exam.at)
    assert CANARY not in browser.get(reverse("result", args=[attempt.pk])).content.decode()


@pytest.mark.fault(29, by="start sent again")
def test_starting_twice_is_one_attempt(exam, browser) -> None:
    page = browser.get(reverse("exam_entry", args=[exam.sitting.pk])).content.decode()
    posts = [browser.post(reverse("exam_start", args=[exam.sitting.pk]), {"key": hidden(page, "key")})["Location"] for _ in range(2)]
    assert posts[0] == posts[1]
    assert Attempt.objects.count() == 1


@pytest.mark.fault(37, by="start before the opening")
def test_start_outside_the_window_is_refused_with_a_reason(exam, browser, clock) -> None:
    clock.move_to(exam.sitting.closes_at)
    response = browser.post(reverse("exam_start", args=[exam.sitting.pk]), {"key": "some-start-key"})
    assert (response.status_code, Attempt.objects.count()) == (409, 0)
    assert "disabled" in browser.get(reverse("exam_entry", args=[exam.sitting.pk])).content.decode()


@pytest.mark.fault(29, by="double click, and the form sent again from the browser's history")
def test_double_click_and_going_back_lose_nothing(exam, browser) -> None:
    attempt = begin(browser, exam)
    address = reverse("paper", args=[attempt.pk])
    page = browser.get(address).content.decode()
    form = fields(attempt, page, wrong=5) | {"do": "save1"}
    browser.post(address, form)
    browser.post(address, form)
    assert AnswerRecord.objects.count() == 1
    browser.post(address, fields(attempt, page, wrong=2) | {"do": "save1"})  # from the old page, by the back button
    assert sorted(AnswerRecord.objects.values_list("seq", flat=True)) == [1, 2]
    assert sum(1 for a in answers_of([attempt])[attempt.pk].values() if a.values) == 8


@pytest.mark.fault(15, 20, by="the paper is opened in a second browser")
def test_another_browser_is_asked_to_take_over(exam, browser) -> None:
    attempt = begin(browser, exam)
    address = reverse("paper", args=[attempt.pk])
    other = Client()
    other.force_login(exam.learner)
    page = other.get(address).content.decode()
    assert "<fieldset" not in page
    response = other.post(reverse("paper_continue", args=[attempt.pk]), {"key": hidden(page, "key")})
    assert "<fieldset" in other.get(response["Location"]).content.decode()
    assert "<fieldset" not in browser.get(address).content.decode()
    saved = browser.post(reverse("paper_save", args=[attempt.pk]), json.dumps({"e": 1, "s": 1, "i": []}), content_type="application/json")
    assert saved.json()["moved"] == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400), ("{", 400), ("[]", 400), ("null", 400), ('{"e":1,"s":1}', 400), ('{"e":1,"s":1,"i":[{"n":99,"v":[]}]}', 400),
        ('{"e":1,"s":"1","i":[]}', 400), ('{"e":1,"s":1,"i":[{"n":9,"v":["\\ud800"]}]}', 400), ('{"e":1,"s":1,"i":[{"n":9,"v":["\\u0000"]}]}', 400),
        ("[" * 100_000, 400), ('{"e":1,"s":1,"i":[{"n":9,"v":["' + "x" * 2001 + '"]}]}', 400), ('{"e":1e400,"s":1,"i":[]}', 400),
        ('{"e":1,"s":1,"i":[{"n":9,"v":["六"]}]}', 200), (b"\xff\xfe", 400), ('{"e":1,"s":1,"i":[{"n":9,"v":["' + "x" * 600_000 + '"]}]}', 400),
    ],
)  # fmt: skip
@pytest.mark.fault(47, by="malformed bodies, NUL, half a surrogate pair, deep nesting")
def test_bad_saves_are_refused_and_never_break_anything(exam, browser, body, status) -> None:
    attempt = begin(browser, exam)
    response = browser.post(reverse("paper_save", args=[attempt.pk]), body, content_type="application/json")
    assert (response.status_code, AnswerRecord.objects.count()) == (status, int(status == 200))
    if status == 200:
        assert response.json() == {"s": 1, "left": 3600, "at": int(exam.at.timestamp())}
        assert len(response.content) <= 200


@pytest.mark.fault(13, 28, 39, by="a conflict, the end of time, an ended session")
def test_save_says_conflict_closed_and_signed_out(exam, browser, clock) -> None:
    attempt = begin(browser, exam)
    address = reverse("paper_save", args=[attempt.pk])

    def save(seq: int, text: str):
        return browser.post(address, json.dumps({"e": 1, "s": seq, "i": [{"n": 9, "v": [text]}]}), content_type="application/json")

    assert save(1, "六").status_code == 200
    conflict = save(1, "七")
    assert (conflict.status_code, conflict.json()["free"]) == (409, 2)
    clock.shift(60 * MINUTE + timedelta(seconds=6))
    closed = save(2, "七")
    assert (closed.status_code, closed.json()["go"]) == (409, reverse("receipt", args=[attempt.pk]))
    assert browser.get(reverse("paper_clock", args=[attempt.pk])).json() == {"go": reverse("receipt", args=[attempt.pk])}
    browser.logout()
    assert save(3, "八").status_code == 401
    assert browser.get(reverse("paper_clock", args=[attempt.pk])).status_code == 401


def test_save_needs_its_token(exam) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(exam.learner)
    attempt_of = Client()
    attempt_of.force_login(exam.learner)
    attempt = begin(attempt_of, exam)
    body = json.dumps({"e": 1, "s": 1, "i": [{"n": 9, "v": ["六"]}]})
    address = reverse("paper_save", args=[attempt.pk])
    assert strict.post(address, body, content_type="application/json").status_code == 403
    strict.get(reverse("exam_entry", args=[exam.sitting.pk]))
    token = strict.cookies["csrftoken"].value  # what the script reads after a new sign-in in another tab
    assert strict.post(address, body, content_type="application/json", headers={"X-CSRFToken": token}).status_code == 200


def test_script_hands_in_by_the_same_form_and_gets_an_address(exam, browser) -> None:
    attempt = begin(browser, exam)
    address = reverse("paper", args=[attempt.pk])
    page = browser.get(address).content.decode()
    for _ in range(2):
        response = browser.post(address, fields(attempt, page) | {"do": "hand_in"}, headers={"Accept": "application/json"})
        assert response.json() == {"go": reverse("receipt", args=[attempt.pk])}
    assert HandIn.objects.get().answered == 10


@pytest.mark.fault(26, by="the sweep never runs")
def test_overdue_attempt_closes_on_any_access(exam, browser, clock) -> None:
    attempt = begin(browser, exam)
    clock.shift(90 * MINUTE)
    assert browser.get(reverse("paper", args=[attempt.pk]))["Location"] == reverse("receipt", args=[attempt.pk])
    assert HandIn.objects.get().at == attempt.deadline


@pytest.mark.parametrize("name", ["paper", "hand_in", "receipt", "result", "paper_clock"])
def test_attempt_of_another_is_not_there(exam, browser, name) -> None:
    attempt = begin(browser, exam)
    other = Client()
    other.force_login(exam.county.stranger)
    address = reverse(name, args=[attempt.pk])
    assert other.get(address).status_code == 404
    if name in {"paper", "hand_in"}:
        assert other.post(address, {"do": "hand_in"}).status_code == 404
    assert HandIn.objects.count() == 0
    assert Client().get(address).status_code in {302, 401}


def test_sitting_of_others_is_not_there(exam) -> None:
    other = Client()
    other.force_login(exam.county.stranger)
    assert other.get(reverse("exam_entry", args=[exam.sitting.pk])).status_code == 404
    assert other.post(reverse("exam_start", args=[exam.sitting.pk]), {"key": "some-start-key"}).status_code == 404
    assert "exam-row" not in other.get(reverse("exams")).content.decode()


def test_list_costs_the_same_for_one_and_three(exam, browser) -> None:
    counts = []
    for more in (0, 2):
        for _ in range(more):
            admit(make_sitting(exam.county.root, exam.at, exam.sitting.blueprint), exam.learner)
        for address in (reverse("exams"), "/"):
            browser.get(address)
            with CaptureQueriesContext(connection) as queries:
                browser.get(address)
            counts.append(len(queries))
    assert counts[2:] == counts[:2]


def test_paper_costs_the_same_for_any_length(exam, browser) -> None:
    attempt = begin(browser, exam)
    with CaptureQueriesContext(connection) as few:
        browser.get(reverse("paper", args=[attempt.pk]))
    longer = make_blueprint(points="1.0")
    longer.rows.update(count=5)
    sitting = make_sitting(exam.county.root, exam.at, longer)
    admit(sitting, exam.learner)
    response = browser.post(reverse("exam_start", args=[sitting.pk]), {"key": "long-paper-key"})
    with CaptureQueriesContext(connection) as many:
        assert browser.get(response["Location"]).content.decode().count("<fieldset") == 20
    assert len(many) == len(few)


def test_fifty_questions_stay_within_the_budget(exam, browser) -> None:
    blueprint = make_blueprint(points="2.0")
    make_more = {"single": 20, "multiple": 10, "true_false": 12, "fill_in": 8}
    for kind, count in make_more.items():
        for n in range(10, 10 + count):
            make_question(exam.bank.topics["leaders-01"], kind, n)
        blueprint.rows.filter(kind=kind).update(count=count)
    admit(make_sitting(exam.county.root, exam.at, blueprint, title="五十题"), exam.learner)
    sitting = exam.learner.candidatures.get(sitting__title="五十题").sitting_id
    response = browser.post(reverse("exam_start", args=[sitting]), {"key": "fifty-questions"})
    page = browser.get(response["Location"])
    assert page.content.decode().count("<fieldset") == 50
    sizes = [len(gzip.compress(page.content, 9))]
    for name in ("lms/site.css", "exams/exam.js"):
        with open(finders.find(name), "rb") as file:
            sizes.append(len(gzip.compress(file.read(), 9)))
    assert sizes[2] <= 6 * 1024
    assert sum(sizes) <= 24 * 1024


def test_what_a_candidate_reads_goes_out_compressed_and_never_twice_alike(exam, browser) -> None:
    """For slow lines; each answer is a few bytes longer or shorter by lot, and its token is masked anew (docs/decisions/0012)."""
    at_first = ["/", reverse("exams"), reverse("exam_entry", args=[exam.sitting.pk])]
    attempt = begin(browser, exam)
    pages = [*at_first, reverse("paper", args=[attempt.pk]), reverse("hand_in", args=[attempt.pk])]
    plain, packed = ({p: browser.get(p, headers={"Accept-Encoding": way}) for p in pages} for way in ("identity", "gzip"))
    browser.post(reverse("hand_in", args=[attempt.pk]))
    last = reverse("receipt", args=[attempt.pk])
    plain[last], packed[last] = (browser.get(last, headers={"Accept-Encoding": way}) for way in ("identity", "gzip"))
    for page, answer in packed.items():
        assert (page, answer["Content-Encoding"], "Accept-Encoding" in answer["Vary"]) == (page, "gzip", True)
        assert len(answer.content) < len(plain[page].content) * 0.6
    assert len({len(browser.get(last, headers={"Accept-Encoding": "gzip"}).content) for _ in range(12)}) > 1


def test_pages_carry_no_inline_script_or_style(exam, browser) -> None:
    attempt = begin(browser, exam)
    for address in (reverse("paper", args=[attempt.pk]), reverse("exams"), reverse("hand_in", args=[attempt.pk])):
        html = browser.get(address).content.decode()
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", html)
        assert html.count("<h1") == 1


def test_home_lists_the_open_exam(exam, browser) -> None:
    assert [(t.title, t.primary, t.address) for t in todos(exam.learner, exam.at) if "exams/" in t.address] == [
        (exam.sitting.title, True, reverse("exam_entry", args=[exam.sitting.pk]))
    ]
    attempt = begin(browser, exam)
    assert [t.address for t in todos(exam.learner, exam.at) if "exams/" in t.address] == [reverse("paper", args=[attempt.pk])]
    browser.post(reverse("hand_in", args=[attempt.pk]))
    assert [t for t in todos(exam.learner, exam.at) if "exams/" in t.address] == []


def test_a_part_says_its_own_instructions_or_what_its_kind_asks() -> None:
    plain, titled = Section(kind="single", slots=()), Section(kind="", slots=(), title="甲部分", note="先读材料再作答。")
    assert heading_of(plain)["hint"] != ""
    assert heading_of(titled) == {"label": "甲部分", "hint": "先读材料再作答。"}
    assert heading_of(Section(kind="single", slots=(), title="甲部分"))["label"] == "甲部分"
