"""Start, save, take over, hand in, close, grant: once each, however often they are sent."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from exams.attempts import actions
from exams.attempts.answers import Answer, BadAnswers, answers_digest
from exams.attempts.closing import TooLate, close_by_invigilator, close_overdue, grant_time, note_incident
from exams.attempts.models import AnswerRecord, Attempt, AttemptDevice, HandIn
from exams.attempts.reading import answers_of, due
from exams.attempts.watched import TimeGrant
from exams.papers.drawing import NotEnoughQuestions, Paper
from exams.signals import attempt_submitted
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from tests.factories.exams import admit, make_blueprint, make_sitting, right_items

MINUTE = timedelta(minutes=1)


def start(exam, at=None, key="start-key-1") -> Attempt:
    return actions.start(exam.candidate, key=key, by=exam.learner, at=at or exam.at)


def item(attempt: Attempt, n: int = 1, which: int = 0, flag: int = 0) -> dict[str, object]:
    return {"n": n, "v": [Paper.from_json(attempt.paper).slots[n].options[which]], "f": flag}


def save(exam, attempt, seq=1, which=0, at=None, epoch=1, n=1, **more):
    return actions.save(attempt.pk, epoch=epoch, seq=seq, items=[item(attempt, n, which)], by=exam.learner, at=at or exam.at + MINUTE, **more)


def standing(attempt) -> dict[int, Answer]:
    return answers_of([attempt])[attempt.pk]


def test_start_freezes_a_paper_and_sets_the_deadline(exam) -> None:
    attempt = start(exam)
    paper = Paper.from_json(Attempt.objects.get(pk=attempt.pk).paper)
    assert len(paper.slots) == 10
    assert paper.digest() == attempt.paper_digest
    assert attempt.deadline == exam.at + 60 * MINUTE
    assert [row.verb for row in AuditRow.objects.filter(subject=f"attempt:{attempt.pk}")] == [Verb.ATTEMPT_STARTED]


def test_start_late_in_the_window_leaves_what_the_window_has(exam) -> None:
    assert start(exam, at=exam.sitting.closes_at - 7 * MINUTE).deadline == exam.sitting.closes_at


def test_start_sent_twice_is_one_attempt(exam) -> None:
    assert start(exam) == start(exam, at=exam.at + MINUTE)
    assert start(exam, key="another-key").pk == Attempt.objects.get().pk  # one is open: it is continued
    assert AttemptDevice.objects.count() == 1


@pytest.mark.parametrize(
    ("offset", "allowed"),
    [
        (timedelta(milliseconds=-1), False),
        (timedelta(0), True),
        (3 * 60 * MINUTE - timedelta(milliseconds=1), True),
        (3 * 60 * MINUTE, False),
    ],
)
@pytest.mark.fault(37, by="starts around the opening and the closing instant")
def test_start_at_the_edges_of_the_window(exam, offset, allowed) -> None:
    at = exam.sitting.opens_at + offset
    if allowed:
        assert start(exam, at=at).started_at == at
    else:
        with pytest.raises(actions.MayNotStart) as refusal:
            start(exam, at=at)
        assert len(refusal.value.reasons) == 1


def test_start_is_refused_after_the_last_attempt_and_in_a_cancelled_sitting(exam) -> None:
    attempt = start(exam)
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + MINUTE)
    with pytest.raises(actions.MayNotStart):
        start(exam, key="second-key")
    exam.sitting.attempts_allowed = 2
    exam.sitting.save()
    exam.candidate.refresh_from_db()
    assert start(exam, key="second-key").number == 2
    exam.sitting.cancelled_at = exam.at
    exam.sitting.save()
    exam.candidate.refresh_from_db()
    with pytest.raises(actions.MayNotStart):
        start(exam, key="third-key")


def test_start_with_a_short_bank_begins_nothing(exam) -> None:
    exam.sitting.blueprint = make_blueprint(times=5)
    exam.sitting.save()
    exam.candidate.refresh_from_db()
    with pytest.raises(NotEnoughQuestions):
        start(exam)
    assert Attempt.objects.count() == 0


@pytest.mark.fault(38, by="papers of different length")
def test_start_costs_the_same_for_any_length_of_paper(exam) -> None:
    counts = []
    for count in (1, 5):
        sitting = make_sitting(exam.county.root, exam.at)
        sitting.blueprint.rows.update(count=count)
        candidate = admit(sitting, exam.learner)[0]
        with CaptureQueriesContext(connection) as queries:
            attempt = actions.start(candidate, key="start-key-1", by=exam.learner, at=exam.at)
        counts.append((len(Paper.from_json(attempt.paper).slots), len(queries)))
    (short, cold), (long, warm) = counts
    assert (short, long) == (4, 20)
    assert warm <= cold


def test_save_takes_three_statements_for_any_size(exam) -> None:
    attempt = start(exam)
    for seq, items in enumerate(([item(attempt)], right_items(attempt)), 1):
        with CaptureQueriesContext(connection) as queries:
            actions.save(attempt.pk, epoch=1, seq=seq, items=items, by=exam.learner, at=exam.at + MINUTE)
        sql = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
        assert len(sql) <= 3


@pytest.mark.fault(11, by="the same save sent again")
def test_save_twice_is_one_record_and_the_same_answer(exam) -> None:
    attempt = start(exam)
    assert save(exam, attempt) == save(exam, attempt)
    assert AnswerRecord.objects.count() == 1


@pytest.mark.fault(13, by="other content under a number in use")
def test_save_of_other_content_at_the_same_place_is_told_where_to_go(exam) -> None:
    attempt = start(exam)
    save(exam, attempt)
    save(exam, attempt, seq=7)
    with pytest.raises(actions.Conflict) as conflict:
        save(exam, attempt, which=1)
    assert conflict.value.free == 8
    assert save(exam, attempt, which=1, renumber=True).seq == 8
    assert standing(attempt)[1] == Answer(values=(item(attempt, which=1)["v"][0],))


@pytest.mark.fault(12, by="an old save after a newer one")
def test_old_save_replayed_after_a_newer_changes_nothing(exam) -> None:
    attempt = start(exam)
    save(exam, attempt, seq=2, which=1)
    save(exam, attempt, seq=1, which=0)
    assert standing(attempt)[1].values == (item(attempt, which=1)["v"][0],)


@pytest.mark.fault(15, by="a second browser takes over, the first goes on sending")
def test_taking_over_puts_the_newer_browser_above(exam) -> None:
    attempt = start(exam)
    save(exam, attempt, seq=5, which=0)
    assert actions.take_over(attempt.pk, device="other-device", by=exam.learner, at=exam.at) == 2
    assert actions.take_over(attempt.pk, device="other-device", by=exam.learner, at=exam.at) == 2
    save(exam, attempt, epoch=2, seq=1, which=1)
    late = save(exam, attempt, epoch=1, seq=6, which=2)
    elsewhere = save(exam, attempt, epoch=1, seq=7, which=2, n=2)
    assert (late.moved, elsewhere.moved) == (True, True)
    assert standing(attempt)[1].values == (item(attempt, which=1)["v"][0],)
    assert standing(attempt)[2].values == (item(attempt, 2, 2)["v"][0],)  # the newer browser said nothing about it
    assert AnswerRecord.objects.count() == 4


@pytest.mark.parametrize(
    "place", [{"epoch": 0, "seq": 1}, {"epoch": 2, "seq": 1}, {"epoch": 1, "seq": 0}, {"epoch": 1, "seq": 2**31}, {"epoch": "1", "seq": 1}]
)
def test_save_at_no_place_is_refused(exam, place) -> None:
    attempt = start(exam)
    with pytest.raises(BadAnswers):
        actions.save(attempt.pk, items=[], by=exam.learner, at=exam.at, **place)


def test_nobody_else_reaches_an_attempt(exam) -> None:
    attempt = start(exam)
    stranger = exam.county.stranger
    for act in (
        lambda: actions.save(attempt.pk, epoch=1, seq=1, items=[], by=stranger, at=exam.at),
        lambda: actions.hand_in(attempt.pk, by=stranger, at=exam.at),
        lambda: actions.take_over(attempt.pk, device="device-x", by=stranger, at=exam.at),
    ):
        with pytest.raises(Attempt.DoesNotExist):
            act()


@pytest.mark.fault(29, by="hand-in sent again")
def test_hand_in_twice_gives_the_same_receipt(exam, django_capture_on_commit_callbacks) -> None:
    heard = []
    attempt_submitted.connect(lambda attempt, **kwargs: heard.append(attempt.pk), weak=False, dispatch_uid="heard")
    attempt = start(exam)
    with django_capture_on_commit_callbacks(execute=True):
        first = actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + MINUTE, epoch=1, seq=1, items=right_items(attempt, wrong=1))
        again = actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 2 * MINUTE, epoch=1, seq=2, items=right_items(attempt))
    attempt_submitted.disconnect(dispatch_uid="heard")
    assert (first.receipt, first.answered, first.at, heard) == (again.receipt, 9, exam.at + MINUTE, [attempt.pk])
    assert AuditRow.objects.filter(verb=Verb.ATTEMPT_HANDED_IN).count() == 1


@pytest.mark.fault(28, by="a save after the hand-in")
def test_save_after_hand_in_is_kept_as_late_and_does_not_count(exam) -> None:
    attempt = start(exam)
    save(exam, attempt)
    end = actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 2 * MINUTE)
    assert save(exam, attempt, seq=2, which=1, at=exam.at + MINUTE).closed is True
    assert AnswerRecord.objects.get(seq=2).late is True
    assert answers_digest(standing(attempt)) == end.answers_digest


@pytest.mark.parametrize(("seconds", "closed"), [(0, False), (5, False), (5.001, True), (3600, True)])
@pytest.mark.fault(25, by="a save at, 5 s and 5.001 s after the deadline")
def test_save_at_the_deadline(exam, seconds, closed) -> None:
    attempt = start(exam)
    assert save(exam, attempt, at=attempt.deadline + timedelta(seconds=seconds)).closed is closed
    ends = [(e.how, e.at) for e in HandIn.objects.all()]
    assert ends == ([("deadline", attempt.deadline)] if closed else [])


def test_hand_in_after_the_deadline_counts_at_the_deadline(exam) -> None:
    attempt = start(exam)
    end = actions.hand_in(attempt.pk, by=exam.learner, at=attempt.deadline + MINUTE, epoch=1, seq=1, items=right_items(attempt))
    assert (end.how, end.at, end.answered) == ("deadline", attempt.deadline, 0)


@pytest.mark.fault(26, by="the sweep runs late, and again")
def test_sweep_closes_what_is_over_at_its_deadline_and_runs_again_to_no_effect(exam) -> None:
    attempt = start(exam)
    save(exam, attempt)
    assert close_overdue(at=attempt.deadline) == 0
    later = attempt.deadline + 30 * MINUTE
    assert (close_overdue(at=later), close_overdue(at=later)) == (1, 0)
    end = HandIn.objects.get()
    assert (end.at, end.recorded_at, end.how, end.answered) == (attempt.deadline, later, "deadline", 1)


@pytest.mark.fault(26, by="closing one attempt fails")
def test_one_broken_attempt_does_not_stop_the_sweep(exam, monkeypatch, caplog) -> None:
    first = start(exam)
    other = exam.sitting.candidates.create(person=exam.county.stranger, number="2")
    second = actions.start(other, key="start-key-2", by=exam.county.stranger, at=exam.at)
    AnswerRecord.objects.create(attempt=first, epoch=1, seq=1, items=[{"broken": 1}], digest="", received_at=exam.at)
    assert close_overdue(at=exam.at + timedelta(days=1)) == 1
    assert list(HandIn.objects.values_list("attempt", flat=True)) == [second.pk]
    assert "could not be closed" in caplog.text


@pytest.mark.fault(30, by="two grants, one of them sent twice")
def test_grants_add_up_and_one_click_is_one_grant(exam) -> None:
    attempt = start(exam)
    by = exam.county.invigilator
    for key in ("click-1", "click-1", "click-2"):
        grant_time(attempt.pk, minutes=10, reason="断电", key=key, by=by, at=exam.at)
    assert due(Attempt.objects.get()) == attempt.deadline + 20 * MINUTE
    assert TimeGrant.objects.count() == AuditRow.objects.filter(verb=Verb.TIME_GRANTED).count() == 2
    assert close_overdue(at=attempt.deadline + 15 * MINUTE) == 0
    assert save(exam, attempt, at=attempt.deadline + 15 * MINUTE).closed is False


@pytest.mark.fault(31, by="more time for an attempt that has ended")
def test_time_is_not_granted_after_the_end(exam) -> None:
    attempt = start(exam)
    with pytest.raises(ValueError):
        grant_time(attempt.pk, minutes=0, reason="x", key="k", by=exam.county.invigilator, at=exam.at)
    with pytest.raises(TooLate):
        grant_time(attempt.pk, minutes=5, reason="x", key="k", by=exam.county.invigilator, at=attempt.deadline + MINUTE)
    assert close_by_invigilator(attempt.pk, by=exam.county.invigilator, at=exam.at).how == "invigilator"
    with pytest.raises(TooLate):
        grant_time(attempt.pk, minutes=5, reason="x", key="k", by=exam.county.invigilator, at=exam.at)


def test_incident_is_noted_in_the_trail(exam) -> None:
    attempt = start(exam)
    note_incident(attempt.pk, text=" 离座两分钟 ", by=exam.county.invigilator, at=exam.at)
    assert AuditRow.objects.get(verb=Verb.INCIDENT_NOTED).detail == {"kind": "other", "text": "离座两分钟"}


@pytest.mark.parametrize("table", [Attempt, AnswerRecord, HandIn, AttemptDevice])
@pytest.mark.fault(12, 13, by="updates and deletes, also past the product's own code")
def test_rows_of_an_attempt_are_never_changed_or_deleted(exam, table) -> None:
    attempt = start(exam)
    save(exam, attempt)
    actions.hand_in(attempt.pk, by=exam.learner, at=exam.at)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        table.objects.all()._raw_delete(table.objects.db)
