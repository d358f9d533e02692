"""Questions: versions count up and never change; the library comes in as often as one likes and never over a trainer's words."""

import dataclasses
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from content.library.sources import QuestionSource, TopicSource
from exams.bank.actions import ChangedMeanwhile, Unsound, create_question, save_version
from exams.bank.library import load_questions
from exams.bank.models import Question, QuestionVersion
from exams.bank.steps import take
from lms.audit.models import AuditRow
from tests.conftest import NOW
from tests.factories.bank import make_curriculum, make_question, make_wording


@pytest.fixture
def curriculum(county):
    return make_curriculum()


@pytest.fixture
def topic(curriculum):
    return curriculum.topics["technical-01"]


@pytest.mark.fault(32, by="a question is edited")
def test_saving_counts_versions_up_and_leaves_the_old_one(county, topic) -> None:
    question = create_question(topic, make_wording(), by=county.trainer, at=NOW)
    first = question.draft
    second = save_version(question, make_wording(stem="改过的题干"), by=county.trainer, at=NOW)
    assert (first.number, second.number, second.question_id) == (1, 2, question.pk)
    assert QuestionVersion.objects.get(pk=first.pk).stem == make_wording().stem
    assert (Question.objects.get().draft, Question.objects.get().current) == (second, None)
    assert list(AuditRow.objects.filter(verb="question:save").values_list("detail__version", flat=True)) == [1, 2]


def test_saving_the_same_words_makes_no_version_and_no_audit_line(county, topic) -> None:
    question = create_question(topic, make_wording(), by=county.trainer, at=NOW)
    before = AuditRow.objects.count()
    assert save_version(question, make_wording(), by=county.trainer, at=NOW) == question.draft
    assert (QuestionVersion.objects.count(), AuditRow.objects.count()) == (1, before)


def test_moving_a_question_keeps_its_version(county, curriculum, topic) -> None:
    question = create_question(topic, make_wording(), by=county.trainer, at=NOW)
    other = curriculum.topics["leaders-01"]
    assert save_version(question, make_wording(), topic=other, by=county.trainer, at=NOW).number == 1
    assert Question.objects.get().topic_id == other.pk


def test_saving_over_someone_elses_version_is_refused(county, topic) -> None:
    question = create_question(topic, make_wording(), by=county.trainer, at=NOW)
    save_version(question, make_wording(stem="别人改的"), by=county.centre, at=NOW)
    with pytest.raises(ChangedMeanwhile):
        save_version(question, make_wording(stem="我改的"), edited=1, by=county.trainer, at=NOW)
    assert QuestionVersion.objects.count() == 2


def test_a_faulty_wording_is_refused_and_leaves_nothing(county, topic) -> None:
    with pytest.raises(Unsound):
        create_question(topic, make_wording(chosen=()), by=county.trainer, at=NOW)
    assert (Question.objects.count(), AuditRow.objects.filter(verb__startswith="question").count()) == (0, 0)


@pytest.mark.parametrize("change", [lambda rows: rows.update(stem="偷改"), lambda rows: rows.delete()])
@pytest.mark.fault(32, 35, by="updates and deletes of a version, past the product's own code")
def test_a_version_cannot_be_changed_or_deleted(topic, change) -> None:
    question = make_question(topic)
    Question.objects.update(current=None)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(QuestionVersion.objects.filter(question=question))


def test_retired_questions_leave_the_pool_and_come_back(county, topic) -> None:
    questions = [make_question(topic, n=n) for n in range(2)]
    assert len(take("retire", questions, by=county.trainer, at=NOW).done) == 2
    assert take("retire", questions, by=county.trainer, at=NOW).skipped == {"retired_already": 2}
    assert not Question.objects.live().exists()
    assert take("restore", questions[:1], by=county.trainer, at=NOW).done == [questions[0].pk]
    assert list(Question.objects.live()) == questions[:1]
    assert list(AuditRow.objects.filter(verb__startswith="question").order_by("number").values_list("verb", flat=True)) == [
        "question:retire",
        "question:restore",
    ]


def source(**changes) -> QuestionSource:
    words = {
        "id": "q01", "lesson": 1, "kind": "single", "dimension": "knowledge", "difficulty": 1, "stem": "题干", "options": ("甲", "乙", "丙", "丁"),
        "answer": "B", "explanation": "因为。", "cites": (), "self_check": False,
    }  # fmt: skip
    return QuestionSource(**(words | changes))


def library(*questions: QuestionSource, key: str = "technical-01") -> list[TopicSource]:
    return [
        TopicSource(
            key=key, tier="technical", title="", title_en="", short="", short_en="", summary="", summary_en="", aliases=(), folder=Path(),
            lessons=(), questions=questions,
        )
    ]  # fmt: skip


def test_loading_the_library_twice_is_loading_it_once(topic) -> None:
    sources = library(
        source(), source(id="q02", kind="true_false", options=(), answer=False), source(id="q03", self_check=True),
        source(id="q04", kind="fill_in", options=(), stem="至少____个月", answer=(("六", "6", "６"),)),
    )  # fmt: skip
    first, second = load_questions(at=NOW, topics=sources), load_questions(at=NOW, topics=sources)
    assert first.created == ["technical-01/q01", "technical-01/q02", "technical-01/q04"]
    assert (second.created, second.updated, second.unchanged) == ([], [], first.created)
    versions = {v.question.key[-3:]: v for v in QuestionVersion.objects.select_related("question")}
    assert versions["q01"].answer == ["b"]
    assert versions["q02"].answer == ["f"]
    assert versions["q04"].answer == [["六", "6"]]
    assert AuditRow.objects.filter(verb="library:load").count() == 1


def test_a_changed_library_question_gets_a_new_version_that_keeps_option_ids(topic) -> None:
    load_questions(at=NOW, topics=library(source()))
    done = load_questions(at=NOW, topics=library(source(options=("乙", "甲", "戊", "丁"), answer="A")))
    current = Question.objects.get().current
    assert done.updated == ["technical-01/q01"]
    assert (current.number, current.answer) == (2, ["b"])
    assert [option["id"] for option in current.options] == ["b", "a", "e", "d"]


def test_the_library_never_overwrites_a_trainer(county, topic) -> None:
    load_questions(at=NOW, topics=library(source()))
    question = Question.objects.get()
    mine = dataclasses.replace(question.current.wording, stem="培训教师改过的题干")
    save_version(question, mine, by=county.trainer, at=NOW)
    assert load_questions(at=NOW, topics=library(source(stem="书上也改了"))).kept == ["technical-01/q01"]
    for step, person in (("submit", county.trainer), ("approve", county.centre), ("publish", county.centre)):
        take(step, [question], by=person, at=NOW)
    assert load_questions(at=NOW, topics=library(source(stem="书上也改了"))).kept == ["technical-01/q01"]
    assert Question.objects.get().current.stem == "培训教师改过的题干"


def test_the_library_goes_on_where_a_trainer_dropped_a_draft(county, topic) -> None:
    load_questions(at=NOW, topics=library(source()))
    question = Question.objects.get()
    save_version(question, dataclasses.replace(question.current.wording, stem="不要的稿"), by=county.trainer, at=NOW)
    take("drop", [question], by=county.trainer, at=NOW)
    assert load_questions(at=NOW, topics=library(source(stem="书上改了"))).updated == ["technical-01/q01"]
    assert (Question.objects.get().current.number, Question.objects.get().current.stem) == (3, "书上改了")


def test_questions_without_a_topic_page_wait(topic) -> None:
    done = load_questions(at=NOW, topics=library(source(), key="technical-09"))
    assert (done.homeless, Question.objects.count()) == (["technical-09/q01"], 0)


def test_loading_takes_the_same_statements_for_any_number(topic) -> None:
    counts = []
    for n in (3, 30):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            load_questions(at=NOW, topics=library(*(source(id=f"r{n}-{i}") for i in range(n))))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_shipped_library_loads_without_a_fault(db) -> None:
    from content.library.sources import read_library
    from exams.bank.library import wording_of
    from exams.bank.wording import faults

    wrong = [(topic.key, q.id, faults(wording_of(q))) for topic in read_library() for q in topic.exam_questions if faults(wording_of(q))]
    assert wrong == []
