"""Blueprints on screen: writing rows, what is short and why, a sample paper."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exams.bank.models import Question
from exams.papers.models import Blueprint
from exams.papers.stock import stock
from lms.audit.models import AuditRow
from lms.people.states import Role
from tests.factories.sittings import make_blueprint, make_sitting, make_stock


@pytest.fixture
def stocked(county):
    return make_stock()


@pytest.fixture
def trainer(county, client, stocked):
    client.force_login(county.trainer)
    return client


def posted(*rows: tuple[str, str, str, str, str], do: str = "save", initial: int = 0, **changes) -> dict[str, object]:
    """The form with rows of (source, kind, difficulty, count, points)."""
    data: dict[str, object] = {"title": "岗位考试", "shuffle_options": "on", "do": do, "rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": initial}
    for n, row in enumerate(rows):
        data |= {f"rows-{n}-{name}": value for name, value in zip(("source", "kind", "difficulty", "count", "points"), row, strict=True)}
    return data | changes


def test_writing_a_blueprint_ignores_empty_rows(trainer, stocked) -> None:
    topic = stocked.topics["technical-01"]
    rows = [(f"topic:{topic.pk}", "single", "1", "2", "5"), ("", "single", "", "", ""), ("tier:technical", "true_false", "", "1", "2.5")]
    response = trainer.post("/papers/new/", posted(*rows))
    blueprint = Blueprint.objects.get()
    assert response["Location"] == f"/papers/{blueprint.pk}/"
    assert [(r.topic_id, r.tier, r.kind, r.difficulty, r.count, str(r.points)) for r in blueprint.rows.all()] == [
        (topic.pk, "", "single", 1, 2, "5.0"), (None, "technical", "true_false", None, 1, "2.5"),
    ]  # fmt: skip
    assert AuditRow.objects.filter(verb="blueprint:save").count() == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (posted(("", "single", "", "", "")), "请至少填写一行"),
        (posted(("", "single", "", "0", "5")), "第 1 行"),
        (posted(("", "single", "", "2", "0")), "第 1 行"),
        (posted(("topic:99999", "single", "", "2", "1")), "第 1 行"),
        (posted(("", "single", "", "2", "1"), title=""), "必需字段"),
    ],
)
def test_a_faulty_blueprint_says_where(trainer, data: dict, says: str) -> None:
    page = trainer.post("/papers/new/", data).content.decode()
    assert 'role="alert"' in page
    assert says in page
    assert Blueprint.objects.count() == 0


def test_checking_says_exactly_what_is_short_and_saves_nothing(trainer, stocked) -> None:
    rows = [("", "single", "", "2", "5"), ("tier:technical", "single", "", "5", "5"), ("tier:leaders", "fill_in", "2", "1", "5")]
    page = trainer.post("/papers/new/", posted(*rows, do="check")).content.decode()
    assert "第 2 行缺 4 题：题库中符合条件的有 3 题。 第 1 行与它使用同一批试题。" in page
    assert "第 3 行缺 1 题：题库中符合条件的有 0 题。" in page
    assert "/bank/?tier=leaders&amp;kind=fill_in&amp;difficulty=2" in page
    assert Blueprint.objects.count() == 0


def test_more_rows_keep_what_was_typed_without_complaining(trainer) -> None:
    page = trainer.post("/papers/new/", posted(("", "fill_in", "", "7", ""), do="more")).content.decode()
    assert 'name="rows-0-count" value="7"' in page
    assert 'name="rows-3-count"' in page
    assert 'role="alert"' not in page


def test_editing_removes_ticked_rows_and_keeps_the_others(trainer) -> None:
    blueprint = make_blueprint({}, {"kind": "true_false", "count": 1})
    rows = [("", "single", "", "2", "5"), ("", "true_false", "", "1", "5")]
    trainer.post(f"/papers/{blueprint.pk}/edit/", posted(*rows, initial=2, **{"rows-0-DELETE": "on"}))
    assert [row.kind for row in blueprint.rows.all()] == ["true_false"]


def test_saving_the_same_rows_again_keeps_them_all(trainer) -> None:
    blueprint = make_blueprint({}, {"kind": "true_false", "count": 1})
    rows = [("", "single", "", "2", "5.0"), ("", "true_false", "", "1", "5.0")]
    trainer.post(f"/papers/{blueprint.pk}/edit/", posted(*rows, initial=2))
    assert [row.kind for row in blueprint.rows.all()] == ["single", "true_false"]


def test_a_blueprint_of_an_opened_sitting_is_copied_not_changed(trainer, county) -> None:
    blueprint = make_blueprint()
    now = timezone.now()
    make_sitting(county.root, blueprint=blueprint, opens_at=now - timedelta(hours=1), closes_at=now + timedelta(hours=1))
    page = trainer.post(f"/papers/{blueprint.pk}/edit/", posted(("", "single", "", "1", "5"), initial=1)).content.decode()
    assert "请复制一份再改" in page
    response = trainer.post(f"/papers/{blueprint.pk}/copy/")
    copy = Blueprint.objects.exclude(pk=blueprint.pk).get()
    assert response["Location"] == f"/papers/{copy.pk}/edit/"
    assert [row.count for row in copy.rows.all()] == [row.count for row in blueprint.rows.all()] == [2]


def test_a_sample_is_the_same_for_the_same_seed_and_hides_answers(trainer) -> None:
    blueprint = make_blueprint({"count": 3}, {"kind": "true_false"}, {"kind": "fill_in", "count": 1})
    address = f"/papers/{blueprint.pk}/sample/?seed=abc"
    first, again = trainer.get(address), trainer.get(address)
    assert first.context["parts"] == again.context["parts"]
    assert [part["numeral"] for part in first.context["parts"]] == ["一、", "二、", "三、"]
    assert first.context["count"] == 6
    assert "见教材。" not in first.content.decode()
    assert " checked" not in first.content.decode()
    assert "见教材。" in trainer.get(f"{address}&answers=1").content.decode()


def test_a_sample_of_a_short_blueprint_says_what_is_short(trainer) -> None:
    blueprint = make_blueprint({"count": 9})
    page = trainer.get(f"/papers/{blueprint.pk}/sample/").content.decode()
    assert "第 1 行缺 6 题" in page


def test_a_question_names_the_blueprints_that_may_draw_it(trainer, stocked) -> None:
    make_blueprint({"tier": "technical", "difficulty": 1}, title="会抽到的方案")
    make_blueprint({"tier": "leaders"}, {"kind": "fill_in"}, {"difficulty": 3}, {"topic": stocked.topics["leaders-01"]}, title="抽不到的方案")
    question = Question.objects.filter(current__kind="single").first()
    page = trainer.get(f"/bank/{question.pk}/").content.decode()
    assert "会抽到的方案" in page
    assert "抽不到的方案" not in page


@pytest.mark.parametrize("role", sorted(Role))
def test_only_writers_see_blueprints(county, client, stocked, role: str) -> None:
    blueprint = make_blueprint()
    client.force_login(getattr(county, role))
    expected = 200 if role in {Role.TRAINER, Role.CENTRE} else 403
    for address in ("/papers/", "/papers/new/", *(f"/papers/{blueprint.pk}/{tail}" for tail in ("", "edit/", "sample/"))):
        assert client.get(address).status_code == expected, address
    assert client.post(f"/papers/{blueprint.pk}/copy/").status_code == (302 if expected == 200 else 403)


def test_lists_take_the_same_queries_for_one_and_three_rows(trainer) -> None:
    counts = []
    for n in (1, 2):
        blueprint = [make_blueprint({}, {}) for _ in range(n)][-1]
        pages = []
        for address in ("/papers/", f"/papers/{blueprint.pk}/", f"/papers/{blueprint.pk}/edit/"):
            trainer.get(address)
            with CaptureQueriesContext(connection) as queries:
                trainer.get(address)
            pages.append(len(queries))
        counts.append(pages)
        blueprint.rows.create(kind="single", count=1, points=1, order=9)
    assert counts[0] == counts[1]


def test_stock_notices_two_questions_that_changed_places(stocked) -> None:
    one, other = Question.objects.order_by("pk")[:2]
    elsewhere = next(topic for topic in stocked.topics.values() if topic.pk != one.topic_id)
    Question.objects.filter(pk=other.pk).update(topic=elsewhere)
    before = {item.question: item.topic for item in stock()}
    Question.objects.filter(pk=one.pk).update(topic=elsewhere)
    Question.objects.filter(pk=other.pk).update(topic=one.topic)
    after = {item.question: item.topic for item in stock()}
    assert (after[one.pk], after[other.pk]) == (before[other.pk], before[one.pk])
