"""Network ranges and Safe Exam Browser: the arithmetic by tables, then at the doors of a running exam."""

import hashlib
from datetime import timedelta
from ipaddress import ip_network
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from exams.attempts.actions import hand_in, start
from exams.marking.actions import mark_due, release
from exams.sittings.doors import BadLine, Knock, inside, keys_in, networks_in, proven, turned_away
from exams.sittings.doors_actions import set_doors
from exams.sittings.models import DoorNote, Sitting
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.web.addresses import client as client_address
from tests.conftest import NOW

URL = "https://kao.yunxi.example/exams/attempts/7/"
KEY, OTHER = "a1" * 32, "b2" * 32


def hashed(url: str = URL, key: str = KEY) -> str:
    return hashlib.sha256((url + key).encode()).hexdigest()


# --- arithmetic -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "urls", "keys", "fits"),
    [
        (hashed(), [URL], [KEY], True),
        (hashed(key=OTHER), [URL], [KEY, OTHER], True),  # several keys: old and new settings side by side
        ("", [URL], [KEY], False),  # missing
        (hashed().upper(), [URL], [KEY], False),  # wrong case
        (hashed(url=URL + "save/"), [URL], [KEY], False),  # another page
        (hashed(url=URL.replace("https", "http")), [URL], [KEY], False),  # another scheme
        (hashed(url=URL.replace("example", "example:8443")), [URL], [KEY], False),  # another port
        (hashed(url=URL.replace("https", "http")), [URL, URL.replace("https", "http")], [KEY], True),  # behind a proxy that hides the scheme
        (hashed(url=URL.replace("example", "example:8443")), [URL, URL.replace("example", "example:8443")], [KEY], True),  # … or the port
        (hashed(key=OTHER), [URL], [KEY], False),  # another key
        (hashed(key=KEY.upper()), [URL], [KEY], False),  # the key hashed in capitals
        (hashed()[:-1], [URL], [KEY], False),  # cut short
        (KEY, [URL], [KEY], False),  # the key itself
        (hashlib.sha256((KEY + URL).encode()).hexdigest(), [URL], [KEY], False),  # the other way round
        (f" {hashed()}", [URL], [KEY], False),
        (hashed(), [URL + "#frage-3"], [KEY], True),  # what stands behind # is never sent
        ("密" * 30, [URL], [KEY], False),
        (hashed(), [URL], [], False),
    ],
)
@pytest.mark.fault(40, by="missing, wrong and foreign headers, other addresses, other configurations")
def test_a_header_proves_a_key_for_this_address_alone(header, urls, keys, fits) -> None:
    assert proven(header, urls, keys) is fits


@pytest.mark.parametrize(
    ("address", "ranges", "fits"),
    [
        ("10.20.3.7", "10.20.3.0/24", True), ("10.20.4.7", "10.20.3.0/24", False), ("10.20.4.7", "10.20.3.0/24, 10.20.4.7", True),
        ("::ffff:10.20.3.7", "10.20.3.0/24", True), ("2001:db8::5", "2001:db8::/32", True), ("2001:db9::5", "2001:db8::/32", False),
        ("10.20.3.7", "2001:db8::/32", False), ("", "10.20.3.0/24", False), ("unknown", "0.0.0.0/0", False), ("10.20.3.255", "10.20.3.0/24", True),
    ],
)  # fmt: skip
def test_an_address_lies_inside_or_it_does_not(address, ranges, fits) -> None:
    assert inside(address, networks_in(ranges)) is fits


@pytest.mark.parametrize("line", ["10.20.3.7/24", "10.20.3", "10.20.3.0/33", "kao.yunxi", "10.20.3.0/24 x"])
def test_a_range_that_is_a_slip_is_named(line) -> None:
    with pytest.raises(BadLine):
        networks_in(line)


@pytest.mark.parametrize("line", ["a1" * 31, "g1" * 32, KEY + "0"])
def test_a_key_has_64_hexadecimal_digits(line) -> None:
    with pytest.raises(BadLine):
        keys_in(line)
    assert keys_in(KEY.upper()) == [KEY]


@pytest.mark.parametrize(
    ("knock", "networks", "keys", "why"),
    [
        (Knock(address="10.0.0.1"), "", "", []),
        (Knock(address="10.0.0.1"), "10.0.0.0/8", "", []),
        (Knock(address="11.0.0.1"), "10.0.0.0/8", "", ["network"]),
        (Knock(address="10.0.0.1", urls=(URL,)), "", KEY, ["browser_missing"]),
        (Knock(address="10.0.0.1", urls=(URL,), config_key_hash=hashed()), "", KEY, []),
        (Knock(address="10.0.0.1", urls=(URL,), request_hash=hashed()), "", KEY, []),
        (Knock(address="10.0.0.1", urls=(URL,), config_key_hash="x", request_hash=hashed()), "", KEY, []),
        (Knock(address="11.0.0.1", urls=(URL,), request_hash=hashed(key=OTHER)), "10.0.0.0/8", KEY, ["network", "browser_wrong"]),
    ],
)
def test_every_reason_is_said_at_once(knock, networks, keys, why) -> None:
    assert turned_away(knock, networks_in(networks), keys_in(keys)) == why


@pytest.mark.parametrize(
    ("remote", "forwarded", "trusted", "address"),
    [
        ("10.0.0.5", "", "", "10.0.0.5"), ("10.0.0.5", "1.2.3.4", "", "10.0.0.5"), ("127.0.0.1", "10.0.0.5", "127.0.0.1", "10.0.0.5"),
        ("127.0.0.1", "", "127.0.0.1", "127.0.0.1"), ("127.0.0.1", "6.6.6.6, 10.0.0.5", "127.0.0.1", "10.0.0.5"),
        ("127.0.0.1", "6.6.6.6, 10.0.0.5, 192.168.0.2", "127.0.0.1,192.168.0.0/16", "10.0.0.5"), ("9.9.9.9", "10.0.0.5", "127.0.0.1", "9.9.9.9"),
        ("127.0.0.1", "10.0.0.5, nonsense", "127.0.0.1", ""), ("", "10.0.0.5", "127.0.0.1", ""),
        ("::ffff:127.0.0.1", "10.0.0.5", "127.0.0.1", "10.0.0.5"),
        ("127.0.0.1", "10.0.0.5,", "127.0.0.1", "10.0.0.5"),
    ],
)  # fmt: skip
@pytest.mark.fault(40, by="addresses claimed by clients and by proxies")
def test_only_trusted_proxies_say_where_a_client_comes_from(remote, forwarded, trusted, address) -> None:
    assert client_address(remote, forwarded, [ip_network(one) for one in trusted.split(",") if one]) == address


# --- at the doors -----------------------------------------------------------------------------------------------------


@pytest.fixture
def room(exam) -> SimpleNamespace:
    """The learner, signed in with a password, in an exam that is sat in 10.20.3.0/24 only."""
    with time_machine.travel(NOW, tick=False):
        set_doors(exam.sitting, networks="10.20.3.0/24", browser_keys="", by=exam.county.trainer, at=NOW)
        exam.browser = Client()
        exam.browser.force_login(exam.learner)
        exam.entry = f"/exams/{exam.sitting.pk}/"
        yield exam


def begun(room) -> str:
    return f"/exams/attempts/{start(room.candidate, key='a-start-key-1', by=room.learner, at=NOW).pk}/"


def test_outside_the_range_nobody_begins_and_reads_which_range_and_what_to_do(room) -> None:
    answer = room.browser.post(f"{room.entry}start/", {"key": "a-start-key-1"}, REMOTE_ADDR="10.20.4.1")
    assert answer.status_code == 403
    assert "10.20.3.0/24" in answer.content.decode()
    assert "10.20.4.1" in answer.content.decode()
    assert room.candidate.attempts.count() == 0
    note = DoorNote.objects.get()
    assert (note.step, note.reason, note.address, note.candidate) == ("start", "network", "10.20.4.1", room.candidate)
    assert room.browser.post(f"{room.entry}start/", {"key": "a-start-key-1"}, REMOTE_ADDR="10.20.3.1").status_code == 302


def test_outside_no_page_shows_the_paper_but_everything_written_is_taken(room) -> None:
    paper, outside = begun(room), {"REMOTE_ADDR": "10.20.4.1"}
    room.browser.cookies["device"] = "a-start-key-1"
    assert [room.browser.get(f"{paper}{page}", **outside).status_code for page in ("", "hand-in/")] == [403, 403]
    assert room.browser.post(f"{paper}continue/", {"key": "another-key-1"}, **outside).status_code == 403
    save = room.browser.post(f"{paper}save/", {"e": 1, "s": 1, "i": []}, content_type="application/json", **outside)
    assert save.status_code == 200
    assert room.browser.post(paper, {"epoch": 1, "seq": 2, "do": "save"}, **outside).status_code == 302
    assert room.browser.get(f"{paper}clock/", **outside).status_code == 200
    assert room.browser.post(f"{paper}hand-in/", **outside).status_code == 302
    assert room.browser.get(f"{paper}receipt/", **outside).status_code == 200
    assert room.browser.get(room.entry, **outside).status_code == 200


def test_a_page_asked_for_again_and_again_leaves_one_note_a_minute(room) -> None:
    paper = begun(room)
    for _ in range(3):
        room.browser.get(paper, REMOTE_ADDR="10.20.4.1")
    assert DoorNote.objects.count() == 1
    with time_machine.travel(NOW + timedelta(minutes=1, seconds=1), tick=False):
        room.browser.get(paper, REMOTE_ADDR="10.20.4.1")
    assert DoorNote.objects.count() == 2


def test_notes_are_never_changed(room) -> None:
    begun(room)
    room.browser.post(f"{room.entry}start/", {"key": "a-start-key-2"}, REMOTE_ADDR="10.20.4.1")
    from django.db import DatabaseError, transaction

    for change in (lambda: DoorNote.objects.update(reason="code"), lambda: DoorNote.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_a_header_of_the_client_itself_is_not_believed(room, settings) -> None:
    spoofed = {"REMOTE_ADDR": "10.20.4.1", "HTTP_X_FORWARDED_FOR": "10.20.3.1"}
    assert room.browser.post(f"{room.entry}start/", {"key": "a-start-key-1"}, **spoofed).status_code == 403
    settings.TRUSTED_PROXIES = [ip_network("10.20.4.1")]
    assert room.browser.post(f"{room.entry}start/", {"key": "a-start-key-1"}, **spoofed).status_code == 302


@pytest.mark.parametrize("name", ["HTTP_X_SAFEEXAMBROWSER_CONFIGKEYHASH", "HTTP_X_SAFEEXAMBROWSER_REQUESTHASH"])
@pytest.mark.fault(40, by="the same through the pages")
def test_only_the_browser_of_the_exam_opens_the_paper(room, name, settings) -> None:
    set_doors(room.sitting, networks="", browser_keys=f"{OTHER}\n{KEY}", by=room.county.trainer, at=NOW)
    start_at = f"{room.entry}start/"
    for header in ({}, {name: hashed(f"http://testserver{start_at}", "c3" * 32)}, {name: hashed(f"http://testserver{room.entry}")}):
        answer = room.browser.post(start_at, {"key": "a-start-key-1"}, **header)
        assert answer.status_code == 403
        assert "Safe Exam Browser" in answer.content.decode()
    right = {name: hashed(f"http://testserver{start_at}")}
    paper = room.browser.post(start_at, {"key": "a-start-key-1"}, **right)["Location"]
    settings.SITE_URL = "https://kao.yunxi.example:8443"  # the proxy hides scheme and port from us
    assert room.browser.get(paper, **{name: hashed(f"https://kao.yunxi.example:8443{paper}")}).status_code == 200
    assert room.browser.get(paper, **{name: hashed(f"https://kao.yunxi.example{paper}")}).status_code == 403
    assert set(DoorNote.objects.values_list("reason", flat=True)) == {"browser"}


# --- setting them -----------------------------------------------------------------------------------------------------


def test_doors_are_set_on_screen_and_the_trail_holds_no_key(room, client) -> None:
    client.force_login(room.county.trainer)
    address = f"/sittings/{room.sitting.pk}/doors/"
    client.post(address, {"networks": "10.20.3.0/24\n10.20.4.9", "browser_keys": KEY.upper()})
    sitting = Sitting.objects.get()
    assert (sitting.networks.split(), sitting.browser_keys) == (["10.20.3.0/24", "10.20.4.9/32"], KEY)
    detail = AuditRow.objects.filter(verb=Verb.DOORS_SET).order_by("-number")[0].detail
    assert detail == {"networks": ["10.20.3.0/24", "10.20.4.9/32"], "keys": 1}
    assert "127.0.0.1" in client.get(address).content.decode()


@pytest.mark.parametrize(("field", "typed"), [("networks", "10.20.3.7/24"), ("browser_keys", "abc")])
def test_a_slip_is_shown_at_the_field_and_changes_nothing(room, client, field, typed) -> None:
    client.force_login(room.county.trainer)
    answer = client.post(f"/sittings/{room.sitting.pk}/doors/", {"networks": "", "browser_keys": ""} | {field: typed})
    assert list(answer.context["form"].errors) == [field]
    assert Sitting.objects.get().networks == "10.20.3.0/24"


def test_the_log_can_be_narrowed_by_name_and_reason(room, client) -> None:
    room.browser.post(f"{room.entry}start/", {"key": "a-start-key-1"}, REMOTE_ADDR="10.20.4.1")
    client.force_login(room.county.invigilator)
    log = f"/invigilation/{room.sitting.pk}/door/"
    assert len(client.get(log).context["page"]) == 1
    assert len(client.get(log, {"reason": "browser"}).context["page"]) == 0
    assert len(client.get(log, {"reason": "network", "q": room.learner.name}).context["page"]) == 1
    assert len(client.get(log, {"q": "没有这个人"}).context["page"]) == 0


@pytest.mark.parametrize("method", ["options", "trace", "put"])
def test_no_other_way_of_asking_shows_the_paper_from_outside(exam, method) -> None:
    with time_machine.travel(NOW, tick=False):
        attempt = start(exam.candidate, key="start-key-1", by=exam.learner, at=NOW)
        set_doors(exam.sitting, networks="10.99.0.0/16", browser_keys="", by=exam.county.trainer, at=NOW)
        browser = Client()
        browser.force_login(exam.learner)
        browser.cookies["device"] = "start-key-1"
        assert getattr(browser, method)(f"/exams/attempts/{attempt.pk}/").status_code == 403
        set_doors(exam.sitting, networks="", browser_keys="", by=exam.county.trainer, at=NOW)
        assert getattr(browser, method)(f"/exams/attempts/{attempt.pk}/").status_code == 405


def test_a_released_result_is_read_at_home(exam) -> None:
    with time_machine.travel(NOW, tick=False):
        attempt = start(exam.candidate, key="start-key-1", by=exam.learner, at=NOW)
        hand_in(attempt.pk, by=exam.learner, at=NOW)
        mark_due(at=NOW)
        release(exam.sitting, by=exam.county.centre, at=NOW)
        set_doors(exam.sitting, networks="10.99.0.0/16", browser_keys="", by=exam.county.trainer, at=NOW)
        browser = Client()
        browser.force_login(exam.learner)
        assert browser.get(f"/exams/attempts/{attempt.pk}/result/").status_code == 200
        assert browser.get(f"/exams/attempts/{'9' * 25}/result/").status_code == 404
