"""Pauses, outages and time for many: a clock that stood still has lost nobody a second."""

from datetime import timedelta

import pytest

from exams.attempts import actions
from exams.attempts.answers import BadAnswers
from exams.attempts.closing import TooLate, close_overdue, free_seat
from exams.attempts.models import AnswerRecord, Attempt, HandIn
from exams.attempts.pausing import closed_during, credit_outage, grant_many, pause, resume
from exams.attempts.reading import answers_of, due, ended, left, ran_out
from exams.attempts.watched import Outage, Pause, TimeGrant
from exams.papers.drawing import Paper
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from tests.factories.exams import admit

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def start(exam, person=None, at=None) -> Attempt:
    person = person or exam.learner
    candidate = exam.sitting.candidates.filter(person=person).first() or admit(exam.sitting, person)[0]
    return actions.start(candidate, key=f"start-{candidate.pk:05d}", by=person, at=at or exam.at)


def fresh(attempt) -> Attempt:
    return Attempt.objects.with_state().get(pk=attempt.pk)


def item(attempt, n=1, which=0) -> dict[str, object]:
    return {"n": n, "v": [Paper.from_json(attempt.paper).slots[n].options[which]], "f": 0}


def save(exam, attempt, at, seq=1, which=0, n=1):
    return actions.save(attempt.pk, epoch=1, seq=seq, items=[item(attempt, n, which)], by=exam.learner, at=at)


def stop(exam, *attempts, at, key="alarm") -> list[Pause]:
    return pause([a.pk for a in attempts], reason="火警", key=key, by=exam.county.invigilator, at=at)


def go_on(exam, *attempts, at) -> list[TimeGrant]:
    return resume([a.pk for a in attempts], by=exam.county.invigilator, at=at)


def test_a_paused_clock_stands_and_the_pause_is_given_back_to_the_second(exam) -> None:
    attempt = start(exam)
    stop(exam, attempt, at=exam.at + 10 * MINUTE)
    for later in (10, 30, 200):
        assert left(fresh(attempt), exam.at + later * MINUTE) == 50 * 60
    assert close_overdue(at=exam.at + 200 * MINUTE) == 0
    (grant,) = go_on(exam, attempt, at=exam.at + 22 * MINUTE + 7 * SECOND)
    assert (grant.minutes, grant.seconds, grant.reason) == (0, 12 * 60 + 7, "火警")
    assert due(fresh(attempt)) == attempt.deadline + 12 * MINUTE + 7 * SECOND
    assert left(fresh(attempt), exam.at + 22 * MINUTE + 7 * SECOND) == 50 * 60
    assert [row.verb for row in AuditRow.objects.order_by("number")][-2:] == [Verb.ATTEMPT_PAUSED, Verb.ATTEMPT_RESUMED]


def test_pausing_and_resuming_twice_is_once(exam) -> None:
    attempt = start(exam)
    for key in ("alarm", "alarm", "another"):
        stop(exam, attempt, at=exam.at + MINUTE, key=key)
    assert Pause.objects.count() == 1
    assert len(go_on(exam, attempt, at=exam.at + 2 * MINUTE)) == 1
    assert go_on(exam, attempt, at=exam.at + 3 * MINUTE) == []
    stop(exam, attempt, at=exam.at + 4 * MINUTE, key="second alarm")
    go_on(exam, attempt, at=exam.at + 5 * MINUTE)
    assert due(fresh(attempt)) == attempt.deadline + 2 * MINUTE


def test_a_room_is_paused_with_one_click_and_what_has_ended_stays_ended(exam) -> None:
    one, two, done = start(exam), start(exam, exam.county.stranger), start(exam, exam.county.hr)
    actions.hand_in(done.pk, by=exam.county.hr, at=exam.at)
    assert len(stop(exam, one, two, done, at=exam.at + MINUTE)) == 2
    assert AuditRow.objects.filter(verb=Verb.ATTEMPT_PAUSED).count() == 1
    assert sorted(grant.attempt_id for grant in go_on(exam, one, two, done, at=exam.at + 2 * MINUTE)) == [one.pk, two.pk]
    assert ended(fresh(done))


def test_a_pause_needs_a_reason(exam) -> None:
    with pytest.raises(ValueError):
        pause([start(exam).pk], reason=" ", key="k", by=exam.county.invigilator, at=exam.at)


def test_a_save_on_its_way_counts_and_a_later_one_counts_once_the_clock_goes_on(exam) -> None:
    attempt = start(exam)
    stop(exam, attempt, at=exam.at + MINUTE)
    assert save(exam, attempt, exam.at + MINUTE + 5 * SECOND).held is False
    held = save(exam, attempt, exam.at + 2 * MINUTE, seq=2, which=1)
    assert (held.held, held.paused, held.closed) == (True, True, False)
    assert answers_of([attempt])[attempt.pk][1].values == tuple(item(attempt)["v"])
    go_on(exam, attempt, at=exam.at + 3 * MINUTE)
    for _again in range(2):
        assert save(exam, attempt, exam.at + 4 * MINUTE, seq=2, which=1).held is False
    assert answers_of([attempt])[attempt.pk][1].values == tuple(item(attempt, which=1)["v"])
    assert list(AnswerRecord.objects.order_by("pk").values_list("seq", "late")) == [(1, False), (2, True), (3, False)]
    assert not attempt.answers.evidence().exists()  # what came again is nobody's question any more


def test_a_hand_in_during_a_pause_takes_nothing_along(exam) -> None:
    attempt = start(exam)
    stop(exam, attempt, at=exam.at + MINUTE)
    with pytest.raises(BadAnswers):
        actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 2 * MINUTE, epoch=1, seq=1, items=[item(attempt)])
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 2 * MINUTE)
    assert go_on(exam, attempt, at=exam.at + 3 * MINUTE) == []
    assert Pause.objects.filter(resumed_at=None).count() == 0


@pytest.mark.fault(30, by="minutes for many, the click sent again")
def test_minutes_for_many_are_one_grant_each_and_one_click_once(exam) -> None:
    one, two = start(exam), start(exam, exam.county.stranger)
    done = start(exam, exam.county.hr)
    actions.hand_in(done.pk, by=exam.county.hr, at=exam.at)
    click = {"minutes": 10, "reason": "机房断电", "by": exam.county.invigilator, "at": exam.at}
    for key in ("a", "a", "b"):
        grant_many([one.pk, two.pk, done.pk], key=key, **click)
    assert TimeGrant.objects.count() == 4
    assert [due(fresh(a)) - a.deadline for a in (one, two, done)] == [20 * MINUTE, 20 * MINUTE, timedelta(0)]
    with pytest.raises(TooLate):
        grant_many([done.pk], key="c", **click)
    with pytest.raises(ValueError):
        grant_many([one.pk], key="d", **(click | {"minutes": 241}))


@pytest.mark.fault(10, by="an outage of ten minutes is given back to a sitting, and the click sent again")
def test_an_outage_gives_everybody_the_same_by_one_decision(exam) -> None:
    one, two = start(exam), start(exam, exam.county.stranger, at=exam.at + 5 * MINUTE)
    after = start(exam, exam.county.hr, at=exam.at + 20 * MINUTE)
    for _click in range(2):
        credit_outage(
            exam.sitting, began=exam.at + 4 * MINUTE, ended_at=exam.at + 14 * MINUTE, attempts=[one.pk, two.pk, after.pk], reason="服务器停机",
            key="outage", by=exam.county.invigilator, at=exam.at + 21 * MINUTE,
        )  # fmt: skip
    assert Outage.objects.count() == AuditRow.objects.filter(verb=Verb.OUTAGE_CREDITED).count() == 1
    assert [due(fresh(a)) - a.deadline for a in (one, two, after)] == [10 * MINUTE, 10 * MINUTE, timedelta(0)]


@pytest.mark.parametrize(("began", "until", "reason"), [(10, 5, "x"), (5, 10, " "), (5, 600, "x")])
@pytest.mark.fault(10, by="an outage that is not over, is empty, or has no reason")
def test_an_outage_lies_behind_and_has_a_reason(exam, began, until, reason) -> None:
    with pytest.raises(ValueError):
        credit_outage(
            exam.sitting, began=exam.at + began * MINUTE, ended_at=exam.at + until * MINUTE, attempts=[], reason=reason, key="k",
            by=exam.county.invigilator, at=exam.at + 30 * MINUTE,
        )  # fmt: skip


def test_what_was_closed_during_an_outage_is_named(exam) -> None:
    attempt, early = start(exam), start(exam, exam.county.hr)
    actions.hand_in(early.pk, by=exam.county.hr, at=exam.at + 58 * MINUTE)
    close_overdue(at=exam.at + 70 * MINUTE)
    assert closed_during(exam.sitting, exam.at + 55 * MINUTE, exam.at + 65 * MINUTE) == [attempt.pk]
    assert closed_during(exam.sitting, exam.at + 61 * MINUTE, exam.at + 65 * MINUTE) == []


@pytest.mark.fault(20, 15, by="the invigilator frees a seat, twice")
def test_a_freed_seat_raises_the_epoch_once_a_click(exam) -> None:
    attempt = start(exam)
    by = exam.county.invigilator
    assert [free_seat(attempt.pk, key=key, by=by, at=exam.at) for key in ("a", "a", "b")] == [2, 2, 3]
    assert save(exam, attempt, exam.at + MINUTE).moved is True
    assert AuditRow.objects.filter(verb=Verb.SEAT_FREED).count() == 2
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + MINUTE)
    with pytest.raises(TooLate):
        free_seat(attempt.pk, key="c", by=by, at=exam.at + MINUTE)


def test_old_minutes_count_as_they_did(exam) -> None:
    attempt = start(exam)
    TimeGrant.objects.create(attempt=attempt, minutes=7, reason="断电", key="old", by=exam.county.invigilator, at=exam.at)
    TimeGrant.objects.create(attempt=attempt, seconds=11, reason="断电", key="new", by=exam.county.invigilator, at=exam.at)
    assert due(Attempt.objects.get(pk=attempt.pk)) == due(fresh(attempt)) == attempt.deadline + 7 * MINUTE + 11 * SECOND
    assert ran_out(fresh(attempt), attempt.deadline + 7 * MINUTE + 16 * SECOND) is False
    assert HandIn.objects.count() == 0
