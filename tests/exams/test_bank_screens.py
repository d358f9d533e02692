"""The bank on screen: who may, what a form refuses and says, what the list shows and how many queries it takes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exams.bank.forms import FORMS
from exams.bank.models import Question, QuestionVersion
from lms.audit.models import AuditRow
from lms.people.states import Role
from tests.factories.bank import make_curriculum, make_question


@pytest.fixture
def topic(county):
    return make_curriculum().topics["technical-01"]


@pytest.fixture
def trainer(county, client, topic):
    client.force_login(county.trainer)
    return client


def posted(topic, kind, /, **changes) -> dict[str, object]:
    common = {
        "topic": topic.pk,
        "dimension": "knowledge",
        "difficulty": 2,
        "stem": "下列做法正确的是（　　）。",
        "explanation": "见教材。",
        "cites": "",
    }
    own = {
        "single": {"option_1": "先备份", "option_2": "直接操作", "option_3": "不记录", "right_1": "on"},
        "multiple": {"option_1": "先备份", "option_2": "直接操作", "option_3": "作记录", "right_1": "on", "right_3": "on"},
        "true_false": {"answer": "f"},
        "fill_in": {"stem": "日志至少留存____个月，重要数据____备份。", "answer": "六/6\n每日/每天"},
    }[kind]
    return common | own | {"do": "save"} | changes


@pytest.mark.parametrize(
    ("kind", "answer"), [("single", ["a"]), ("multiple", ["a", "c"]), ("true_false", ["f"]), ("fill_in", [["六", "6"], ["每日", "每天"]])]
)
def test_writing_a_question_of_each_kind(trainer, topic, kind: str, answer: object) -> None:
    response = trainer.post(f"/bank/new/{kind}/", posted(topic, kind))
    question = Question.objects.get()
    assert response["Location"] == f"/bank/{question.pk}/"
    assert (question.current, question.draft.kind, question.draft.answer, question.draft.from_library) == (None, kind, answer, False)
    assert trainer.get(f"/bank/{question.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("kind", "changes", "says"),
    [
        ("single", {"stem": ""}, "请填写题干"),
        ("single", {"right_1": ""}, "请勾选且只勾选一个正确选项"),
        ("single", {"right_2": "on"}, "请勾选且只勾选一个正确选项"),
        ("single", {"option_2": "", "option_3": ""}, "请填写二至八个选项"),
        ("single", {"option_2": ""}, "选项 B：中间有空选项"),
        ("single", {"option_3": "先备份"}, "选项 C：有两个选项内容相同"),
        ("single", {"right_1": "", "right_8": "on"}, "勾选的选项没有内容"),
        ("multiple", {"right_3": ""}, "请至少勾选两个正确选项"),
        ("true_false", {"answer": ""}, "必需字段"),
        ("fill_in", {"stem": "没有空"}, "每个空用四个下划线"),
        ("fill_in", {"answer": "六/6"}, "题干有几个空，就填写几行答案"),
        ("single", {"topic": ""}, "必需字段"),
        ("single", {"stem": "题\u0000"}, "字符"),
    ],
)
def test_a_faulty_form_says_what_to_do_and_keeps_what_was_typed(trainer, topic, kind: str, changes: dict, says: str) -> None:
    response = trainer.post(f"/bank/new/{kind}/", posted(topic, kind, **changes))
    page = response.content.decode()
    assert response.status_code == 200
    assert 'role="alert"' in page
    assert says in page
    assert "见教材。" in page
    assert QuestionVersion.objects.count() == 0


def test_save_and_another_keeps_topic_dimension_and_difficulty(trainer, topic) -> None:
    response = trainer.post("/bank/new/single/", posted(topic, "single", do="another", dimension="operation", difficulty=3))
    assert response["Location"] == f"/bank/new/single/?topic={topic.pk}&dimension=operation&difficulty=3"
    page = trainer.get(response["Location"]).content.decode()
    assert f'<option value="{topic.pk}" selected>' in page
    assert '<option value="operation" selected>' in page


def test_preview_saves_nothing(trainer, topic) -> None:
    page = trainer.post("/bank/new/multiple/", posted(topic, "multiple", do="preview")).content.decode()
    assert 'class="panel preview"' in page
    assert Question.objects.count() == 0


def test_a_near_duplicate_is_warned_of_once(trainer, topic) -> None:
    make_question(topic, stem="下列做法正确的是（　　）")
    form = posted(topic, "single")
    first = trainer.post("/bank/new/single/", form)
    assert "本专题已有内容相近的试题" in first.content.decode()
    assert Question.objects.count() == 1
    trainer.post("/bank/new/single/", form | {"warned": form["stem"]})
    assert Question.objects.count() == 2


@pytest.mark.parametrize("kind", sorted(FORMS))
def test_editing_without_a_change_makes_no_version(trainer, topic, kind: str) -> None:
    question = make_question(topic, kind, n=1)
    page = trainer.get(f"/bank/{question.pk}/edit/")
    form = page.context["form"]
    values = {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}
    trainer.post(f"/bank/{question.pk}/edit/", values | {"do": "save"})
    assert QuestionVersion.objects.count() == 1


def test_editing_makes_the_next_version_and_shows_what_changed(trainer, topic) -> None:
    question = make_question(topic, "single", n=1)
    trainer.post(f"/bank/{question.pk}/edit/", posted(topic, "single", edited=1, option_2="先备份再操作"))
    question.refresh_from_db()
    assert (question.current.number, question.draft.number, question.draft.options[1]) == (1, 2, {"id": "a", "text": "先备份再操作"})
    page = trainer.get(f"/bank/{question.pk}/").content.decode()
    assert "<ins>" in page
    assert "<del>" in page


def test_a_form_older_than_the_question_is_refused_once(trainer, topic) -> None:
    question = make_question(topic, "single", n=1)
    trainer.post(f"/bank/{question.pk}/edit/", posted(topic, "single", edited=1, stem="别人先改的题干"))
    response = trainer.post(f"/bank/{question.pk}/edit/", posted(topic, "single", edited=1, stem="我后改的题干"))
    assert "有人保存了第 2 版" in response.content.decode()
    assert QuestionVersion.objects.count() == 2


def test_the_list_is_filtered_by_address(trainer, topic) -> None:
    make_question(topic, "single", n=1, stem="电子政务信息安全的第一责任人是谁（　）")
    make_question(topic, "true_false", n=2, stem="口令可以共用。", difficulty=3, dimension="operation")
    for query, expected in (
        ("q=信息安全的第一", ["single"]), ("kind=true_false", ["true_false"]), ("difficulty=3", ["true_false"]), ("dimension=knowledge", ["single"]),
        (f"topic={topic.pk}", ["single", "true_false"]), ("tier=technical", ["single", "true_false"]), ("tier=leaders", []),
        ("state=retired", []), ("state=live", ["single", "true_false"]), ("state=draft", []), ("made=library", []), ("q=没有这样的字", []),
        ("pool=sealed", ["single", "true_false"]), ("pool=practice", []), ("tag=重点", []), ("exposure=never", ["single", "true_false"]),
        ("exposure=over0", []), ("exposure=nonsense", ["single", "true_false"]), ("state=mine", []),
    ):  # fmt: skip
        page = trainer.get(f"/bank/?{query}")
        assert [row["version"].kind for row in page.context["rows"]] == expected, query


def test_ticked_questions_are_retired_and_restored_in_bulk(trainer, topic) -> None:
    questions = [make_question(topic, n=n) for n in range(3)]
    ticked = {"question": [q.pk for q in questions[:2]]}
    response = trainer.post("/bank/steps/?kind=single", ticked | {"do": "retire"})
    assert response["Location"] == "/bank/?kind=single"
    assert list(Question.objects.live()) == questions[2:]
    trainer.post("/bank/steps/", ticked | {"do": "restore"})
    assert Question.objects.live().count() == 3
    assert "请先勾选" in trainer.post("/bank/steps/", {}, follow=True).content.decode()


@pytest.mark.parametrize(("form", "start"), [("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")])
def test_the_export_is_the_filtered_list_and_leaves_an_audit_line(trainer, topic, form: str, start: bytes) -> None:
    make_question(topic, "single", n=1)
    make_question(topic, "fill_in", n=2)
    response = trainer.post("/bank/export/?kind=single", {"format": form})
    assert response.content.startswith(start)
    assert AuditRow.objects.get(verb="list:export").detail["rows"] == 1


@pytest.mark.parametrize("role", sorted(Role))
def test_only_writers_enter_the_bank(county, client, topic, role: str) -> None:
    question = make_question(topic)
    client.force_login(getattr(county, role))
    expected = 200 if role in {Role.TRAINER, Role.CENTRE} else 403
    for address in ("/bank/", f"/bank/{question.pk}/", f"/bank/{question.pk}/edit/", "/bank/new/single/"):
        assert client.get(address).status_code == expected, address
    for address in ("/bank/steps/", f"/bank/{question.pk}/review/", f"/bank/{question.pk}/versions/1/restore/"):
        assert client.post(address, {"question": question.pk}).status_code == (302 if expected == 200 else 403), address
    assert client.post("/bank/export/", {}).status_code == expected


def test_strangers_are_sent_to_sign_in_and_unknown_things_are_not_found(client, trainer, county) -> None:
    assert trainer.get("/bank/999/").status_code == 404
    assert trainer.get("/bank/new/sonnet/").status_code == 404
    client.logout()
    assert client.get("/bank/")["Location"].startswith("/sign-in/")


def test_the_list_takes_the_same_queries_for_one_and_three_rows(trainer, topic) -> None:
    counts = []
    for n in (1, 3):
        for i in range(n):
            make_question(topic, "single", n=10 * n + i)
        with CaptureQueriesContext(connection) as queries:
            trainer.get("/bank/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
