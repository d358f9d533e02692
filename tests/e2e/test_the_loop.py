"""The one loop that must always work, walked in a real browser by the people it is for: HR, learner, trainer, information centre, head, anyone.

Nothing here touches the database: what a person does not do on screen does not happen.
"""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from tests.e2e.county import STAFF
from tests.e2e.walk import Visitor

pytestmark = pytest.mark.browser

NUMBER, NAME, OWN_PASSWORD = "300001", "林芳", "县财政局的信息安全员就是我"
SITTING = "信息安全员资格考试（第一次）"
SHORT, ENOUGH = {"单项选择题": (40, 10)}, {"单项选择题": (4, 10), "多项选择题": (2, 15), "判断题": (2, 10), "填空题": (2, 5)}


def now() -> datetime:
    return datetime.now(ZoneInfo("Asia/Shanghai"))


def test_from_post_to_assessment(visit, tmp_path: Path) -> None:
    hr, learner, trainer, centre, head, anyone = (visit() for _ in range(6))

    one_time = hr_adds_a_person(hr)
    hr_appoints_without_a_certificate(hr)

    learner_signs_in_first(learner, one_time)
    learner_learns_a_lesson(learner)

    trainer_makes_a_blueprint(trainer)
    trainer_holds_a_sitting(trainer)

    learner_sits_the_exam(learner)
    centre_releases(centre)

    code = learner_has_the_certificate(learner, tmp_path)
    anyone_checks_it(anyone, code)

    unit_is_covered(hr, head)
    hr_confirms_the_year(hr)
    number = hr_hands_it_on(hr, tmp_path)
    learner_sees_what_was_handed_on(learner, number)


def hr_adds_a_person(hr: Visitor) -> str:
    """Returns the one-time password, shown once."""
    hr.sign_in(STAFF["hr"][0]).follow("人员").follow("新增人员")
    hr.write("姓名", NAME).write("工号", NUMBER).choose("单位", "县财政局").choose("岗位", "科员").press("新增")
    hr.reads("一次性密码")
    return str(hr.page.locator(".secret").inner_text())


def hr_appoints_without_a_certificate(hr: Visitor) -> None:
    """Refused with the reason; acting with an end is possible."""
    hr.follow("已记下").follow("任职")
    hr.choose("单位", "县财政局").choose("岗位", "信息安全员").tick("这是主职", on=False).press("任职")
    hr.reads("信息安全员岗位合格证").reads("仍可办理有期限的代理任职")
    hr.tick("代理").write("截止日期（当天起不再有效）", (now() + timedelta(days=180)).date().isoformat()).press("任职")
    hr.reads(f"{NAME} 任职成功").reads("代理")
    hr.go("/coverage/caizheng/").reads("未达标").reads(NAME)


def learner_signs_in_first(learner: Visitor, one_time: str) -> None:
    """Nothing opens before an own password is chosen; then the home page says what is due."""
    learner.sign_in(NUMBER, one_time).reads("保存密码")
    learner.go("/learn/").reads("保存密码")
    learner.write("当前密码", one_time).write("新密码", OWN_PASSWORD).write("新密码确认", OWN_PASSWORD)
    learner.press("保存密码").reads("密码已修改").go("/").reads(NAME).reads("系统安全")


def learner_learns_a_lesson(learner: Visitor) -> None:
    """A wrong answer explains itself, right ones let the lesson be finished, and its hours stand in the record."""
    learner.go("/learn/topics/technical-03/").press("主机加固", kind="link", exact=False)
    learner.press("标记为已学，下一课").reads("自测题")
    for check in range(learner.page.locator("form.check").count()):
        learner.answer(learner.page.locator("form.check").nth(check))
        learner.page.locator("form.check").nth(check).get_by_role("button").click()
        learner.page.locator("form.check").nth(check).get_by_text("答对了。").wait_for()
    learner.press("标记为已学，下一课").reads("学时已记入学习档案")
    learner.follow("学习档案").reads("主机加固").reads("0.5")


def trainer_makes_a_blueprint(trainer: Visitor) -> None:
    """A blueprint that asks too much is told exactly what is short."""
    trainer.sign_in(STAFF["trainer"][0]).follow("组卷").follow("新建组卷方案").write("标题", "系统安全")
    fill_rows(trainer, SHORT)
    trainer.press("检查题量").reads("缺")
    fill_rows(trainer, ENOUGH)
    trainer.press("检查题量").reads_not("缺 ").press("保存").reads("系统安全")


def fill_rows(trainer: Visitor, rows: dict[str, tuple[int, int]]) -> None:
    for row, (kind, (count, points)) in zip(trainer.page.locator("tbody tr[id^=row-]").all(), rows.items(), strict=False):
        topic = row.get_by_label("专题")
        topic.select_option(index=next(i for i, text in enumerate(topic.locator("option").all_text_contents()) if "信息系统安全" in text))
        row.get_by_label("题型").select_option(label=kind)
        row.get_by_label("题数").fill(str(count))
        row.get_by_label("每题分值").fill(str(points))


def trainer_holds_a_sitting(trainer: Visitor) -> None:
    """Open now; the candidate is admitted by the number pasted from a list."""
    trainer.follow("考试场次").follow("新建场次").write("标题", SITTING).choose("组卷方案", "系统安全").choose("合格后颁发的证书", "信息安全员岗位")
    trainer.page.locator("[name=opens_at]").fill(f"{now() - timedelta(minutes=2):%Y-%m-%dT%H:%M}")
    trainer.page.locator("[name=closes_at]").fill(f"{now() + timedelta(hours=3):%Y-%m-%dT%H:%M}")
    trainer.press("保存并选择考生").write("粘贴工号或姓名", f"1\t{NUMBER}\t{NAME}\t县财政局").press("预览").reads(NAME)
    trainer.press("添加并通知").reads("已添加并通知 1 名考生")


def learner_sits_the_exam(learner: Visitor) -> None:
    """Through a broken line and a reload, to the receipt."""
    learner.go("/").press("进入考试", kind="link").press("开始答题")
    page, questions = learner.page, learner.questions()
    assert len(questions) == 10
    for question in questions[:4]:
        learner.answer(question)
    learner.acknowledged()

    learner.context.set_offline(True)
    for question in questions[4:8]:
        learner.answer(question)
    learner.reads("网络中断，4 题已存本机")
    assert learner.waiting() == 4
    learner.context.set_offline(False)
    learner.acknowledged()

    page.reload()
    page.locator("#done", has_text="8 / 10").wait_for()
    for question in learner.questions()[8:]:
        learner.answer(question)
    learner.acknowledged()
    page.wait_for_load_state("networkidle")  # the dialogue comes with what is fetched when the page is idle
    learner.press("交卷")
    assert page.locator("#d1").inner_text() == "10"
    learner.press("确认交卷").reads("您已交卷").reads("10 / 10").reads("回执号")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('exam:')).length") == 0
    learner.go("/exams/").reads_not("查看成绩")


def centre_releases(centre: Visitor) -> None:
    """In a person's name, after marking."""
    centre.sign_in(STAFF["centre"][0]).follow("成绩").reads_soon(SITTING).follow(SITTING).reads_soon("公布成绩")
    centre.reads("100").tick("我已核对，以本人名义公布").press("公布成绩").reads(STAFF["centre"][1])


def learner_has_the_certificate(learner: Visitor, tmp_path: Path) -> str:
    """Without asking for it: result, certificate, PDF. Returns the address for others."""
    learner.go("/exams/").reads_soon("查看成绩").follow("查看成绩").reads("合格").reads("100")
    learner.follow("证书").reads_soon("信息安全员岗位合格证").reads_soon("下载 PDF")
    with learner.page.expect_download() as download:
        learner.follow("下载 PDF")
    download.value.save_as(tmp_path / "certificate.pdf")
    assert (tmp_path / "certificate.pdf").read_bytes()[:5] == b"%PDF-"
    return str(learner.page.get_by_role("link", name="查验页面").get_attribute("href"))


def anyone_checks_it(anyone: Visitor, address: str) -> None:
    """Signed out, by the address behind the QR code; the full name is not told."""
    anyone.go(address).reads("证书有效").reads("信息安全员岗位合格证").reads_not(NAME)


def unit_is_covered(hr: Visitor, head: Visitor) -> None:
    """The same acting officer, certified now: green for HR and for the head of the unit."""
    hr.go("/coverage/caizheng/").reads("已达标：须持证岗位人员全部持证。").reads(NAME)
    head.sign_in(STAFF["head"][0]).follow("持证覆盖").reads(NAME)


def hr_confirms_the_year(hr: Visitor) -> None:
    """Facts with their reasons are shown first; a named person confirms, gaps stated and not excused."""
    hr.go(f"/assessment/?q={NUMBER}").reads(NAME).tick(NAME).press("确认所选").reads("例外")
    if hr.page.get_by_label("全部勾选").count():
        hr.tick("全部勾选")
    hr.page.get_by_role("button", name="所勾选的").click()
    hr.reads("已确认").go(f"/assessment/?q={NUMBER}")
    assert "已确认" in hr.page.locator("tbody tr").inner_text()


def hr_hands_it_on(hr: Visitor, tmp_path: Path) -> str:
    """A numbered batch, opened as the personnel system's clerk would. Returns its number."""
    hr.press("导出已确认", exact=False).reads_soon("下载 ")
    with hr.page.expect_download() as download:
        hr.page.get_by_role("link", name="（Excel）").first.click()
    download.value.save_as(tmp_path / "batch.xlsx")
    headings, row = load_workbook(tmp_path / "batch.xlsx").active.iter_rows(values_only=True)
    stated = dict(zip(headings, row, strict=True))
    assert {name: stated[name] for name in ("姓名", "工号", "单位", "总学时", "认识成绩", "操作应用水平", "证书")} == {
        "姓名": NAME, "工号": NUMBER, "单位": "县财政局", "总学时": 0.5, "认识成绩": 100, "操作应用水平": "优秀", "证书": "信息安全员岗位合格证",
    }  # fmt: skip
    hr.page.reload()
    return str(hr.page.locator("tbody th a").first.inner_text())


def learner_sees_what_was_handed_on(learner: Visitor, number: str) -> None:
    """The same row, under the same number."""
    learner.follow("我的考核").reads(number).reads("已确认")
