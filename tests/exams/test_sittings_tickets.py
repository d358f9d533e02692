"""Entry tickets: numbers and codes, coming in without a password, what the session reaches and when it ends, and the rate limit."""

import io
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from exams.attempts.actions import hand_in, start
from exams.attempts.closing import grant_time
from exams.sittings import tickets
from exams.sittings.accommodations import Accommodation
from exams.sittings.accommodations_actions import accommodate
from exams.sittings.actions import Refused, cancel_sitting, remove_candidate
from exams.sittings.models import Candidate, DoorNote, Seat, Sitting, Ticket
from exams.sittings.tickets_actions import issue
from exams.sittings.tickets_sheet import UNKNOWN, Card, drawable, tickets_pdf
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.people.models import Person
from tests.conftest import NOW
from tests.factories.exams import admit
from tests.factories.people import PASSWORD, PersonFactory
from tests.factories.rooms import make_room, ticket_for, use

CLOSED = 429


@pytest.fixture
def door(exam) -> SimpleNamespace:
    """The exam under way, the learner's ticket, and a browser that has not come in."""
    with time_machine.travel(NOW, tick=False):
        exam.code = ticket_for(exam.candidate, by=exam.county.trainer, at=NOW - timedelta(days=1))
        exam.browser = Client()
        yield exam


def knock(door, number: str | None = None, code: str | None = None, *, browser: Client | None = None, address: str = "10.0.0.9"):
    data = {"number": door.candidate.number if number is None else number, "code": door.code if code is None else code}
    return (browser or door.browser).post("/exams/ticket/", data, REMOTE_ADDR=address)


# --- numbers and codes ------------------------------------------------------------------------------------------------


def test_a_code_is_ten_characters_nobody_mistakes_for_another() -> None:
    codes = {tickets.new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(r"[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}", code) for code in codes)
    assert len(set(tickets.ALPHABET)) ** tickets.LENGTH > 2**49


@pytest.mark.parametrize("typed", ["K7PM4-X2QHD", "k7pm4x2qhd", " K7PM4 X2QHD ", "Ｋ７ＰＭ４－Ｘ２ＱＨＤ", "K7PM4–X2QHD"])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert tickets.plain_code(typed) == "K7PM4X2QHD"


@pytest.mark.parametrize("typed", ["20261123-0001", "202611230001", " 20261123 0001", "２０２６１１２３－０００１", "20261123－0001"])
def test_a_number_is_read_however_it_is_typed(typed: str) -> None:
    assert tickets.plain_number(typed) == "20261123-0001"


@given(st.text(), st.text(), st.text(min_size=1))
def test_a_ticket_is_found_by_number_code_and_key_together(number, code, key) -> None:
    made = tickets.digest(number, code, key)
    assert made == tickets.digest(f" {number} ", code.lower() if code.isascii() else code, key)
    assert made != tickets.digest(number + "7", code, key)
    assert made != tickets.digest(number, code + "7", key)
    assert made != tickets.digest(number, code, key + "7")


@pytest.mark.parametrize(
    ("minutes", "says"), [(-61, "early"), (-60, ""), (0, ""), (179, ""), (180, "late"), (10_000, "late")]
)  # a window of three hours
def test_the_door_opens_an_hour_before_and_shuts_at_the_close(minutes: int, says: str) -> None:
    assert tickets.may_enter(NOW + timedelta(minutes=minutes), NOW, NOW + timedelta(hours=3)) == says


@pytest.mark.parametrize(
    ("both", "number", "address", "shut"),
    [(0, 0, 0, False), (4, 4, 4, False), (5, 5, 5, True), (0, 24, 0, False), (0, 25, 0, True), (0, 0, 99, False), (0, 0, 100, True)],
)
def test_too_many_tries_of_a_number_here_anywhere_or_of_an_address(both, number, address, shut) -> None:
    assert tickets.too_many(both=both, number=number, address=address) is shut


# --- coming in --------------------------------------------------------------------------------------------------------


def test_number_and_code_open_the_exam_and_the_whole_of_it_is_sat(door) -> None:
    entry = f"/exams/{door.sitting.pk}/"
    assert knock(door)["Location"] == entry
    page = door.browser.get(entry)
    assert door.learner.name in page.content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]
    paper = door.browser.post(f"{entry}start/", {"key": key})["Location"]
    assert door.browser.get(paper).status_code == 200
    saved = door.browser.post(f"{paper}save/", {"e": 1, "s": 1, "i": []}, content_type="application/json")
    assert saved.status_code == 200
    assert door.browser.get(f"{paper}clock/").json()["left"] > 0
    receipt = door.browser.post(f"{paper}hand-in/")["Location"]
    assert door.browser.get(receipt).status_code == 200
    for address in (entry, paper, f"{paper}clock/", f"{paper}hand-in/"):
        answer = door.browser.get(address)
        assert answer.status_code in {302, 401}, address
        assert answer.status_code == 401 or answer["Location"].startswith("/sign-in/")


def test_after_the_receipt_a_browser_can_still_send_what_it_kept_for_ten_minutes(door) -> None:
    knock(door)
    attempt = start(door.candidate, key="a-start-key", by=door.learner, at=NOW)
    hand_in(attempt.pk, by=door.learner, at=NOW)
    paper = f"/exams/attempts/{attempt.pk}/"
    assert door.browser.get(f"{paper}receipt/").status_code == 200
    late = door.browser.post(f"{paper}save/", {"e": 1, "s": 1, "i": []}, content_type="application/json")
    assert (late.status_code, late.json()["error"]) == (409, "closed")
    assert door.browser.get(f"{paper}receipt/").status_code == 200  # to print it again
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        assert door.browser.get(f"{paper}receipt/").status_code == 302


def test_everything_else_leads_to_the_real_sign_in(door) -> None:
    knock(door)
    for address in ("/", "/exams/", "/profile/", "/learn/", "/notices/", "/cms/", "/password/", "/people/"):
        assert door.browser.get(address)["Location"].startswith("/sign-in/"), address
    assert door.browser.get("/sign-in/").status_code == 200


def test_the_exam_page_offers_nothing_it_does_not_open(door) -> None:
    knock(door)
    page = door.browser.get(f"/exams/{door.sitting.pk}/").content.decode()
    assert 'class="nav"' not in page
    assert "/profile/" not in page


def test_coming_in_signs_out_whoever_used_the_computer_before(door) -> None:
    door.browser.force_login(door.county.hr)
    knock(door)
    assert door.browser.get("/people/")["Location"].startswith("/sign-in/")
    assert door.browser.get(f"/exams/{door.sitting.pk}/").context["request"].user == door.learner


def test_a_password_sign_in_ends_the_ticket(door) -> None:
    knock(door)
    other = PersonFactory(home_unit=door.county.finance)
    door.browser.post("/sign-in/", {"username": other.staff_number, "password": PASSWORD})
    assert door.browser.get("/").status_code == 200
    assert door.browser.get(f"/exams/{door.sitting.pk}/").status_code == 404
    door.browser.post("/sign-out/")
    assert door.browser.get(f"/exams/{door.sitting.pk}/").status_code == 302


def test_the_same_ticket_opens_a_second_computer(door) -> None:
    knock(door)
    assert knock(door, browser=Client()).status_code == 302


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (timedelta(hours=-2, minutes=-1), "early"), (timedelta(hours=-2), ""), (timedelta(hours=2, seconds=-1), ""), (timedelta(hours=2), "late"),
    ],
)  # fmt: skip
def test_the_ticket_counts_from_an_hour_before_until_the_close(door, at, reason) -> None:
    """The sitting opened an hour ago and closes in two."""
    with time_machine.travel(NOW + at, tick=False):
        answer = knock(door)
    assert answer.status_code == (200 if reason else 302)
    assert list(DoorNote.objects.values_list("reason", "candidate")) == ([(reason, door.candidate.pk)] if reason else [])


def test_the_session_ends_with_the_close(door) -> None:
    knock(door)
    with time_machine.travel(door.sitting.closes_at, tick=False):
        assert door.browser.get(f"/exams/{door.sitting.pk}/")["Location"].startswith("/sign-in/")


def test_who_has_time_added_beyond_the_close_comes_back_in(door) -> None:
    knock(door)
    attempt = start(door.candidate, key="a-start-key", by=door.learner, at=door.sitting.closes_at - timedelta(minutes=5))
    grant_time(attempt.pk, minutes=30, reason="停电", key="grant-key-1", by=door.county.invigilator, at=door.sitting.closes_at - timedelta(minutes=1))
    with time_machine.travel(door.sitting.closes_at + timedelta(minutes=10), tick=False):
        assert knock(door, browser=Client()).status_code == 302
        assert door.browser.get(f"/exams/attempts/{attempt.pk}/clock/").json()["left"] > 0
    with time_machine.travel(door.sitting.closes_at + timedelta(minutes=40), tick=False):
        assert knock(door, browser=Client()).status_code == 200


def test_a_cancelled_sitting_and_a_closed_account_say_so_to_who_holds_the_code(door) -> None:
    Person.objects.filter(pk=door.learner.pk).update(is_active=False)
    knock(door)
    cancel_sitting(door.sitting, reason="停电", by=door.county.trainer, at=NOW)
    knock(door)
    assert list(DoorNote.objects.order_by("pk").values_list("reason", flat=True)) == ["left", "cancelled"]


# --- wrong, old, too often --------------------------------------------------------------------------------------------


def page_of(answer) -> str:
    return re.sub(r'(name="csrfmiddlewaretoken" value|value)="[^"]*"', "", answer.content.decode())


def test_unknown_number_wrong_code_and_old_ticket_answer_alike_after_the_same_statements(door) -> None:
    old, door.code = door.code, ticket_for(door.candidate, by=door.county.trainer, at=NOW)
    pages, counts = [], []
    for number, code in (("20261123-9999", door.code), (door.candidate.number, "AAAAA-22222"), (door.candidate.number, old)):
        with CaptureQueriesContext(connection) as queries:
            pages.append(page_of(knock(door, number, code, browser=Client(), address=f"10.1.0.{len(pages)}")))
        counts.append([re.sub(r"[\"'][^\"']*[\"']|\d+|NULL", "?", query["sql"].split(" VALUES ")[0]) for query in queries])
    assert pages[0] == pages[1] == pages[2]
    assert counts[0] == counts[1] == counts[2]
    assert list(DoorNote.objects.order_by("pk").values_list("reason", "candidate")) == [
        ("unknown", None), ("code", door.candidate.pk), ("void", door.candidate.pk),
    ]  # fmt: skip
    assert AuditRow.objects.filter(verb=Verb.TICKET_REFUSED).count() == 3


def test_what_is_typed_is_kept_nowhere_in_clear(door) -> None:
    knock(door, "11010519491231002X", "geheim-kennwort")
    kept = str(list(DoorNote.objects.values())) + str(list(AuditRow.objects.values()))
    assert "11010519491231002X" not in kept
    assert "kennwort" not in kept.lower()
    assert door.code.replace("-", "") not in str(list(Ticket.objects.values()))


def test_after_five_tries_even_the_right_code_waits_a_quarter_of_an_hour(door) -> None:
    for _ in range(5):
        assert knock(door, code="AAAAA-22222").status_code == 200
    answers = [knock(door).status_code, knock(door).status_code]
    assert answers == [CLOSED, CLOSED]
    assert DoorNote.objects.filter(reason="locked").count() == 1  # one line for the invigilator, not one a try
    assert knock(door, address="10.0.0.10", browser=Client()).status_code == 302  # a neighbour locks nobody out
    with time_machine.travel(NOW + timedelta(minutes=15, seconds=1), tick=False):
        assert knock(door).status_code == 302


def test_a_number_is_shut_everywhere_after_many_addresses_tried_it(door) -> None:
    for n in range(25):
        knock(door, code="AAAAA-22222", address=f"10.2.0.{n}", browser=Client())
    assert knock(door, address="10.3.0.1").status_code == CLOSED


def test_an_address_that_tries_many_numbers_is_shut_and_others_are_not(door) -> None:
    for n in range(100):
        knock(door, f"20261123-{5000 + n}", "AAAAA-22222")
    assert knock(door).status_code == CLOSED
    assert knock(door, address="10.0.0.77", browser=Client()).status_code == 302


def test_a_whole_room_behind_one_address_comes_in(door) -> None:
    people = admit(door.sitting, *[PersonFactory(home_unit=door.county.finance) for _ in range(40)])
    given_out = issue(door.sitting, people, by=door.county.trainer, at=NOW)
    assert [knock(door, one.candidate.number, one.code, browser=Client()).status_code for one in given_out] == [302] * 40


def test_coming_in_costs_few_statements_and_no_slow_hash(door, settings) -> None:
    settings.PASSWORD_HASHERS = ["nowhere.SlowHasher"]  # asking it would fail
    knock(door, browser=Client())
    with CaptureQueriesContext(connection) as queries:
        knock(door, browser=Client())
    own = [query["sql"] for query in queries if not re.match(r"SAVEPOINT|RELEASE|BEGIN|COMMIT", query["sql"])]
    assert len(own) <= 7, "\n".join(own)  # tries, ticket, three of the audit line, two of the session


def test_a_page_by_ticket_costs_no_more_than_one_by_password(door) -> None:
    knock(door)
    attempt = start(door.candidate, key="a-start-key", by=door.learner, at=NOW)
    other = Client()
    other.force_login(door.learner)
    counts = []
    for browser in (door.browser, other):
        browser.get(f"/exams/attempts/{attempt.pk}/clock/")
        with CaptureQueriesContext(connection) as queries:
            browser.post(f"/exams/attempts/{attempt.pk}/save/", {"e": 1, "s": 1, "i": []}, content_type="application/json")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- issuing ----------------------------------------------------------------------------------------------------------


def test_a_new_ticket_makes_the_old_one_void_and_shuts_out_who_came_in_with_it(door) -> None:
    knock(door)
    fresh = ticket_for(door.candidate, by=door.county.trainer, at=NOW)
    assert door.browser.get(f"/exams/{door.sitting.pk}/").status_code == 302
    assert knock(door).status_code == 200
    assert knock(door, code=fresh).status_code == 302
    assert Ticket.objects.filter(candidate=door.candidate, void_at=None).count() == 1


def test_no_ticket_for_what_is_over_or_cancelled(door) -> None:
    Sitting.objects.filter(pk=door.sitting.pk).update(cancelled_at=NOW, cancel_reason="停电")
    with pytest.raises(Refused):
        ticket_for(door.candidate, by=door.county.trainer, at=NOW)


def test_a_candidate_with_seat_and_ticket_can_be_taken_off_the_list(door) -> None:
    (booked,) = use(door.sitting, make_room(door.county.root))
    Seat.objects.create(candidate=door.candidate, use=booked, number=1, at=NOW)
    knock(door, code="AAAAA-22222")
    remove_candidate(door.candidate, by=door.county.trainer, at=NOW)
    assert (Candidate.objects.count(), Ticket.objects.count(), Seat.objects.count()) == (0, 0, 0)
    assert DoorNote.objects.get().candidate is None
    assert knock(door).status_code == 200


def pdf_text(data: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def test_the_file_holds_a_ticket_for_each_in_the_order_of_seats(door, client) -> None:
    people = admit(door.sitting, *[PersonFactory(home_unit=door.county.finance, name=f"李{c}") for c in "一二三四五"])
    (booked,) = use(door.sitting, make_room(door.county.root))
    for number, candidate in zip((6, 5, 4, 3, 2), people, strict=True):
        Seat.objects.create(candidate=candidate, use=booked, number=number, at=NOW)
    client.force_login(door.county.trainer)
    answer = client.post(f"/sittings/{door.sitting.pk}/tickets/issue/", {"whom": "lacking", "layout": "4"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    first, second = pdf_text(answer.content)
    text = "".join((first + second).split("\n"))
    assert re.findall(r"李[一二三四五]", text) == ["李五", "李四", "李三", "李二", "李一"]
    assert "人民路 18 号" in text
    assert "第 2 排第 1 座" in text
    codes = re.findall(r"[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}", first + second)
    assert len(set(codes)) == 5
    assert knock(door, people[4].number, codes[0]).status_code == 302
    assert knock(door).status_code == 302  # who had one keeps it
    again = client.post(f"/sittings/{door.sitting.pk}/tickets/issue/", {"whom": "lacking", "layout": "4"})
    assert again.status_code == 302  # nobody lacks one
    assert len(pdf_text(client.post(f"/sittings/{door.sitting.pk}/tickets/issue/", {"whom": "all", "layout": "1"}).content)) == 6


def test_a_lost_ticket_is_replaced_at_the_door_by_an_invigilator(door, client) -> None:
    client.force_login(door.county.invigilator)
    found = client.get(f"/invigilation/{door.sitting.pk}/door/", {"q": door.learner.name})
    assert f"/invigilation/{door.sitting.pk}/door/{door.candidate.pk}/" in found.content.decode()
    page = client.post(f"/invigilation/{door.sitting.pk}/door/{door.candidate.pk}/").content.decode()
    code = re.search(r"[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}", page)[0]
    assert knock(door).status_code == 200
    assert knock(door, code=code).status_code == 302
    log = client.get(f"/invigilation/{door.sitting.pk}/door/").content.decode()
    assert door.learner.name in log
    assert "10.0.0.9" in log


def test_a_character_no_typeface_has_prints_a_mark_and_not_a_gap() -> None:
    assert drawable("王\U0010fffd敏") == f"王{UNKNOWN}敏"
    card = Card(
        title="准考证", sitting="长" * 60, held_by="", number="20261123-0001", lines=[("姓名", "䶮" * 40), ("地点", "a b" * 60)], photo="照片",
        code_label="", code="K7PM4-X2QHD", address="x" * 90, rules=["规" * 80] * 9,
    )  # fmt: skip
    (text,) = pdf_text(tickets_pdf([card]))
    assert "K7PM4-X2QHD" in text


def test_a_ticket_goes_on_opening_a_window_that_closes_later_for_one_person(door) -> None:
    later = NOW + timedelta(hours=20)  # 18 hours after the others
    exception = Accommodation(sitting=door.sitting, person=door.learner, closes_at=NOW + timedelta(days=1), reason="值班")
    accommodate(exception, by=door.county.trainer, at=NOW)
    with time_machine.travel(later, tick=False):
        assert door.browser.get(knock(door)["Location"]).status_code == 200
        attempt = start(door.candidate, key="a-start-key", by=door.learner, at=later)
        assert door.browser.get(f"/exams/attempts/{attempt.pk}/clock/").status_code == 200
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        assert door.browser.get(f"/exams/attempts/{attempt.pk}/clock/").status_code == 401
