"""Promises of the screens that only a browser can keep: how many clicks, nothing sticks out, nothing typed is lost, the keyboard is enough."""

import pytest

from tests.e2e.county import EXAM, STAFF

pytestmark = pytest.mark.browser

# Everything a role opens from its navigation, and the forms one click behind.
SCREENS = {
    "200006": ["/", "/learn/", "/learn/topics/technical-03/", "/exams/", "/certificates/", "/record/", "/assessment/mine/", "/announcements/",
               "/notices/", "/profile/", "/password/", "/search/?q=电子", "/help/", "/privacy/", "/verify/"],
    STAFF["hr"][0]: ["/people/", "/people/add/", "/people/1/", "/people/1/appoint/", "/units/", "/units/renshe/", "/posts/", "/imports/", "/hours/",
                     "/coverage/", "/coverage/renshe/", "/requirements/", "/certificates/all/", "/assessment/", "/assessment/batches/", "/results/",
                     "/policy/", "/jobs/"],
    STAFF["trainer"][0]: ["/bank/", "/bank/new/single/", "/papers/", "/papers/new/", "/papers/1/", "/sittings/", "/sittings/new/", "/sittings/1/",
                          "/sittings/1/candidates/", "/invigilation/", "/invigilation/1/"],
}  # fmt: skip
DISPLAYS = {
    "390": {"width": 390, "height": 800},
    "1366": {},
    "390, elder": {"width": 390, "height": 800},
    "1366, elder, dark": {"color_scheme": "dark"},
}


def test_exam_takes_four_clicks_and_no_load_between_questions(visit) -> None:
    visitor = visit().begin("200001")
    loads = visitor.loads
    for question in visitor.questions():
        visitor.answer(question)
    visitor.page.locator(".ans a", has_text="7").click()
    assert visitor.page.evaluate("document.activeElement.name") == "q7"
    assert visitor.loads == loads
    visitor.press("交卷").press("确认交卷").reads("您已交卷")
    assert (visitor.clicks, visitor.loads - loads) == (4, 1)


@pytest.mark.fault(28, by="hand-in confirmed while a save is held up on the line", on="SQLite, Chromium")
def test_handing_in_waits_for_the_save_on_its_way(visit) -> None:
    """Confirmed while a save is still under way: one click is enough, nothing is sent twice, nothing is lost."""
    visitor, held = visit().begin("200009"), []

    def hold_the_first(route) -> None:
        held.append(route)
        if len(held) > 1:
            route.continue_()

    visitor.context.route("**/save/", hold_the_first)
    with visitor.page.expect_request("**/save/"):
        visitor.answer(visitor.questions()[0])
    visitor.press("交卷").press("确认交卷")
    held[0].continue_()
    visitor.reads("您已交卷").reads("1 / 10")


def test_paper_is_answered_and_handed_in_by_keyboard_alone(visit) -> None:
    visitor = visit().begin("200002")
    press = visitor.page.keyboard.press
    press("ArrowDown")
    press("ArrowUp")
    for question in visitor.questions()[:8]:  # choices; the letters answer, the arrows go on
        visitor.answer(question, by_key=True)
        press("M")
        press("ArrowDown")
    assert (visitor.page.locator("#n1").inner_text(), visitor.page.locator("#nf").inner_text()) == ("8", "8")
    visitor.acknowledged().page.locator("#hand").focus()
    press("Enter")
    visitor.reads("确认交卷？").reads("返回答题")
    assert visitor.page.evaluate("document.activeElement.id") == "dback"
    press("Tab")
    press("Enter")
    visitor.reads("您已交卷").reads("8 / 10")


def test_exam_without_scripts_reaches_the_receipt(visit) -> None:
    visitor = visit(scripts=False).begin("200003")
    for question in visitor.questions()[:9]:
        visitor.answer(question)
    visitor.press("保存进度").reads("答题卡")
    assert visitor.page.locator("fieldset[data-q] input:checked").count() >= 7
    visitor.press("交卷").reads("交卷前核对").reads("还有 1 题未答")
    visitor.follow("返回答题")
    visitor.answer(visitor.questions()[9])
    visitor.press("交卷").reads("全部 10 题均已作答。").press("确认交卷").reads("您已交卷").reads("10 / 10")


@pytest.mark.fault(7, 19, by="the server answers 503, then nothing; the page is reloaded in between", on="SQLite, Chromium")
def test_reload_brings_back_what_the_server_never_got(visit) -> None:
    """The server answers 503, then nothing at all; the page is closed and opened again in between."""
    visitor = visit().begin("200004")
    visitor.context.route("**/save/", lambda route: route.fulfill(status=503, body=""))
    for question in visitor.questions()[:3]:
        visitor.answer(question)
    visitor.reads("3 题已存本机")
    visitor.page.reload()
    visitor.page.locator("#done", has_text="3 / 10").wait_for()
    assert visitor.waiting() == 3
    visitor.context.unroute("**/save/")
    visitor.context.route("**/save/", lambda route: route.abort())
    visitor.answer(visitor.questions()[3])
    visitor.reads("4 题已存本机")
    visitor.context.unroute("**/save/")
    visitor.page.evaluate("dispatchEvent(new Event('online'))")
    visitor.acknowledged().page.reload()
    visitor.page.locator("#done", has_text="4 / 10").wait_for()


@pytest.mark.fault(5, by="the browser's own storage is full", on="SQLite, Chromium")
def test_full_storage_loses_no_answer(visit) -> None:
    """The browser still gives back what it kept last, but takes nothing new."""
    visitor = visit().begin("200007")
    visitor.answer(visitor.questions()[0])
    visitor.acknowledged()
    visitor.page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }")
    for question in visitor.questions()[1:4]:
        with visitor.page.expect_response("**/save/"):
            visitor.answer(question)
    visitor.acknowledged().page.reload()
    visitor.page.locator("#done", has_text="4 / 10").wait_for()


@pytest.mark.fault(18, by="no line until the server answers “closed”", on="SQLite, Chromium")
def test_answers_piled_up_in_an_outage_are_all_sent_after_the_end(visit) -> None:
    """Too late to count, but none is thrown away: the county decides what they are worth."""
    visitor = visit().begin("200008")
    sent: list[int] = []

    def closed(route) -> None:
        sent.extend(item["n"] for item in route.request.post_data_json["i"])
        route.fulfill(status=409, content_type="application/json", body='{"error": "closed", "go": "/exams/"}')

    visitor.context.route("**/save/", lambda route: route.abort())
    visitor.answer(visitor.questions()[0])
    visitor.reads("1 题已存本机")
    for question in visitor.questions()[1:3]:
        visitor.answer(question)
    visitor.context.unroute("**/save/")
    visitor.context.route("**/save/", closed)
    visitor.page.evaluate("dispatchEvent(new Event('online'))")
    visitor.page.wait_for_url("**/exams/")
    assert sorted(sent) == [1, 2, 3]


def test_candidates_by_paste_take_four_clicks_and_one_field(visit) -> None:
    visitor = visit().sign_in(STAFF["trainer"][0])
    visitor.follow("考试场次").follow(EXAM).follow("考生")
    visitor.write("粘贴工号或姓名", "100005\n何建华\n100003").press("预览").reads("何建华").reads("陈立群")
    assert visitor.clicks == 4
    visitor.follow("返回")


def test_grades_are_exported_in_two_clicks_from_the_exam(visit) -> None:
    visitor = visit().sign_in(STAFF["centre"][0]).follow("成绩")
    visitor.follow(EXAM)
    with visitor.page.expect_download() as download:
        visitor.press("导出 Excel")
    assert download.value.suggested_filename.endswith(".xlsx")
    assert visitor.clicks == 3  # 成绩, the exam, 导出


@pytest.mark.parametrize("number", SCREENS)
@pytest.mark.parametrize("display", DISPLAYS)
def test_nothing_sticks_out(visit, number: str, display: str) -> None:
    visitor = visit(**DISPLAYS[display]).sign_in(number)
    if "elder" in display:
        visitor.press("长辈版")
    wide = [path for path in SCREENS[number] if not visitor.go(path).fits()]
    assert wide == []
    assert visitor.page.evaluate("document.documentElement.dataset.size || ''") == ("xl" if "elder" in display else "")


def test_fifty_questions_take_four_clicks_and_one_load(visit) -> None:
    """Enter, begin, hand in, confirm; between them no page is loaded, and question 37 is one click away."""
    visitor = visit().begin("210022")
    loads = visitor.loads
    visitor.page.locator(".ans a", has_text="37").click()
    assert visitor.page.evaluate("document.activeElement.closest('[data-q]').dataset.q") == "37"
    visitor.answer_some(0, 50).done(50)
    assert visitor.loads == loads
    visitor.press("交卷").reads("确认交卷？")
    assert visitor.page.locator("#d1").inner_text() == "50"
    visitor.press("确认交卷").reads("您已交卷").reads("50 / 50")
    assert (visitor.clicks, visitor.loads - loads) == (4, 1)


NAMELESS = """() => [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,fieldset,dialog')].filter(e => {
  const by = e.getAttribute('aria-labelledby'), label = e.labels && [...e.labels].map(l => l.textContent).join('');
  const own = e.tagName === 'FIELDSET' ? (e.querySelector('legend') || {}).textContent : /INPUT|SELECT|TEXTAREA/.test(e.tagName) ? '' : e.textContent;
  return !(e.getAttribute('aria-label') || (by && document.getElementById(by).textContent) || label || own || '').trim();
}).map(e => e.outerHTML.slice(0, 120))"""
PALE = """() => {
  const part = x => (x /= 255) <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4;
  const lum = c => .2126 * part(c[0]) + .7152 * part(c[1]) + .0722 * part(c[2]);
  const rgb = s => s.match(/[\\d.]+/g).map(Number);
  const under = e => {
    for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > .99) return c; }
    return [255, 255, 255];
  };
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n; (n = walk.nextNode());) {
    const e = n.parentElement, s = getComputedStyle(e);
    if (!n.textContent.trim() || !e.getClientRects().length || e.closest('.vh,:disabled') || s.visibility === 'hidden') continue;
    const a = lum(rgb(s.color)), b = lum(under(e)), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const big = parseFloat(s.fontSize) >= 24 || (parseFloat(s.fontSize) >= 18.66 && s.fontWeight >= 700);
    if (ratio < (big ? 3 : 4.5)) found.push(ratio.toFixed(2) + ' ' + n.textContent.trim().slice(0, 40));
  }
  return found;
}"""


@pytest.mark.parametrize("display", [{}, {"color_scheme": "dark"}])
def test_screen_readers_and_weak_eyes_find_their_way(visit, display) -> None:
    """Everything that can be worked has a name, every question says where it stands, and no text is pale: paper, check, receipt."""
    visitor = visit(**display).begin("210021" if display else "210020")
    page = visitor.page
    if display:
        page.evaluate("document.documentElement.dataset.size = 'xl'")
    visitor.answer_some(0, 1)
    assert page.locator("fieldset[data-q] legend .vh").first.inner_text() == "第 1 题，单项选择题，2 分，已答。"
    assert page.locator(".ans a").nth(1).get_attribute("aria-label") == "第 2 题，单项选择题，2 分，未答"
    assert (page.locator("#save").get_attribute("role"), page.locator("#clock").get_attribute("aria-live")) == ("status", "off")
    for leave in (lambda: visitor.go(page.url + "hand-in/"), lambda: visitor.press("确认交卷").reads("您已交卷"), lambda: None):
        assert page.evaluate(NAMELESS) == []
        assert page.evaluate(PALE) == []
        assert page.evaluate("document.querySelectorAll('h1').length") == 1
        leave()
