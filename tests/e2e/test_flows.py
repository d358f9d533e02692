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


@pytest.mark.fault(16, by="the paper in two tabs of one browser", on="SQLite, Chromium")
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
