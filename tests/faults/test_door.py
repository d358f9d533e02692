"""What comes through the door of the exam room: texts no keyboard gives, too early, from somebody whose account changed, at another hour."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from exams.attempts import actions
from exams.attempts.models import AnswerRecord, Attempt
from exams.attempts.reading import answers_of
from exams.attempts.timing import first_deadline, over, seconds_left
from exams.certificates.validity import last_valid_day
from exams.papers.drawing import Paper
from tests.factories.exams import make_sitting, right_items

MINUTE = timedelta(minutes=1)
SLOW = settings(max_examples=60, deadline=None, database=None, suppress_health_check=[*HealthCheck])
HOUSE = ZoneInfo("Asia/Shanghai")
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def send(browser: Client, attempt: Attempt, body: bytes) -> Any:
    return browser.post(reverse("paper_save", args=[attempt.pk]), body, content_type="application/json")


@pytest.mark.fault(47, by="any text, with NUL, lone surrogates and a million characters, as the answer of a blank (hypothesis)")
def test_no_text_breaks_the_server(attempt, enter) -> None:
    browser, paper = enter(), Paper.from_json(attempt.paper)
    blank = next(n for n, kind in paper.kinds.items() if kind == "fill_in")
    seqs = iter(range(1, 10_000))

    @SLOW
    @given(st.text(st.characters(), max_size=300))
    @example("\x00")
    @example("\ud800")
    @example("国" * 1_000_000)
    @example("\U0010ffff\u202e")
    def any_text(text: str) -> None:
        values = [text] * len(right_items(attempt)[blank - 1]["v"])
        answer = send(browser, attempt, json.dumps({"e": 1, "s": next(seqs), "i": [{"n": blank, "v": values, "f": 0}]}).encode())
        assert answer.status_code in {200, 400}
        if answer.status_code == 200 and text.strip():
            assert answers_of([attempt])[attempt.pk][blank].values == tuple(values)

    any_text()


@pytest.mark.fault(47, by="any JSON and any bytes as a save (hypothesis)")
def test_no_body_breaks_the_server(attempt, enter) -> None:
    browser = enter()

    @SLOW
    @given(st.binary(max_size=200) | anything.map(lambda thing: json.dumps(thing).encode()), st.booleans())
    @example(b"[" * 100_000, False)
    @example(b'{"e": 1, "s": 1e400, "i": []}', False)
    @example(b'{"e": 1, "s": 99999999999999999999999, "i": []}', False)
    def any_body(body: bytes, inside: bool) -> None:
        whole = b'{"e": 1, "s": 1, "i": ' + body + b"}" if inside else body
        assert send(browser, attempt, whole).status_code in {200, 400, 409}

    any_body()
    assert not AnswerRecord.objects.exists()


@pytest.mark.fault(37, by="the start, and an attempt that is not there, asked for before the opening", model="statements instead of time")
def test_before_the_opening_every_sitting_answers_the_same(exam, clock, enter) -> None:
    exam.sitting.__class__.objects.filter(pk=exam.sitting.pk).update(opens_at=exam.at + MINUTE)
    browser = enter()
    answers = {}
    for key in ("key-one-1", "key-two-2"):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            answer = browser.post(reverse("exam_start", args=[exam.sitting.pk]), {"key": key}, headers={"accept": "text/html"})
        answers[key] = (answer.status_code, re.sub(r'value="[^"]*"', "", answer.content.decode()), len(caught))
    assert answers["key-one-1"] == answers["key-two-2"]
    assert answers["key-one-1"][0] == 409
    assert not Attempt.objects.exists()
    missing = []
    for pk in (1, 10**9):
        with CaptureQueriesContext(connection) as caught:
            answer = browser.get(reverse("paper", args=[pk]))
        missing.append((answer.status_code, answer.content, len(caught)))
    assert missing[0] == missing[1]
    assert missing[0][0] == 404


@pytest.mark.fault(39, by="the session ends in the middle; the candidate signs in again")
def test_ended_session_leads_back_into_the_same_attempt(attempt, exam, enter, client) -> None:
    browser = enter()
    body = json.dumps({"e": 1, "s": 1, "i": right_items(attempt)[:4]}).encode()
    assert send(browser, attempt, body).status_code == 200
    browser.session.flush()
    assert send(browser, attempt, body).status_code == 401
    again = enter()
    assert send(again, attempt, body).json()["s"] == 1
    assert len(answers_of([attempt])[attempt.pk]) == 4


@pytest.mark.fault(39, by="the password is changed in the middle, from elsewhere")
def test_changed_password_ends_the_old_session_and_not_the_attempt(attempt, exam, enter) -> None:
    browser = enter()
    body = json.dumps({"e": 1, "s": 1, "i": right_items(attempt)[:4]}).encode()
    exam.learner.set_password("Another-long-2026")
    exam.learner.save(update_fields=["password"])
    assert send(browser, attempt, body).status_code == 401
    assert send(enter(), attempt, body).status_code == 200


@pytest.mark.fault(39, by="the account is closed in the middle")
def test_closed_account_is_stopped_and_what_is_saved_counts(attempt, exam, enter) -> None:
    browser = enter()
    items = right_items(attempt)
    assert send(browser, attempt, json.dumps({"e": 1, "s": 1, "i": items[:4]}).encode()).status_code == 200
    type(exam.learner).objects.filter(pk=exam.learner.pk).update(is_active=False)
    assert send(browser, attempt, json.dumps({"e": 1, "s": 2, "i": items}).encode()).status_code == 401
    from exams.attempts.closing import close_overdue

    close_overdue(at=exam.at + 3 * 60 * MINUTE)
    attempt = Attempt.objects.get(pk=attempt.pk)
    assert (attempt.hand_in.answered, attempt.hand_in.how) == (4, "deadline")


@pytest.mark.fault(23, by="any instant, read in any zone (hypothesis)")
@SLOW
@given(
    st.datetimes(datetime(1986, 1, 1), datetime(2040, 1, 1)), st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "America/New_York"]),
    st.integers(1, 600), st.integers(-7_200, 7_200),
)  # fmt: skip
def test_instants_are_the_same_in_every_zone(naive, zone, minutes, offset) -> None:
    start = naive.replace(tzinfo=UTC)
    there, closes = start.astimezone(ZoneInfo(zone)), start + timedelta(days=1)
    due = first_deadline(start, minutes, closes)
    assert first_deadline(there, minutes, closes.astimezone(ZoneInfo(zone))) == due
    at = due + timedelta(seconds=offset)
    assert over(at.astimezone(ZoneInfo(zone)), due) == over(at, due) == (offset > 5)
    assert seconds_left(at.astimezone(ZoneInfo(zone)), due) == seconds_left(at, due) == max(0, -offset)


@pytest.mark.fault(23, by="a page shown under another zone and another language")
def test_viewer_s_zone_changes_no_deadline(attempt, enter) -> None:
    browser = enter()
    here = browser.get(reverse("paper_clock", args=[attempt.pk])).json()
    with timezone.override("Asia/Urumqi"):
        assert browser.get(reverse("paper_clock", args=[attempt.pk])).json() == here


@pytest.mark.fault(23, 24, by="days on both sides of midnight in the county, summers of 1986–91 among them")
@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-11-22T15:59:59Z", date(2026, 11, 22)), ("2026-11-22T16:00:00Z", date(2026, 11, 23)), ("1988-07-01T14:59:59Z", date(1988, 7, 1)),
        ("1988-07-01T15:00:00Z", date(1988, 7, 2)), ("2027-12-31T16:00:00Z", date(2028, 1, 1)),
    ],
)  # fmt: skip
def test_day_is_the_county_s(instant, day) -> None:
    assert timezone.localdate(datetime.fromisoformat(instant.replace("Z", "+00:00"))) == day
    assert last_valid_day(date(2024, 2, 29), 12) == date(2025, 2, 27) or last_valid_day(date(2024, 2, 29), 12) == date(2025, 2, 28)


@pytest.mark.fault(25, by="ten thousand instants around the deadline, to the microsecond (hypothesis and a walk)")
def test_every_instant_is_judged_one_way() -> None:
    due = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    for k in range(-5_000, 5_001):
        at = due + timedelta(seconds=5, milliseconds=k)
        assert over(at, due) is (k > 0)


@pytest.mark.fault(25, by="the request waits after it arrived, in front of the lock", model="the clock moves on between the stamp and the save")
def test_save_is_judged_by_the_stamp_at_its_arrival(attempt, exam, enter, clock, monkeypatch) -> None:
    browser, save = enter(), actions.save

    def waits(*args: Any, **words: Any) -> Any:
        clock.shift(60)
        return save(*args, **words)

    monkeypatch.setattr(actions, "save", waits)
    clock.move_to(exam.at + 60 * MINUTE + timedelta(seconds=4))
    answer = send(browser, attempt, json.dumps({"e": 1, "s": 1, "i": right_items(attempt)[:2]}).encode())
    assert (answer.status_code, AnswerRecord.objects.get().late) == (200, False)


@pytest.mark.fault(38, by="starts one after another in one sitting", model="statements; make bench-exam measures the seconds")
def test_start_costs_the_same_however_many_are_inside(exam, clock, county) -> None:
    from tests.factories.exams import admit
    from tests.factories.people import PersonFactory

    sitting = make_sitting(county.root, exam.at, exam.sitting.blueprint)
    seats = admit(sitting, *[PersonFactory(home_unit=county.finance) for _ in range(4)])
    counts = []
    for n, seat in enumerate(seats):
        with CaptureQueriesContext(connection) as caught:
            actions.start(seat, key=f"browser-{n}", by=seat.person, at=exam.at)
        counts.append(len(caught))
    assert len(set(counts[1:])) == 1
