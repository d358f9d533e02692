"""From draft to use, in the database: who decides, what papers draw meanwhile, what is undone exactly, and two reviewers at once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from content.models import TopicPage
from exams.bank.actions import create_question, restore_version, save_version
from exams.bank.ledger import QuestionTag, VersionStep
from exams.bank.models import Question
from exams.bank.standing import cases, drafted, for_review_by, state_of, with_steps
from exams.bank.steps import NoteMissing, change_pool, note_look, tag, take, untag
from exams.bank.workflow import UNDO
from lms.audit.models import AuditRow
from lms.people.states import Role
from tests.conftest import NOW
from tests.factories.bank import make_curriculum, make_question, make_wording
from tests.factories.people import PersonFactory, UnitFactory


@pytest.fixture
def topic(county):
    return make_curriculum().topics["technical-01"]


@pytest.fixture
def draft(county, topic):
    return create_question(topic, make_wording(), by=county.trainer, at=NOW)


def state(question: Question) -> str:
    return state_of(with_steps(Question.objects.listed()).get(pk=question.pk))


def walk(question: Question, *steps: tuple[str, object]) -> None:
    for step, person in steps:
        outcome = take(step, [question], by=person, at=NOW, note="请补充出处。" if step == "return" else "")
        assert outcome.done == [question.pk], (step, outcome.skipped)


def test_a_new_question_is_drawn_once_another_person_approved_it_and_it_was_put_live(county, draft) -> None:
    assert (state(draft), list(Question.objects.live())) == ("draft", [])
    walk(draft, ("submit", county.trainer))
    assert take("approve", [draft], by=county.trainer, at=NOW).skipped == {"own_work": 1}
    walk(draft, ("approve", county.centre))
    assert (state(draft), list(Question.objects.live())) == ("reviewed", [])
    walk(draft, ("publish", county.trainer))
    draft.refresh_from_db()
    assert (state(draft), draft.draft, draft.current.number) == ("live", None, 1)
    assert list(Question.objects.drawable("sealed")) == [draft]
    assert list(Question.objects.drawable("practice")) == []


def test_a_live_question_is_drawn_as_it_was_while_its_draft_is_reviewed(county, topic) -> None:
    question = make_question(topic)
    old = question.current
    new = save_version(question, make_wording(stem="改过的题干"), by=county.trainer, at=NOW)
    for step, person in (("submit", county.trainer), ("approve", county.centre)):
        assert [q.current for q in Question.objects.live()] == [old]
        walk(question, (step, person))
    assert [q.current for q in Question.objects.live()] == [old]
    walk(question, ("publish", county.centre))
    assert [q.current for q in Question.objects.live()] == [new]


def test_a_new_version_needs_an_approval_of_its_own(county, draft) -> None:
    walk(draft, ("submit", county.trainer), ("approve", county.centre))
    save_version(draft, make_wording(stem="又改了"), by=county.trainer, at=NOW)
    assert state(draft) == "draft"
    assert take("publish", [draft], by=county.trainer, at=NOW).skipped == {"not_reviewed": 1}


def test_whoever_had_a_hand_in_the_draft_is_no_reviewer(county, draft) -> None:
    save_version(draft, make_wording(stem="改了一个字"), by=county.centre, at=NOW)
    walk(draft, ("submit", county.trainer))
    assert [take("approve", [draft], by=person, at=NOW).skipped for person in (county.trainer, county.centre)] == [{"own_work": 1}] * 2
    third = PersonFactory(home_unit=county.finance, role=Role.TRAINER)
    assert [q.pk for q in for_review_by(Question.objects.all(), third)] == [draft.pk]
    assert not for_review_by(Question.objects.all(), county.centre).exists()


def test_the_author_of_an_older_wording_in_use_may_review(county, draft) -> None:
    walk(draft, ("submit", county.trainer), ("approve", county.centre), ("publish", county.centre))
    save_version(draft, make_wording(stem="同事改的"), by=county.centre, at=NOW)
    walk(draft, ("submit", county.centre), ("approve", county.trainer))


def test_a_return_needs_a_note_and_keeps_it(county, draft) -> None:
    walk(draft, ("submit", county.trainer))
    with pytest.raises(NoteMissing):
        take("return", [draft], by=county.centre, at=NOW, note="  ")
    assert take("return", [draft], by=county.centre, at=NOW, note=" 选项 B 也对。 ").done == [draft.pk]
    assert list(VersionStep.objects.values_list("number", "step", "note")) == [(1, "submit", ""), (2, "return", "选项 B 也对。")]
    assert state(draft) == "draft"


def test_a_verdict_on_a_wording_that_changed_meanwhile_is_passed_over(county, draft) -> None:
    walk(draft, ("submit", county.trainer))
    before = draft.draft_id
    save_version(draft, make_wording(stem="作者又改"), by=county.trainer, at=NOW)
    walk(draft, ("submit", county.trainer))
    assert take("approve", [draft], by=county.centre, at=NOW, version=before).skipped == {"changed": 1}


@pytest.mark.parametrize("step", ["approve", "return"])
def test_the_database_refuses_the_author_as_reviewer(county, draft, step: str) -> None:
    row = {"version": draft.draft, "number": 1, "step": step, "note": "好", "author": county.trainer, "at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        VersionStep.objects.create(by=county.trainer, **row)
    VersionStep.objects.create(by=county.centre, **row)


@pytest.mark.parametrize(
    ("way", "step"),
    [
        ((), "submit"), (("submit",), "withdraw"), (("submit",), "approve"), (("submit", "approve"), "take_back"), (("submit", "approve"), "publish"),
        (("submit", "approve", "publish"), "recall"), ((), "retire"), (("retire",), "restore"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("was_live", [False, True])
def test_undo_leaves_a_question_as_it_was(county, topic, draft, way: tuple[str, ...], step: str, was_live: bool) -> None:
    question = draft
    if was_live:
        question = make_question(topic)
        save_version(question, make_wording(stem="改过的题干"), by=county.trainer, at=NOW)
    person = {"approve": county.centre, "take_back": county.centre}
    walk(question, *((taken, person.get(taken, county.trainer)) for taken in way))
    columns = ("current", "draft", "retired_at", "pool")
    before = (Question.objects.filter(pk=question.pk).values(*columns).get(), state(question))
    walk(question, (step, person.get(step, county.trainer)), (UNDO[step], person.get(UNDO[step], county.trainer)))
    assert (Question.objects.filter(pk=question.pk).values(*columns).get(), state(question)) == before


def test_a_recall_of_what_brought_a_retired_question_back_retires_it_again(county, topic) -> None:
    question = make_question(topic)
    take("retire", [question], by=county.trainer, at=NOW)
    save_version(question, make_wording(stem="改过的题干"), by=county.trainer, at=NOW)
    walk(question, ("submit", county.trainer), ("approve", county.centre), ("publish", county.trainer))
    assert Question.objects.live().get().current.number == 2
    walk(question, ("recall", county.trainer))
    question.refresh_from_db()
    assert (question.retired_at, question.current.number, question.draft.number, state(question)) == (NOW, 1, 2, "retired")


def test_a_dropped_draft_keeps_its_number_and_can_be_taken_up_again(county, topic) -> None:
    question = make_question(topic)
    dropped = save_version(question, make_wording(stem="不要的稿"), by=county.trainer, at=NOW)
    walk(question, ("drop", county.centre))
    question.refresh_from_db()
    assert (question.draft, state(question)) == (None, "live")
    again = restore_version(dropped, by=county.centre, at=NOW, edited=1)
    assert (again.number, again.stem, again.made_by) == (3, "不要的稿", county.centre)


def test_a_step_over_many_does_what_it_may_and_says_why_not(county, topic) -> None:
    mine = create_question(topic, make_wording(stem="我写的题"), by=county.centre, at=NOW)
    theirs = create_question(topic, make_wording(stem="别人写的题"), by=county.trainer, at=NOW)
    live, idle = make_question(topic), create_question(topic, make_wording(stem="没送审的题"), by=county.trainer, at=NOW)
    take("submit", [mine, theirs], by=county.trainer, at=NOW)
    outcome = take("approve", [mine, theirs, live, idle], by=county.centre, at=NOW)
    assert outcome.done == [theirs.pk]
    assert outcome.skipped == {"own_work": 1, "no_draft": 1, "not_waiting": 1}
    row = AuditRow.objects.get(verb="question:approve")
    assert (row.subject, row.actor, row.detail["questions"]) == (f"question:{theirs.pk}", county.centre, [theirs.key])


def test_a_step_that_changes_nothing_leaves_no_line(county, topic) -> None:
    before = AuditRow.objects.count()
    take("approve", [make_question(topic)], by=county.centre, at=NOW)
    assert (AuditRow.objects.count(), VersionStep.objects.count()) == (before, 0)


@pytest.mark.parametrize("step", ["submit", "approve", "retire"])
def test_a_step_takes_the_same_statements_for_any_number(county, topic, step: str) -> None:
    counts = []
    for many in (2, 9):
        questions = [create_question(topic, make_wording(stem=f"第{many}-{n}题"), by=county.trainer, at=NOW) for n in range(many)]
        if step == "approve":
            take("submit", questions, by=county.trainer, at=NOW)
        with CaptureQueriesContext(connection) as queries:
            assert len(take(step, questions, by=county.centre, at=NOW).done) == many
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_drafts_are_found_by_state(county, topic) -> None:
    made = {}
    for name, way in {"draft": (), "returned": ("submit", "return"), "waiting": ("submit",), "reviewed": ("submit", "approve")}.items():
        made[name] = create_question(topic, make_wording(stem=f"{name}的题"), by=county.trainer, at=NOW)
        walk(made[name], *((step, county.trainer if step == "submit" else county.centre) for step in way))
    make_question(topic)
    found = {name: {q.pk for q in drafted(Question.objects.all(), name)} for name in ("draft", "waiting", "reviewed")}
    assert found == {"draft": {made["draft"].pk, made["returned"].pk}, "waiting": {made["waiting"].pk}, "reviewed": {made["reviewed"].pk}}


def test_tags_are_put_on_and_taken_off_in_bulk(county, topic) -> None:
    one, other = make_question(topic, n=1), make_question(topic, n=2)
    assert tag([one], ["重点"], by=county.trainer, at=NOW).done == [one.pk]
    outcome = tag([one, other], ["重点"], by=county.trainer, at=NOW)
    assert (outcome.done, outcome.skipped) == ([other.pk], {"tagged_already": 1})
    assert set(Question.objects.tagged("重点")) == {one, other}
    outcome = untag([one, other], ["重点", "没有的"], by=county.trainer, at=NOW)
    assert (outcome.done, QuestionTag.objects.count()) == ([one.pk, other.pk], 0)
    assert untag([one], ["重点"], by=county.trainer, at=NOW).skipped == {"not_tagged": 1}


def test_pools_are_apart_and_changed_in_bulk(county, topic) -> None:
    one, other = make_question(topic, n=1), make_question(topic, n=2)
    assert change_pool([one], "practice", by=county.trainer, at=NOW).done == [one.pk]
    assert (list(Question.objects.drawable("sealed")), list(Question.objects.drawable("practice"))) == ([other], [one])
    outcome = change_pool([one, other], "practice", by=county.trainer, at=NOW)
    assert (outcome.done, outcome.skipped) == ([other.pk], {"in_that_pool": 1})
    with pytest.raises(ValueError, match="drawer"):
        change_pool([one], "drawer", by=county.trainer, at=NOW)


def test_a_look_at_a_sealed_question_is_noted_once_for_each_person_and_day(county, topic) -> None:
    sealed, free = make_question(topic, n=1), make_question(topic, n=2)
    change_pool([free], "practice", by=county.trainer, at=NOW)
    free.refresh_from_db()
    today, tomorrow = NOW.replace(hour=0), NOW.replace(hour=0) + timedelta(days=1)
    looks = [
        note_look(sealed, by=county.trainer, at=NOW, since=today), note_look(sealed, by=county.trainer, at=NOW, since=today),
        note_look(sealed, by=county.centre, at=NOW, since=today), note_look(free, by=county.trainer, at=NOW, since=today),
        note_look(sealed, by=county.trainer, at=tomorrow, since=tomorrow),
    ]  # fmt: skip
    assert looks == [True, False, True, False, True]
    assert AuditRow.objects.filter(verb="question:see", subject=f"question:{sealed.pk}").count() == 3


class Way(RuleBasedStateMachine):
    """Two questions and three people who try every step in any order; after each, what papers draw was approved by someone without a hand in it."""

    def __init__(self, topic: TopicPage) -> None:
        super().__init__()
        self.world = transaction.atomic()
        self.world.__enter__()
        unit = UnitFactory()
        self.people = [PersonFactory(home_unit=unit) for _ in range(3)]
        self.questions = [create_question(topic, make_wording(), by=self.people[0], at=NOW), make_question(topic)]
        self.written = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.world.__exit__(None, None, None)

    @rule(which=st.integers(0, 1), who=st.integers(0, 2))
    def write(self, which: int, who: int) -> None:
        self.written += 1
        save_version(self.questions[which], make_wording(stem=f"第{self.written}稿"), by=self.people[who], at=NOW)

    @rule(
        step=st.sampled_from(["submit", "submit", "approve", "approve", "publish", "publish", *sorted(UNDO), "return", "drop"]), who=st.integers(0, 2)
    )
    def step(self, step: str, who: int) -> None:
        before = cases(q.pk for q in self.questions)
        outcome = take(step, self.questions, by=self.people[who], at=NOW, note="请改")
        assert len(outcome.done) + outcome.skipped.total() == len(before)

    @invariant()
    def what_is_drawn_was_approved(self) -> None:
        for question in Question.objects.select_related("current", "draft").filter(pk__in=[q.pk for q in self.questions]):
            assert question.current_id != question.draft_id or question.current_id is None
            if question.current is None or question.current.made_by_id is None:
                continue  # never live, or the factory's own version
            last = {row.step: row for row in question.current.steps.order_by("number")}
            assert last["publish"].number == max(row.number for row in last.values())
            assert last["approve"].number > last["submit"].number
            replaced = last["publish"].replaced
            since = question.versions.filter(number__lte=question.current.number, number__gt=replaced.number if replaced else 0)
            assert last["approve"].by_id not in set(since.values_list("made_by", flat=True))


def test_no_order_of_steps_brings_an_unapproved_wording_into_use(topic) -> None:
    few = settings(max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    run_state_machine_as_test(lambda: Way(topic), settings=few)


if connection.vendor == "postgresql":  # SQLite lets one writer in at a time

    @pytest.mark.real_database
    @pytest.mark.django_db(transaction=True)
    def test_of_two_reviewers_at_once_one_decides(policies) -> None:
        unit = UnitFactory()
        author, *reviewers = (PersonFactory(home_unit=unit) for _ in range(3))
        question = create_question(make_curriculum().topics["technical-01"], make_wording(), by=author, at=NOW)
        take("submit", [question], by=author, at=NOW)
        barrier, outcomes = Barrier(2), []

        def decide(step: str, person: object) -> None:
            try:
                barrier.wait(10)
                outcomes.append(take(step, [question], by=person, at=NOW, note="请改"))
            finally:
                connection.close()

        threads = [Thread(target=decide, args=pair) for pair in zip(("approve", "return"), reviewers, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(len(outcome.done) for outcome in outcomes) == [0, 1]
        assert [dict(outcome.skipped) for outcome in outcomes if not outcome.done] == [{"not_waiting": 1}]
        assert VersionStep.objects.filter(step__in=["approve", "return"]).count() == 1
