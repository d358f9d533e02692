"""What a visitor does with a page, in the words of the screen; and what the shipped library holds to be right."""

import re
from typing import Any
from urllib.parse import urlsplit

from content.library.sources import ROOT, QuestionSource, read_topic
from tests.e2e.county import MORE, PASSWORD, TOPICS

BLANK = re.compile(r"[\s_（）()　]+")
PATIENCE = 12_000  # milliseconds a page may take on a busy machine
# What the browser itself notes when a test takes the network away, or a form comes back with its errors.
EXPECTED = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "ERR_CONNECTION_REFUSED", "status of 503", "status of 400", "status of 409")

WAITING = (
    "Object.keys(localStorage).filter(k => k.startsWith('exam:')).map(k => JSON.parse(localStorage[k]))"
    ".reduce((n, s) => n + Object.keys(s.d || {}).length + (s.q || []).reduce((m, b) => m + b.i.length, 0), 0)"
)


class Visitor:
    """One person at one browser. Counts their clicks and page loads, and keeps every complaint the browser would not show them."""

    def __init__(self, chromium: Any, address: str, *, width: int = 1366, height: int = 900, scripts: bool = True, **more: Any) -> None:
        display = {"viewport": {"width": width, "height": height}, "java_script_enabled": scripts, "locale": "en-GB", "timezone_id": "Asia/Shanghai"}
        profile = more.pop("profile", None)  # a folder that outlives the browser
        if profile:
            more |= {"executable_path": more.pop("executable_path"), "args": more.pop("args")}
            self.context = chromium.browser_type.launch_persistent_context(str(profile), **display, **more)
        else:
            self.context = chromium.new_context(**display, **more)
        self.context.set_default_timeout(PATIENCE)
        self.address, self.scripts, self.clicks, self.loads = address, scripts, 0, 0
        self.complaints: list[str] = []
        self.page = self.tab()

    def tab(self) -> Any:
        """Another tab of the same browser, watched like the first."""
        page = self.context.new_page()
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("framenavigated", lambda frame: self._moved(page, frame))
        return page

    def _asked(self, request: Any) -> None:
        place = urlsplit(request.url)
        if place.scheme not in {"data", "blob", "about"} and f"{place.scheme}://{place.netloc}" != self.address:
            self.complaints.append(f"asked another host: {request.url}")

    def _said(self, message: Any) -> None:
        if message.type == "error" and not any(known in message.text for known in EXPECTED):
            self.complaints.append(f"console, {urlsplit(message.location.get('url', '')).path}: {message.text}")

    def _moved(self, page: Any, frame: Any) -> None:
        self.loads += frame == page.main_frame

    # --- moving about ---

    def go(self, path: str) -> "Visitor":
        self.page.goto(self.address + path if path.startswith("/") else path)
        return self

    def press(self, name: str, *, kind: str = "button", exact: bool = True, within: Any = None) -> "Visitor":
        """One click on a button or link by its words."""
        (within or self.page).get_by_role(kind, name=name, exact=exact).first.click()
        self.clicks += 1
        return self

    def follow(self, name: str, *, exact: bool = True) -> "Visitor":
        return self.press(name, kind="link", exact=exact)

    def sign_in(self, number: str, password: str = PASSWORD) -> "Visitor":
        self.go("/sign-in/").write("工号或身份证号", number).write("密码", password)
        self.press("登录")
        self.page.get_by_role("button", name="退出").wait_for()
        self.clicks = self.loads = 0
        return self

    def sign_out(self) -> "Visitor":
        return self.press("退出")

    # --- forms ---

    def field(self, label: str) -> Any:
        """The field with exactly this label, whatever stop the label ends with."""
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*[:：?？]?\s*$")).first

    def write(self, label: str, text: str) -> "Visitor":
        self.field(label).fill(text)
        return self

    def choose(self, label: str, option: str) -> "Visitor":
        """Choose in a list by (part of) the option's words."""
        box = self.field(label)
        texts = box.locator("option").all_text_contents()
        box.select_option(index=next(i for i, text in enumerate(texts) if option in text))
        return self

    def tick(self, label: str, *, on: bool = True) -> "Visitor":
        self.page.get_by_label(label).first.set_checked(on)
        return self

    # --- reading ---

    def reads(self, text: str) -> "Visitor":
        """The words stand on the page, where they can be seen."""
        self.page.get_by_text(text).locator("visible=true").first.wait_for()
        return self

    def reads_not(self, text: str) -> "Visitor":
        assert text not in self.text()
        return self

    def reads_soon(self, text: str, tries: int = 60) -> "Visitor":
        """As `reads`, for what the worker brings: the page is loaded again until the words are there."""
        for _ in range(tries):
            if text in self.text():
                return self
            self.page.wait_for_timeout(500)
            self.page.reload()
        raise AssertionError(f"{text!r} did not come; the page says: {self.text()[:800]}")

    def text(self) -> str:
        return str(self.page.locator("body").inner_text())

    def fits(self) -> bool:
        """Nothing sticks out sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))

    # --- the exam room ---

    def begin(self, number: str) -> "Visitor":
        """Sign in and begin the exam that is open: two clicks."""
        self.sign_in(number).follow("进入考试").press("开始答题")
        self.page.locator("fieldset[data-q]").first.wait_for()
        return self.settled()

    def answer_some(self, begin: int, end: int) -> "Visitor":
        for question in self.questions()[begin:end]:
            self.answer(question)
        return self

    def done(self, count: int) -> "Visitor":
        """The answer card says that so many questions are answered."""
        self.page.locator("#done", has_text=re.compile(rf"^{count} / ")).wait_for()
        return self

    def line(self, up: bool) -> "Visitor":
        self.context.set_offline(not up)
        return self

    def held_back(self) -> list[str]:
        """The keys under which this browser keeps anything of an exam."""
        return list(self.page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('exam:'))"))

    def questions(self) -> list[Any]:
        return list(self.page.locator("fieldset[data-q]").all())

    def answer(self, question: Any, *, by_key: bool = False) -> None:
        """Answer one question of the paper rightly, with the mouse or, for a choice, with the letter key."""
        known = key_to(question.locator("legend").inner_text())
        if known.kind == "fill_in":
            for field, accepted in zip(question.locator("input.txt").all(), known.answer, strict=True):  # type: ignore[arg-type]
                field.fill(accepted[0])
            return
        for option in question.locator("label.o").all():
            if not is_right(known, option.locator("span").inner_text().strip()):
                continue
            if by_key:
                self.page.keyboard.press(option.locator("b").inner_text())
            else:
                option.click()

    def settled(self) -> "Visitor":
        """The paper's scripts are all there (the rarer half comes when the line is idle); without scripts there is nothing to wait for."""
        if self.scripts:
            self.page.locator("form[data-ready]").wait_for()
        return self

    def waiting(self) -> int:
        """How many answers this browser holds that the server has not acknowledged."""
        return int(self.page.evaluate(f"() => {WAITING}"))

    def acknowledged(self) -> "Visitor":
        """The server has acknowledged every answer, and the page says so."""
        self.page.wait_for_function(f"() => {WAITING} === 0 && document.getElementById('save').dataset.s === 'ok'")
        return self.reads("已保存到服务器")


def plain(text: str) -> str:
    return BLANK.sub("", text)


def key_to(legend: str) -> QuestionSource:
    """The question of the library that a legend shows. Legends begin with the number and may end with the points."""
    text = plain(legend)
    found = [q for tier, folder in TOPICS + MORE for q in read_topic(ROOT / tier / folder, tier).questions if plain(q.stem) in text]
    assert found, f"No question of the library reads {legend!r}"
    return max(found, key=lambda q: len(q.stem))


def is_right(question: QuestionSource, option: str) -> bool:
    """Is this option, as the screen words it, among the right ones?"""
    if question.kind == "true_false":
        return (option == "正确") == (question.answer is True)
    right = {plain(text) for letter, text in zip("ABCDEFGH", question.options, strict=False) if letter in str(question.answer)}
    return plain(option) in right
