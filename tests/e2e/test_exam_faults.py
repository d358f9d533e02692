"""The candidate's page when things break: the line, the server, the browser, the clock, the storage, a second tab.

What is promised: no answer is lost, none is asked again, and the page says where it stands.
"""

import json
import os
import re
import signal
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.e2e.conftest import QUIET
from tests.e2e.walk import Visitor

pytestmark = pytest.mark.browser

OFFLINE = "已存本机"


def stopped_clock(visitor: Visitor) -> Visitor:
    """Timers, Date and performance.now that the test can put forward; until then they run on."""
    visitor.page.clock.install()
    return visitor


def saves(visitor: Visitor) -> list[dict[str, Any]]:
    """What is posted as a save from now on, and reaches the server."""
    seen: list[dict[str, Any]] = []

    def note(route: Any) -> None:
        seen.append(route.request.post_data_json)
        route.continue_()

    visitor.context.route("**/save/", note)
    return seen


def with_attributes(visitor: Visitor, attributes: str, change: Any = None) -> None:
    """The paper as the server sends it, with more attributes on its form."""

    def edit(route: Any) -> None:
        answer = route.fetch()
        html = answer.text().replace(' id="x"', f' id="x" {attributes}', 1)
        route.fulfill(response=answer, body=change(html) if change else html)

    visitor.context.route(re.compile(r"/exams/attempts/\d+/$"), edit)
    visitor.page.reload()
    visitor.settled()


@pytest.mark.fault(17, 7, by="no line for ten minutes, back before the deadline", model="ten minutes of a clock put forward", on="SQLite, Chromium")
def test_ten_minutes_without_a_line(visit) -> None:
    visitor = stopped_clock(visit()).begin("210000")
    visitor.answer_some(0, 2).acknowledged().line(False).answer_some(2, 9).reads("网络中断，7 题" + OFFLINE)
    visitor.page.clock.fast_forward("10:00")
    assert visitor.waiting() == 7
    visitor.line(True).page.clock.run_for(5_000)
    visitor.acknowledged().page.reload()
    visitor.done(9)


@pytest.mark.fault(10, 20, 1, by="the server is killed and opened again; then another machine", on="SQLite, Chromium")
def test_server_killed_while_answers_come_in(visit, home) -> None:
    visitor = visit().begin("210001").answer_some(0, 3).acknowledged()
    visitor.answer_some(3, 4)  # perhaps on its way at the very moment
    home.kill()
    visitor.answer_some(4, 8).reads(OFFLINE)
    home.open()
    visitor.page.evaluate("dispatchEvent(new Event('online'))")
    visitor.acknowledged()
    other = visit().sign_in("210001").go(visitor.page.url).press("在此继续作答")  # another computer: what it shows is on the server
    other.done(8)


@pytest.mark.fault(19, by="SIGKILL of the browser; opened again with the same profile", on="SQLite, Chromium")
def test_browser_killed_and_opened_again(visit, tmp_path) -> None:
    """Signal 9 with answers that no server has seen; they stand again in the same browser, unsent until acknowledged."""
    own = {"profile": tmp_path, "executable_path": os.environ.get("CHROMIUM") or "/usr/bin/chromium", "args": QUIET}
    visitor = visit(**own).begin("210002").answer_some(0, 2).acknowledged()
    address = visitor.page.url
    visitor.context.route("**/save/", lambda route: route.abort())
    visitor.answer_some(2, 5).reads("3 题" + OFFLINE)
    folder = tmp_path / "Default" / "Local Storage" / "leveldb"
    on_disk(visitor, folder, visitor.page.evaluate("f => localStorage.getItem(f)", visitor.held_back()[0]))
    kill_browser_of(tmp_path)
    again = visit(**own)
    again.context.clear_cookies()  # the browser writes them to disk every half minute: at worst one signs in again, and it is another turn
    again.sign_in("210002").go(address).press("在此继续作答").done(5)
    assert again.waiting() == 0
    again.page.reload()
    again.done(5)


def on_disk(visitor: Visitor, folder: Path, text: str) -> None:
    """Wait until the browser has written what it holds; it does so some seconds after the change, in UTF-16 or one byte a character."""
    forms = [text.encode("latin-1", "ignore"), text.encode("utf-16-le")]
    for _ in range(200):
        if any(form in file.read_bytes() for file in folder.iterdir() if file.suffix in {".log", ".ldb"} for form in forms):
            return
        visitor.page.wait_for_timeout(100)
    raise AssertionError("The browser did not write its storage to disk.")


def kill_browser_of(profile: Path) -> None:
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                line = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if str(profile).encode() in line and b"--type=" not in line:
                os.kill(int(process.name), signal.SIGKILL)


@pytest.mark.fault(21, by="the machine's clock is a day wrong", on="SQLite, Chromium")
def test_clock_of_the_machine_is_a_day_wrong(visit) -> None:
    """Neither the time left nor the time of saving is the machine's."""
    visitor = visit()
    visitor.context.add_init_script("{ const D = Date.now; Date.now = () => D() + 864e5 * (Math.random() > .5 ? 1 : -1); }")
    visitor.begin("210003").answer_some(0, 1).acknowledged()
    assert re.fullmatch(r"(59:\d\d|1:00:00)", visitor.page.locator("#clock").inner_text())


@pytest.mark.fault(18, by="no line until after the deadline; the answers leave as a file", on="SQLite, Chromium")
def test_time_is_up_without_a_line(visit, tmp_path) -> None:
    """Sealed at the deadline, tried again and again, and an answer file that only the sitting's key opens."""
    key = ec.generate_private_key(ec.SECP256R1())
    raw = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    visitor = stopped_clock(visit()).begin("210004")
    with_attributes(visitor, f'data-seal="{b64encode(raw).decode()}"')  # stands before the sitting's own, and so above it
    visitor.answer_some(0, 2).acknowledged().line(False).answer_some(2, 5).reads("3 题" + OFFLINE)
    visitor.page.clock.fast_forward("59:59")
    visitor.page.clock.run_for(5_000)
    visitor.reads("时间到。3 题已存本机").reads("这些答案尚未上传")
    assert visitor.page.locator("fieldset[data-q]:disabled").count() == 10
    with visitor.page.expect_download() as download:
        visitor.press("下载作答文件")
    download.value.save_as(tmp_path / "file.json")
    assert download.value.suggested_filename.startswith("作答文件-")
    file = json.loads((tmp_path / "file.json").read_text())
    assert set(file) == {"v", "attempt", "epoch", "sealed"}
    content = opened(key, file)
    journal = content["journal"]
    assert sorted(item["n"] for batch in journal for item in batch["i"]) == [1, 2, 3, 4, 5]
    assert content["anchor"]["ms"] == 0
    assert [batch["ms"] > 0 for batch in journal] == [batch["s"] > content["anchor"]["s"] for batch in journal]
    assert max(batch["ms"] for batch in journal) < 60_000

    visitor.line(True).page.clock.run_for(31_000)
    visitor.acknowledged()  # only the server's clock counts, and it says that there is time: the page opens again
    visitor.answer_some(5, 6).acknowledged().press("交卷").press("确认交卷").reads("您已交卷").reads("6 / 10")
    visitor.page.wait_for_function("() => !Object.keys(localStorage).some(k => k.startsWith('exam:'))")


def opened(key: ec.EllipticCurvePrivateKey, file: dict[str, Any]) -> dict[str, Any]:
    """docs/algorithms/answer-file.md, read from the other side."""
    sealed = b64decode(file["sealed"])
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sealed[:65])
    shared = HKDF(SHA256(), 32, salt=None, info=b"chizheng answer file 1").derive(key.exchange(ec.ECDH(), theirs))
    about = f"{file['attempt']}:{file['epoch']}".encode()
    content: dict[str, Any] = json.loads(AESGCM(shared).decrypt(sealed[65:77], sealed[77:], about))
    return content


def test_time_is_up_in_the_browser_alone(visit) -> None:
    """The deadline was moved and the browser has not heard of it: it asks before it hands in, and the paper goes on."""
    visitor = stopped_clock(visit()).begin("210019").answer_some(0, 2).acknowledged()
    with_attributes(visitor, 'data-left="3"')  # what it was told before the change
    posted: list[str] = []
    visitor.page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    visitor.page.clock.run_for(4_000)
    visitor.page.locator("#clock", has_text=re.compile(r"^(1:00:00|59:)")).wait_for()
    assert visitor.page.locator("fieldset[data-q]:disabled").count() == 0
    assert posted == []
    visitor.answer_some(2, 3).acknowledged()


@pytest.mark.fault(19, 20, by="signing out while answers could not be sent", on="SQLite, Chromium")
def test_signing_out_clears_the_computer_but_for_unsent_answers(visit) -> None:
    visitor = visit().begin("210018").answer_some(0, 1).acknowledged()
    visitor.context.route("**/save/", lambda route: route.abort())
    visitor.answer_some(1, 3).reads(OFFLINE)
    visitor.page.evaluate("localStorage.setItem('station:/1/', '{}'), sessionStorage.setItem('x', '1')")
    visitor.page.goto(visitor.page.url.split("/exams/")[0])
    visitor.sign_out()
    visitor.page.wait_for_function("() => !localStorage.getItem('station:/1/') && !sessionStorage.length")
    kept = visitor.page.evaluate("() => Object.keys(localStorage).map(k => JSON.parse(localStorage.getItem(k)))")
    assert sorted(item["n"] for store in kept for batch in store["q"] for item in batch["i"]) + [int(n) for s in kept for n in s["d"]] == [2, 3]


def test_a_page_that_was_left_elsewhere_says_so(visit) -> None:
    """What is written on a page that is closed by now is kept and does not count; the reader is told, and led to the page that is open."""
    visitor = visit().begin("210017")
    visitor.context.route("**/save/", lambda route: route.fulfill(json={"s": route.request.post_data_json["s"], "left": 3000, "shut": [1]}))
    visitor.answer_some(0, 1).reads("这一页已经关闭")
    assert visitor.page.locator("fieldset[data-q]:disabled").count() == 10
    visitor.context.unroute("**/save/")
    visitor.page.locator("#save a").click()
    visitor.page.locator("fieldset[data-q]:enabled").first.wait_for()


def test_file_without_a_key_says_that_it_is_plain(visit, tmp_path) -> None:
    visitor = visit()
    visitor.context.add_init_script("Object.defineProperty(crypto, 'subtle', { value: undefined })")
    visitor.begin("210005").line(False).answer_some(0, 2).reads("2 题" + OFFLINE).press("交卷").press("确认交卷").reads("还有答案没有传到服务器")
    with visitor.page.expect_download() as download:
        visitor.press("下载作答文件", within=visitor.page.locator("#dlg"))
    download.value.save_as(tmp_path / "file.json")
    content = json.loads((tmp_path / "file.json").read_text())["plain"]
    assert [item["n"] for batch in content["journal"] for item in batch["i"]] == [1, 2]
    visitor.press("返回答题").line(True)
    visitor.acknowledged()


@pytest.mark.fault(16, by="a second tab, and the first one closed", on="SQLite, Chromium")
def test_one_tab_writes(visit) -> None:
    """The second shows what the first writes; it can take over, and does so when the first is closed."""
    visitor = visit().begin("210006").answer_some(0, 1).acknowledged()
    first = visitor.page
    visitor.page = second = visitor.tab()
    visitor.go(first.url).reads("只有一个标签页可以作答")
    assert second.locator("fieldset[data-q]:disabled").count() == 10
    visitor.page = first
    visitor.answer_some(1, 2)
    second.locator("#done", has_text="2 / 10").wait_for()
    visitor.acknowledged()
    visitor.page = second
    visitor.follow("改在此页作答", exact=False).answer_some(2, 3).acknowledged()
    visitor.page = first
    visitor.reads("只有一个标签页可以作答")
    second.close()
    first.locator("fieldset[data-q]:enabled").first.wait_for()
    visitor.done(3).answer_some(3, 4).acknowledged().page.reload()
    visitor.done(4)


@pytest.mark.fault(16, by="the same in a browser without locks", on="SQLite, Chromium")
def test_one_tab_writes_where_there_are_no_locks(visit) -> None:
    """Plain HTTP in an old browser: a lease in the storage."""
    visitor = visit()
    visitor.context.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    visitor.begin("210007").answer_some(0, 1).acknowledged()
    first = visitor.page
    visitor.page = second = visitor.tab()
    visitor.go(first.url).reads("只有一个标签页可以作答").follow("改在此页作答", exact=False).answer_some(1, 2).acknowledged()
    visitor.page = first
    visitor.reads("只有一个标签页可以作答")
    second.close()
    first.locator("fieldset[data-q]:enabled").first.wait_for()
    visitor.done(2)


def test_paused_by_the_invigilator(visit) -> None:
    visitor = stopped_clock(visit()).begin("210008").answer_some(0, 1).acknowledged()
    says: dict[str, Any] = {"left": 3000, "e": 1, "paused": 1}
    visitor.context.route("**/clock/", lambda route: route.fulfill(json=says))
    visitor.page.clock.run_for(31_000)
    visitor.reads("考试已暂停")
    shown = visitor.page.locator("#clock").inner_text()
    visitor.page.clock.run_for(3_000)
    assert visitor.page.locator("#clock").inner_text() == shown
    assert visitor.page.locator("fieldset[data-q]:disabled").count() == 10
    del says["paused"]
    visitor.page.clock.run_for(11_000)
    visitor.page.locator("fieldset[data-q]:enabled").first.wait_for()
    assert visitor.page.locator("#clock").inner_text().startswith("49:") or visitor.page.locator("#clock").inner_text() == "50:00"
    visitor.answer_some(1, 2).acknowledged()


def test_leaving_the_page_is_counted_and_told(visit) -> None:
    """Longer than two seconds; with the next look at the clock, and never instead of it."""
    visitor, told = stopped_clock(visit()).begin("210009"), []

    def pulse(route: Any) -> None:
        told.append(route.request.post_data_json)
        route.fulfill(json={"left": 1800, "e": 1})

    with_attributes(visitor, 'data-pulse="/pulse/"', lambda html: re.sub(r' data-pulse="/exams[^"]*"', "", html))
    visitor.context.route("**/pulse/", pulse)
    for seconds in (1, 3, 5):
        visitor.page.evaluate("dispatchEvent(new Event('blur'))")
        visitor.page.clock.run_for(seconds * 1000)
        visitor.page.evaluate("dispatchEvent(new Event('focus'))")
    with visitor.page.expect_response("**/pulse/"):
        visitor.page.clock.run_for(30_000)
    ((one),) = told
    assert (one["e"], one["f"], 5_000 <= one["ms"] < 10_000) == (1, 2, True)
    visitor.page.locator("#clock", has_text=re.compile(r"^(30:00|29:)")).wait_for()
    with visitor.page.expect_response("**/clock/"):
        visitor.page.clock.run_for(30_000)
    assert len(told) == 1


@pytest.mark.fault(19, 20, by="answers left behind by an earlier turn of this browser", on="SQLite, Chromium")
def test_what_was_never_acknowledged_is_sent_before_it_is_cleared(visit, tmp_path) -> None:
    """Handed in elsewhere while this browser was cut off: the receipt sends what is left, as evidence, or offers it as a file."""
    visitor = visit().begin("210010").answer_some(0, 1).acknowledged()
    paper = visitor.page.url
    visitor.context.route("**/save/", lambda route: route.abort())
    visitor.answer_some(1, 4).reads("3 题" + OFFLINE)
    visitor.page.close()
    other = visit().sign_in("210010").go(paper).press("在此继续作答").settled()
    other.press("交卷").press("确认交卷").reads("您已交卷")

    visitor.page = visitor.tab()
    visitor.go(paper).reads("您已交卷").reads("本机有 3 题答案尚未上传")
    with visitor.page.expect_download() as download:
        visitor.press("下载作答文件")
    download.value.save_as(tmp_path / "file.json")
    assert json.loads((tmp_path / "file.json").read_text())["v"] == 1
    assert len(visitor.held_back()) == 1
    visitor.context.unroute("**/save/")
    seen = saves(visitor)
    visitor.go(paper).reads("3 题答案在考试结束后才上传")
    assert sorted(item["n"] for save in seen for item in save["i"]) == [2, 3, 4]
    assert visitor.held_back() == []


def test_others_answers_are_neither_shown_nor_thrown_away(visit) -> None:
    visitor = visit().begin("210011")
    visitor.context.route("**/save/", lambda route: route.abort())
    visitor.answer_some(0, 2).reads("2 题" + OFFLINE)
    visitor.context.clear_cookies()  # the session ended; signing out clears everything the browser keeps
    visitor.sign_in("210012").follow("进入考试").reads("本机还留有其他考生尚未上传的 2 题答案")
    assert len(visitor.held_back()) == 1


@pytest.mark.fault(43, by="the server forgets the last saves", on="SQLite, Chromium")
def test_server_that_forgot_gets_the_answers_again(visit) -> None:
    """Put back from a copy older than the last acknowledgements: the browser still has them, and notices."""
    visitor = visit().begin("210013").answer_some(0, 1).acknowledged()
    visitor.context.route("**/save/", lambda route: route.fulfill(json={"s": route.request.post_data_json["s"], "left": 3000}))
    visitor.answer_some(1, 4).acknowledged()
    visitor.context.unroute("**/save/")
    seen = saves(visitor)
    visitor.page.reload()
    visitor.done(4).acknowledged()
    assert {item["n"] for save in seen for item in save["i"]} == {2, 3, 4}
    visitor.page.reload()
    visitor.done(4)


PARTS = """<input name="q1.a" aria-label="a"><select name="q1.b" aria-label="b"><option value=""></option><option value="x">x</option></select>
<textarea name="q1.c" aria-label="c"></textarea>
<input type="radio" name="q1.d" value="1" aria-label="d"><input type="radio" name="q1.d" value="2" aria-label="d">
<input type="checkbox" name="q1.e" value="1" aria-label="e"><input type="checkbox" name="q1.e" value="2" aria-label="e"></fieldset>"""


def test_named_parts_need_no_script_of_their_own(visit) -> None:
    """Text, list, long text, one of several, several of several; kept, sent and put back."""
    visitor = visit().begin("210014")
    with_attributes(visitor, "", lambda html: re.sub(r'<div class="os.*?</fieldset>', PARTS, html, count=1, flags=re.S))
    sent: list[dict[str, Any]] = []
    visitor.context.route("**/save/", lambda route: (sent.append(route.request.post_data_json), route.abort()))
    page = visitor.page
    page.locator("[name='q1.a']").fill("甲=乙")
    page.locator("[name='q1.b']").select_option("x")
    page.locator("[name='q1.c']").fill("两\n行")
    page.locator("[name='q1.d'][value='2']").check()
    for value in "12":
        page.locator(f"[name='q1.e'][value='{value}']").check()
    visitor.reads(OFFLINE).done(1)
    page.reload()
    visitor.settled()
    whole = ["a=甲=乙", "b=x", "c=两\n行", "d=2", "e=1", "e=2"]
    page.wait_for_function("() => document.querySelector('[name=\"q1.c\"]').value.includes('行')")
    assert page.locator("[name='q1.e']:checked").count() == 2
    assert page.locator("[name='q1.a']").input_value() == "甲=乙"
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_function("() => document.getElementById('save').dataset.s === 'off'")
    assert whole in [item["v"] for save in sent for item in save["i"]]
