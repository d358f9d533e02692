"""Sittings: frozen terms, the pass mark of the day, candidates and what they are told."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exams.sittings.actions import Refused, add_candidates, cancel_sitting, change_sitting, create_sitting, remove_candidate
from exams.sittings.models import Candidate, Sitting
from exams.sittings.states import State, state_at
from lms.audit.models import AuditRow
from lms.notices.models import Notice
from lms.policy.models import Policy
from tests.conftest import NOW
from tests.factories.people import PersonFactory
from tests.factories.sittings import make_attempt, make_blueprint, make_candidate, make_sitting, make_stock

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def sitting(county):
    make_stock()
    return make_sitting(county.root)


def unsaved(county, **changes) -> Sitting:
    words = {"title": "考试", "unit": county.root, "opens_at": NOW + timedelta(days=1), "closes_at": NOW + timedelta(days=2), "duration": 60}
    return Sitting(**words | changes)


@pytest.mark.parametrize(
    ("hours", "cancelled", "released", "marked", "state"),
    [
        (-1, False, False, False, State.PLANNED), (0, False, False, False, State.OPEN), (1, False, True, True, State.OPEN),
        (2, False, False, False, State.CLOSED), (2, False, False, True, State.MARKED), (9, False, True, True, State.RELEASED),
        (-1, True, False, False, State.CANCELLED), (9, True, True, True, State.CANCELLED),
    ],
)  # fmt: skip
def test_state_at_a_moment(hours, cancelled, released, marked, state) -> None:
    window = {"opens_at": NOW, "closes_at": NOW + timedelta(hours=2)}
    assert state_at(NOW + timedelta(hours=hours), **window, cancelled=cancelled, released=released, marked=marked) == state


def test_creating_freezes_the_pass_mark_of_the_day_with_its_policy(county) -> None:
    make_stock()
    sitting = create_sitting(unsaved(county, blueprint=make_blueprint()), by=county.trainer, at=NOW)
    policy = Policy.objects.get(key="exam.pass_mark")
    assert (sitting.pass_percent, sitting.pass_policy) == (Decimal("60.00"), policy)
    assert AuditRow.objects.filter(verb="sitting:change").count() == 1


def test_creating_is_refused_with_the_exact_shortage(county) -> None:
    make_stock()
    with pytest.raises(Refused) as refusal:
        create_sitting(unsaved(county, blueprint=make_blueprint({"count": 5})), by=county.trainer, at=NOW)
    assert "第 1 行缺 2 题" in " ".join(refusal.value.messages)
    assert Sitting.objects.count() == 0


def test_a_changed_time_is_told_to_every_candidate(county, sitting) -> None:
    make_candidate(sitting, county.learner)
    sitting.place = "信息中心"
    change_sitting(sitting, by=county.trainer, at=NOW)
    assert "信息中心" in Notice.objects.get(person=county.learner).body
    sitting.title = "换个名字"
    change_sitting(sitting, by=county.trainer, at=LATER)
    assert Notice.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value"), [("duration", 90), ("title", "换题目"), ("closes_at", NOW + timedelta(days=1, hours=2)), ("knowledge_percent", 40)]
)
def test_once_someone_has_begun_terms_are_a_promise(county, sitting, name, value) -> None:
    make_attempt(make_candidate(sitting, county.learner))
    setattr(sitting, name, value)
    with pytest.raises(Refused):
        change_sitting(sitting, by=county.trainer, at=NOW)


def test_once_someone_has_begun_it_may_still_close_later(county, sitting) -> None:
    make_attempt(make_candidate(sitting, county.learner))
    sitting.closes_at += timedelta(hours=1)
    change_sitting(sitting, by=county.trainer, at=NOW)
    assert Sitting.objects.get().closes_at == NOW + timedelta(days=1, hours=4)


def test_candidates_are_numbered_by_unit_and_staff_number_and_told_once(county, sitting) -> None:
    made = add_candidates(sitting, [county.stranger, county.learner], by=county.trainer, at=NOW)
    assert [(c.number, c.person) for c in made] == [("20261124-0001", county.learner), ("20261124-0002", county.stranger)]
    assert add_candidates(sitting, [county.learner], by=county.trainer, at=LATER) == []
    assert Notice.objects.filter(key=f"sitting:{sitting.pk}:admitted").count() == 2
    assert AuditRow.objects.filter(verb="candidate:add").count() == 1


def test_numbers_of_one_day_are_unique_over_sittings(county, sitting) -> None:
    other = make_sitting(county.root, title="另一场")
    add_candidates(sitting, [county.learner], by=county.trainer, at=NOW)
    assert add_candidates(other, [county.learner], by=county.trainer, at=NOW)[0].number == "20261124-0002"


def test_notices_are_in_the_reader_s_language(county, sitting) -> None:
    reader = PersonFactory(language="en")
    add_candidates(sitting, [reader, county.learner], by=county.trainer, at=NOW)
    assert Notice.objects.get(person=reader).title.startswith("You are admitted")
    assert Notice.objects.get(person=county.learner).title.startswith("您已列入考试")


def test_nobody_joins_a_sitting_that_is_over_or_cancelled(county, sitting) -> None:
    with pytest.raises(Refused):
        add_candidates(sitting, [county.learner], by=county.trainer, at=sitting.closes_at)
    cancel_sitting(sitting, reason="停电", by=county.trainer, at=NOW)
    with pytest.raises(Refused):
        add_candidates(sitting, [county.learner], by=county.trainer, at=NOW)


def test_a_candidate_is_removed_until_they_begin(county, sitting) -> None:
    candidate = make_candidate(sitting, county.learner)
    remove_candidate(candidate, by=county.trainer, at=NOW)
    assert Candidate.objects.count() == 0
    assert AuditRow.objects.filter(verb="candidate:remove").count() == 1
    begun = make_candidate(sitting, county.learner)
    make_attempt(begun)
    with pytest.raises(Refused):
        remove_candidate(begun, by=county.trainer, at=NOW)


def test_removed_and_admitted_again_is_told_again(county, sitting) -> None:
    add_candidates(sitting, [county.learner], by=county.trainer, at=NOW)
    remove_candidate(sitting.candidates.get(), by=county.trainer, at=NOW)
    add_candidates(sitting, [county.learner], by=county.trainer, at=LATER)
    assert Notice.objects.filter(key=f"sitting:{sitting.pk}:admitted").count() == 1


def test_cancelling_needs_a_reason_is_told_and_happens_once(county, sitting) -> None:
    make_candidate(sitting, county.learner)
    with pytest.raises(Refused):
        cancel_sitting(sitting, reason=" ", by=county.trainer, at=NOW)
    cancel_sitting(sitting, reason="停电", by=county.trainer, at=NOW)
    cancel_sitting(sitting, reason="再次", by=county.trainer, at=LATER)
    assert (Sitting.objects.get().cancel_reason, Sitting.objects.get().cancelled_at) == ("停电", NOW)
    assert "停电" in Notice.objects.get().body
    sitting.refresh_from_db()
    with pytest.raises(Refused):
        change_sitting(sitting, by=county.trainer, at=NOW)


def test_a_sitting_with_released_results_is_not_cancelled(county, sitting) -> None:
    run = sitting.grade_runs.create(number=1, made_at=NOW)
    sitting.releases.create(run=run, at=NOW)
    with pytest.raises(Refused):
        cancel_sitting(sitting, reason="停电", by=county.trainer, at=NOW)


def test_rows_and_states_agree(county, sitting) -> None:
    sittings = [
        make_sitting(county.root, opens_at=NOW, closes_at=NOW + timedelta(hours=2)),
        make_sitting(county.root, opens_at=NOW - timedelta(hours=3), closes_at=NOW),
        make_sitting(county.root, opens_at=NOW - timedelta(hours=3), closes_at=NOW),
        make_sitting(county.root, cancelled_at=NOW, cancel_reason="停电"),
    ]
    run = sittings[2].grade_runs.create(number=1, made_at=NOW)
    sittings[2].releases.create(run=run, at=NOW)
    make_attempt(make_candidate(sittings[1], county.learner))
    for row in Sitting.objects.described():
        found = [state for state in State if Sitting.objects.described().in_state(state, NOW).filter(pk=row.pk).exists()]
        assert found == [row.state(NOW)]
    assert {row.state(NOW) for row in Sitting.objects.described()} == {State.PLANNED, State.OPEN, State.CLOSED, State.RELEASED, State.CANCELLED}
