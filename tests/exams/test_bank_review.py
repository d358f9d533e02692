"""The bank's way on screen: bulk steps that say what they passed over and can be undone, the review of a draft, what is to do, and what is noted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from exams.bank.actions import create_question, save_version
from exams.bank.hooks import reviews_waiting
from exams.bank.ledger import QuestionTag, VersionStep
from exams.bank.models import Question, QuestionVersion
from exams.bank.steps import change_pool, tag, take
from lms.audit.models import AuditRow
from tests.conftest import NOW
from tests.factories.bank import make_curriculum, make_question, make_wording


@pytest.fixture
def topic(county):
    return make_curriculum().topics["technical-01"]


@pytest.fixture
def centre(county, client, topic):
    """A reviewer at the screen; the county's trainer writes."""
    client.force_login(county.centre)
    return client


def waiting(county, topic, n: int = 1, **changes) -> Question:
    question = create_question(topic, make_wording(**({"stem": f"等待审核的第{n}题（　　）。"} | changes)), by=county.trainer, at=NOW)
    take("submit", [question], by=county.trainer, at=NOW)
    return question


def test_a_bulk_step_says_what_it_passed_over_and_offers_the_way_back_for_the_rest(county, centre, topic) -> None:
    theirs, live = waiting(county, topic), make_question(topic)
    response = centre.post("/bank/steps/?state=waiting", {"question": [theirs.pk, live.pk], "do": "approve"}, follow=True)
    page = response.content.decode()
    assert response.redirect_chain[0][0] == "/bank/?state=waiting"
    assert "已通过审核：1 道" in page
    assert "跳过：1 道（没有草稿 1）" in page
    assert (response.context["undo"]["do"], response.context["undo"]["questions"]) == ("take_back", [theirs.pk])
    assert centre.get("/bank/").context["undo"] is None
    centre.post("/bank/steps/", {"question": [theirs.pk], "do": "take_back"})
    assert list(VersionStep.objects.values_list("step", flat=True)) == ["submit", "approve", "take_back"]


@pytest.mark.parametrize(
    ("posted", "says"),
    [
        ({"do": "explode"}, "请选择要对勾选的试题做什么"), ({"do": "tag", "tags": " ， "}, "请先填写标签"),
        ({"do": "tag", "tags": "长" * 21}, "标签太长"),
        ({"do": "tag", "tags": "，".join(f"标{n}" for n in range(13))}, "最多 12 个标签"), ({"do": "return"}, "请选择要对勾选的试题做什么"),
    ],
)  # fmt: skip
def test_a_step_that_makes_no_sense_is_refused_in_words(centre, topic, posted: dict[str, str], says: str) -> None:
    question = make_question(topic)
    assert says in centre.post("/bank/steps/", posted | {"question": question.pk}, follow=True).content.decode()
    assert (QuestionTag.objects.count(), VersionStep.objects.count()) == (0, 0)


def test_tags_and_pools_are_changed_and_changed_back(county, centre, topic) -> None:
    one, other = make_question(topic, n=1), make_question(topic, n=2)
    ticked = {"question": [one.pk, other.pk]}
    page = centre.post("/bank/steps/", ticked | {"do": "tag", "tags": "重点，2026版"}, follow=True)
    assert page.context["undo"] == {"do": "untag", "questions": [one.pk, other.pk], "tags": "重点，2026版"}
    assert [row["question"].pk for row in centre.get("/bank/?tag=2026版").context["rows"]] == [one.pk, other.pk]
    page = centre.post("/bank/steps/", ticked | {"do": "practice"}, follow=True)
    assert [q.pk for q in Question.objects.drawable("practice")] == [one.pk, other.pk]
    centre.post("/bank/steps/", {"question": page.context["undo"]["questions"], "do": page.context["undo"]["do"]})
    assert Question.objects.drawable("sealed").count() == 2


def test_a_reviewer_goes_from_draft_to_draft(county, centre, topic) -> None:
    first, second = sorted((waiting(county, topic, n) for n in range(2)), key=lambda q: q.key)
    page = centre.get(f"/bank/{first.pk}/review/")
    assert (page.context["left"], page.context["after"]) == (1, second.pk)
    response = centre.post(f"/bank/{first.pk}/review/", {"do": "approve", "version": first.draft_id})
    assert response["Location"] == f"/bank/{second.pk}/review/"
    response = centre.post(f"/bank/{second.pk}/review/", {"do": "return", "version": second.draft_id, "note": "答案不唯一。"})
    assert response["Location"] == "/bank/?state=mine"
    assert "没有等待您审核的试题" in centre.get(response["Location"]).content.decode()
    assert set(VersionStep.objects.exclude(step="submit").values_list("version", "step", "by", "note")) == {
        (first.draft_id, "approve", county.centre.pk, ""),
        (second.draft_id, "return", county.centre.pk, "答案不唯一。"),
    }
    assert "答案不唯一。" in centre.get(f"/bank/{second.pk}/").content.decode()


@pytest.mark.parametrize(("posted", "says"), [({"do": "return", "note": " "}, "请写明需要修改的内容"), ({}, "请选择通过或退回")])
def test_a_review_without_a_verdict_or_a_reason_is_asked_for_it(county, centre, topic, posted: dict[str, str], says: str) -> None:
    question = waiting(county, topic)
    page = centre.post(f"/bank/{question.pk}/review/", posted | {"version": question.draft_id}).content.decode()
    assert says in page
    assert 'role="alert"' in page
    assert VersionStep.objects.count() == 1


def test_a_verdict_on_what_changed_meanwhile_is_not_given(county, centre, topic) -> None:
    question = waiting(county, topic)
    seen = question.draft_id
    save_version(question, make_wording(stem="作者又改了（　　）。"), by=county.trainer, at=NOW)
    take("submit", [question], by=county.trainer, at=NOW)
    page = centre.post(f"/bank/{question.pk}/review/", {"do": "approve", "version": seen}, follow=True).content.decode()
    assert "期间又保存了新版本" in page
    assert not VersionStep.objects.filter(step="approve").exists()


def test_the_author_is_told_that_another_person_reviews(county, client, topic) -> None:
    question = waiting(county, topic)
    client.force_login(county.trainer)
    response = client.get(f"/bank/{question.pk}/review/", follow=True)
    assert response.redirect_chain[0][0] == f"/bank/{question.pk}/"
    assert "作者本人不能审核" in response.content.decode()
    assert "现在不等待您审核" in response.content.decode()


def test_a_review_lays_what_is_nearly_the_same_beside_the_draft(county, centre, topic) -> None:
    near = make_question(topic, stem="等待审核的第1题（　　）", explanation="老题的解析。")
    far = make_question(topic, n=7, stem="口令至少几位", explanation="不相干的解析。")
    page = centre.get(f"/bank/{waiting(county, topic).pk}/review/")
    assert [row["pk"] for row in page.context["beside"]] == [near.pk]
    assert "老题的解析。" in page.content.decode()
    assert (f"/bank/{near.pk}/" in page.content.decode(), f"/bank/{far.pk}/" in page.content.decode()) == (True, False)


def test_a_review_shows_what_a_draft_changes_in_the_wording_in_use(county, centre, topic) -> None:
    question = make_question(topic)
    save_version(question, make_wording(stem="第一稿"), by=county.trainer, at=NOW)
    save_version(question, make_wording(stem="第0题：下列做法错误的是（　　）。"), by=county.trainer, at=NOW)
    take("submit", [question], by=county.trainer, at=NOW)
    changes = centre.get(f"/bank/{question.pk}/review/").context["changes"]
    assert [(word, text) for change in changes for word, text in change["pieces"] if word != "same"] == [("gone", "正确"), ("new", "错误")]


def test_a_changed_stem_is_compared_with_the_topic_again(county, centre, topic) -> None:
    question = make_question(topic, stem="口令至少几位（　　）。")
    make_question(topic, n=2, stem="日志至少保存几个月（　　）。")
    form = {
        "topic": topic.pk, "dimension": "knowledge", "difficulty": 1, "stem": "日志至少保存几个月（　　）", "option_1": "六个月",
        "option_2": "一个月",
        "right_1": "on", "edited": 1, "do": "save",
    }  # fmt: skip
    assert "本专题已有内容相近的试题" in centre.post(f"/bank/{question.pk}/edit/", form).content.decode()
    assert QuestionVersion.objects.filter(question=question).count() == 1
    centre.post(f"/bank/{question.pk}/edit/", form | {"warned": form["stem"]})
    assert QuestionVersion.objects.filter(question=question).count() == 2


def test_an_old_wording_becomes_a_new_draft(county, centre, topic) -> None:
    question = make_question(topic, stem="最早的题干")
    save_version(question, make_wording(stem="后来的题干"), by=county.trainer, at=NOW)
    page = centre.post(f"/bank/{question.pk}/versions/1/restore/", {"edited": "2"}, follow=True)
    assert "第 1 版已作为第 3 版重新起草" in page.content.decode()
    question.refresh_from_db()
    assert (question.current.number, question.draft.number, question.draft.stem) == (1, 3, "最早的题干")
    assert "有人保存了第 3 版" in centre.post(f"/bank/{question.pk}/versions/2/restore/", {"edited": "2"}, follow=True).content.decode()
    assert "最新版本已是这个内容" in centre.post(f"/bank/{question.pk}/versions/1/restore/", {}, follow=True).content.decode()
    assert centre.post(f"/bank/{question.pk}/versions/9/restore/", {}).status_code == 404


def test_writers_are_told_how_many_drafts_wait_for_them(county, topic) -> None:
    for n in range(2):
        waiting(county, topic, n)
    (todo,) = reviews_waiting(county.centre, timezone.now())
    assert ("2" in todo.title, todo.address) == (True, "/bank/?state=mine")
    assert [list(reviews_waiting(person, timezone.now())) for person in (county.trainer, county.learner, county.hr)] == [[], [], []]


def test_looks_at_a_sealed_question_are_noted_on_every_page_of_it_once(county, centre, topic) -> None:
    question, free = waiting(county, topic), make_question(topic)
    change_pool([free], "practice", by=county.trainer, at=NOW)
    for address in ("", "edit/", "review/", ""):
        assert centre.get(f"/bank/{question.pk}/{address}").status_code == 200
    centre.get(f"/bank/{free.pk}/")
    assert list(AuditRow.objects.filter(verb="question:see").values_list("subject", "actor")) == [(f"question:{question.pk}", county.centre.pk)]


@pytest.mark.parametrize("name", ["draft", "waiting", "reviewed", "retired", "live"])
def test_the_page_names_the_state_and_offers_the_steps_that_are_open(county, centre, topic, name: str) -> None:
    question = make_question(topic, n=3) if name in {"live", "retired"} else create_question(topic, make_wording(), by=county.trainer, at=NOW)
    way = {"waiting": ["submit"], "reviewed": ["submit", "approve"], "retired": ["retire"]}.get(name, [])
    for step in way:
        take(step, [question], by=county.centre, at=NOW)
    page = centre.get(f"/bank/{question.pk}/")
    offered = {
        "draft": {"submit", "retire"}, "waiting": {"withdraw", "retire"}, "reviewed": {"publish", "take_back", "retire"}, "retired": {"restore"},
        "live": {"retire"},
    }  # fmt: skip
    assert (page.context["state"], page.context["steps"]) == (name, offered[name])
    assert ("/review/" in page.content.decode()) == (name == "waiting")


def test_the_export_says_state_pool_tags_and_exposure(county, centre, topic, tmp_path) -> None:
    question = make_question(topic, stem="已有版本在用")
    save_version(question, make_wording(stem="正在修改"), by=county.trainer, at=NOW)
    tag([question], ["重点", "难题"], by=county.trainer, at=NOW)
    file = tmp_path / "bank.xlsx"
    file.write_bytes(centre.post("/bank/export/", {"format": "xlsx"}).content)
    head, row = load_workbook(file).active.iter_rows(values_only=True)
    assert (
        dict(zip(head, row, strict=True)).items()
        >= {"题干": "正在修改", "状态": "草稿", "使用中的版本": 1, "标签": "重点、难题", "出现次数": 0}.items()
    )


@pytest.mark.parametrize("address", ["/bank/?state=all", "/bank/?state=mine", "/bank/?state=waiting&exposure=never"])
def test_the_list_asks_as_often_for_one_row_as_for_many(county, centre, topic, address: str) -> None:
    counts = []
    for n in (1, 4):
        for i in range(n):
            question = waiting(county, topic, 10 * n + i)
            tag([question], [f"标签{i}"], by=county.trainer, at=NOW)
        with CaptureQueriesContext(connection) as queries:
            centre.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
