"""The exam engine against a small model of itself: any saves, from any browsers, in any order, any number of times, around the end of time."""

import itertools
import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule, run_state_machine_as_test

from exams.attempts import actions, reading
from exams.attempts.answers import Answer, answers_digest
from exams.attempts.closing import TooLate, close_overdue, grant_time
from exams.attempts.models import AnswerRecord, Attempt, HandIn
from exams.attempts.querysets import AnswerRecordQuerySet
from exams.attempts.reading import answers_of
from exams.attempts.watched import TimeGrant
from exams.papers.drawing import Paper
from tests.conftest import NOW
from tests.factories.exams import admit, make_bank, make_blueprint, make_sitting
from tests.factories.people import PersonFactory

EXAMPLES = int(os.environ.get("FAULT_EXAMPLES", "10"))
STEPS = settings(
    max_examples=EXAMPLES, stateful_step_count=40, deadline=None, database=None, suppress_health_check=[*HealthCheck], print_blob=False
)  # fmt: skip
TRANSIT = timedelta(seconds=5)
MINUTE = timedelta(minutes=1)
names = (f"browser-{n:04d}" for n in itertools.count())
contents = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3), st.booleans()), min_size=2, max_size=4, unique_by=lambda item: item[0])


class Model(RuleBasedStateMachine):
    """What must be so, in plain values; each rule does the same to the product and compares the answers."""

    browsers = Bundle("browsers")
    batches = Bundle("batches")  # numbered in a browser, on their way
    arrived = Bundle("arrived")
    keys = Bundle("keys")
    ground: Any = None  # sitting, given by the test
    running: Any = None  # the machine at work, for the controls

    def __init__(self) -> None:
        super().__init__()
        self.person = PersonFactory(home_unit=self.ground.unit)
        (candidate,) = admit_one_more(self.ground, self.person)
        self.at: datetime = NOW
        first = next(names)
        self.attempt: Attempt = actions.start(candidate, key=first, by=self.person, at=NOW)
        self.slots = Paper.from_json(self.attempt.paper).slots
        self.due = NOW + 60 * MINUTE
        self.epochs = {first: 1}
        self.last: dict[int, int] = {}  # highest number used, by epoch
        self.rows: dict[tuple[int, int], tuple[Any, bool]] = {}  # in the order of arrival
        type(self).running = self
        self.grants: dict[str, int] = {}
        self.receipt = ""
        self.ended_at: datetime | None = None

    # --- what the model knows ---

    @property
    def epoch(self) -> int:
        return max(self.epochs.values())

    @property
    def closed(self) -> bool:
        return self.ended_at is not None or self.at > self.due + TRANSIT

    def standing(self) -> dict[int, Answer]:
        answers = {}
        for place in sorted(self.rows):
            content, late = self.rows[place]
            for n, which, flag in () if late else content:
                answers[n] = Answer(values=(self.slots[n].options[which % len(self.slots[n].options)],), flagged=flag)
        return answers

    def items(self, content: Any) -> list[dict[str, object]]:
        return [{"n": n, "v": [self.slots[n].options[which % len(self.slots[n].options)]], "f": int(flag)} for n, which, flag in content]

    def send(self, place: tuple[int, int], content: Any) -> actions.Ack:
        return actions.save(self.attempt.pk, epoch=place[0], seq=place[1], items=self.items(content), by=self.person, at=self.at)

    def end(self, at: datetime) -> None:
        if self.ended_at is None:
            self.ended_at = at
            self.receipt = HandIn.objects.get(attempt=self.attempt).receipt

    # --- what may happen ---

    @rule(target=browsers)
    def first_browser(self) -> str:
        return min(self.epochs, key=self.epochs.__getitem__)

    @rule(target=browsers)
    def another_machine(self) -> Any:
        if self.ended_at is not None:
            return multiple()
        name = next(names)
        assert actions.take_over(self.attempt.pk, device=name, by=self.person, at=self.at) == self.epoch + 1
        self.epochs[name] = self.epoch + 1
        return name

    @rule(name=browsers)
    def same_machine_again(self, name: str) -> None:
        assert actions.take_over(self.attempt.pk, device=name, by=self.person, at=self.at) == self.epochs[name]

    @rule(target=batches, name=browsers, typed=st.lists(contents, min_size=1, max_size=3))
    def number_batches(self, name: str, typed: list[Any]) -> Any:
        epoch, first = self.epochs[name], self.last.get(self.epochs[name], 0) + 1
        self.last[epoch] = first + len(typed) - 1
        return multiple(*(((epoch, first + n), tuple(sorted(content))) for n, content in enumerate(typed)))

    @rule(target=arrived, batch=consumes(batches))
    def batch_arrives(self, batch: Any) -> Any:
        place, content = batch
        if place in self.rows:  # a conflict was numbered anew into this place
            with pytest.raises(actions.Conflict):
                self.send(place, content)
            return multiple()
        closed = self.closed
        ack = self.send(place, content)
        assert (ack.seq, ack.closed, ack.moved) == (place[1], closed, place[0] < self.epoch)
        assert ack.left == max(0, int((self.due - self.at).total_seconds()))
        self.rows[place] = (content, closed)
        if closed:
            self.end(self.due)
        return batch

    @rule(batch=arrived)
    def batch_arrives_again(self, batch: Any) -> None:
        ack = self.send(*batch)
        assert (ack.seq, ack.moved) == (batch[0][1], batch[0][0] < self.epoch)
        if self.closed:
            self.end(self.due)

    @rule(batch=arrived, content=contents)
    def other_content_arrives(self, batch: Any, content: Any) -> None:
        place, content = batch[0], tuple(sorted(content))
        if self.items(content) == self.items(self.rows[place][0]):
            return
        free = 1 + max(seq for epoch, seq in self.rows if epoch == place[0])
        with pytest.raises(actions.Conflict) as conflict:
            self.send(place, content)
        assert conflict.value.free == free
        closed = self.closed
        assert self.send((place[0], free), content).closed == closed
        self.rows[place[0], free] = (content, closed)
        self.last[place[0]] = max(self.last.get(place[0], 0), free)
        if closed:
            self.end(self.due)

    @rule(seconds=st.sampled_from([0, 1, 60, 600, 1795, 1800, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    @rule(target=keys, minutes=st.sampled_from([5, 10]))
    def more_time(self, minutes: int) -> Any:
        key = next(names)
        if self.closed:
            with pytest.raises(TooLate):
                grant_time(self.attempt.pk, minutes=minutes, reason="停电", key=key, by=self.ground.officer, at=self.at)
            return multiple()
        grant_time(self.attempt.pk, minutes=minutes, reason="停电", key=key, by=self.ground.officer, at=self.at)
        self.grants[key] = minutes
        self.due += minutes * MINUTE
        return key, minutes

    @rule(grant=keys)
    def same_click_again(self, grant: Any) -> None:
        grant_time(self.attempt.pk, minutes=grant[1], reason="停电", key=grant[0], by=self.ground.officer, at=self.at)

    @rule()
    def sweep(self) -> None:
        close_overdue(at=self.at)
        if self.closed:
            self.end(self.due)

    @rule()
    def hand_in(self) -> None:
        end = actions.hand_in(self.attempt.pk, by=self.person, at=self.at)
        self.end(min(self.at, self.due))
        assert end.receipt == self.receipt

    # --- what must always be so ---

    @invariant()
    def rows_are_the_model_s(self) -> None:
        rows = {(r.epoch, r.seq): r for r in AnswerRecord.objects.filter(attempt=self.attempt)}
        assert {place: row.late for place, row in rows.items()} == {place: late for place, (_content, late) in self.rows.items()}
        assert sum(TimeGrant.objects.filter(attempt=self.attempt).values_list("minutes", flat=True)) == sum(self.grants.values())
        assert answers_of([self.attempt])[self.attempt.pk] == self.standing()
        end = HandIn.objects.filter(attempt=self.attempt).first()
        assert (end.at if end else None) == self.ended_at
        assert end is None or (end.receipt, end.answers_digest) == (self.receipt, answers_digest(self.standing()))


def admit_one_more(ground: Any, person: Any) -> list[Any]:
    return admit(ground.sitting, person)


@pytest.fixture
def machine(county: Any) -> type[Model]:
    make_bank()
    sitting = make_sitting(county.root, NOW, make_blueprint(), closes_at=NOW + timedelta(hours=9))
    ground = type("Ground", (), {"sitting": sitting, "unit": county.finance, "officer": county.invigilator})
    return type("Machine", (Model,), {"ground": ground})


@pytest.mark.fault(
    11, 12, 13, 14, 15, 25, 28, 29, 30, 31, 
    by="any course of an attempt: saves delayed, repeated and in conflict, take-overs, grants, sweeps, hand-ins (hypothesis)",
)  # fmt: skip
def test_any_course_of_an_attempt_ends_as_the_model_says(machine) -> None:
    run_state_machine_as_test(machine, settings=STEPS)


@pytest.mark.fault(12, 14, 15, by="a course where the save that arrives last wins", control=True)
def test_arrival_order_fails_the_model(machine, monkeypatch) -> None:
    from exams.attempts import reading

    fold = reading.fold

    def by_arrival(records: Any) -> Any:
        came = list(machine.running.rows)
        return fold(type(r)(epoch=1, seq=came.index((r.epoch, r.seq)), items=r.items, late=r.late) for r in records if (r.epoch, r.seq) in came)

    course = machine()
    course.batch_arrives(((1, 2), ((1, 1, False), (2, 0, False))))
    course.rows_are_the_model_s()
    course.batch_arrives(((1, 1), ((1, 0, False), (3, 0, True))))
    course.rows_are_the_model_s()
    monkeypatch.setattr(reading, "fold", by_arrival)
    with pytest.raises(AssertionError):
        course.rows_are_the_model_s()


@pytest.mark.fault(28, 25, by="a course where a late save counts", control=True)
def test_counting_late_saves_fails_the_model(machine, monkeypatch) -> None:
    course = machine()
    course.time_passes(3600 + 6)
    course.batch_arrives(((1, 1), ((1, 1, False), (2, 0, False))))
    course.rows_are_the_model_s()
    monkeypatch.setattr(AnswerRecordQuerySet, "counting", lambda self: self)
    monkeypatch.setattr(reading.OF_ONE, "_compiled", None)
    with pytest.raises(AssertionError):
        course.rows_are_the_model_s()
