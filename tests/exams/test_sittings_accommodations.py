"""Exceptions of people and groups: who may have one, what holds for them, and what becomes of papers that are being answered."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from exams.attempts import actions
from exams.attempts.closing import close_overdue, grant_time
from exams.attempts.course import DeadlineSet
from exams.attempts.models import Attempt, HandIn
from exams.attempts.reading import due
from exams.sittings.accommodations import Accommodation, CandidateGroup, GroupMember, terms_for
from exams.sittings.accommodations_actions import accommodate, accommodate_group, copy_accommodations, end_accommodation
from exams.sittings.actions import Refused, cancel_sitting, change_sitting
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from tests.conftest import TODAY
from tests.factories.exams import admit, make_sitting
from tests.factories.people import PersonFactory

MINUTE = timedelta(minutes=1)


def give(exam, person=None, *, at=None, replaces=None, **terms) -> Accommodation:
    row = Accommodation(sitting=exam.sitting, person=person or exam.learner, reason="手部受伤", **terms)
    return accommodate(row, by=exam.county.trainer, at=at or exam.at, replaces=replaces)


def group(exam, *people, name="夜班", at=None, of=None, **terms) -> Accommodation:
    row = Accommodation(sitting=exam.sitting, reason="夜班后", **terms)
    return accommodate_group(row, name=name, people=people, by=exam.county.trainer, at=at or exam.at, group=of)


def stand(exam, extra=25, days=30, **changes) -> Accommodation:
    row = Accommodation(person=exam.learner, extra=extra, reason="视力障碍", valid_from=TODAY, valid_to=TODAY + timedelta(days=days))
    for name, value in changes.items():
        setattr(row, name, value)
    return accommodate(row, by=exam.county.trainer, at=exam.at)


def start(exam, at=None, key="start-key-1") -> Attempt:
    return actions.start(exam.candidate, key=key, by=exam.learner, at=at or exam.at)


def held(exam, person=None, day=TODAY):
    pk = (person or exam.learner).pk
    return terms_for(exam.sitting, [pk], day)[pk]


def deadline(attempt: Attempt):
    return due(Attempt.objects.with_state().get(pk=attempt.pk))


def test_own_exception_decides_the_deadline(exam) -> None:
    give(exam, minutes=90)
    assert start(exam).deadline == exam.at + 90 * MINUTE


def test_own_beats_group_and_standing_fills_what_it_leaves_open(exam) -> None:
    group(exam, exam.learner, minutes=100, attempts=3)
    stand(exam, extra=25)
    give(exam, minutes=40)
    terms = held(exam)
    assert (terms.minutes, terms.extra, terms.limit, terms.attempts) == (40, 25, 50, 3)


def test_nobody_elses_exception_is_looked_at(exam) -> None:
    (other,) = admit(exam.sitting, exam.county.stranger)
    give(exam, exam.county.stranger, minutes=0)
    group(exam, exam.county.stranger, attempts=9)
    assert (held(exam).limit, held(exam).attempts) == (60, 1)
    assert (held(exam, other.person).limit, held(exam, other.person).attempts) == (0, 9)


def test_no_limit_ends_with_the_window(exam) -> None:
    give(exam, minutes=0)
    assert start(exam).deadline == exam.sitting.closes_at


def test_a_person_may_start_in_a_window_of_their_own(exam) -> None:
    give(exam, closes_at=exam.sitting.closes_at + timedelta(hours=5))
    late = exam.sitting.closes_at + timedelta(hours=1)
    assert start(exam, at=late).deadline == late + 60 * MINUTE


def test_one_more_attempt_for_one_person(exam) -> None:
    first = start(exam)
    actions.hand_in(first.pk, by=exam.learner, at=exam.at + MINUTE)
    give(exam, attempts=2)
    assert start(exam, key="second-key").number == 2
    actions.hand_in(Attempt.objects.get(number=2).pk, by=exam.learner, at=exam.at + MINUTE)
    with pytest.raises(actions.MayNotStart):
        start(exam, key="third-key-")


@pytest.mark.parametrize(("day", "extra"), [(-1, 0), (0, 25), (30, 25), (31, 0)])
def test_standing_extra_time_holds_from_its_first_day_through_its_last(exam, day, extra) -> None:
    stand(exam, days=30)
    assert held(exam, day=TODAY + timedelta(days=day)).extra == extra


def test_a_running_paper_gets_the_new_deadline_at_once_and_grants_stay_on_top(exam) -> None:
    attempt = start(exam)
    grant_time(attempt.pk, minutes=10, reason="断电", key="click-1", by=exam.county.invigilator, at=exam.at)
    row = give(exam, extra=50, at=exam.at + 30 * MINUTE)
    assert deadline(attempt) == exam.at + 100 * MINUTE
    give(exam, extra=100, at=exam.at + 31 * MINUTE, replaces=row)
    assert deadline(attempt) == exam.at + 130 * MINUTE  # two hours would pass the close
    end_accommodation(Accommodation.objects.get(ended_at=None), by=exam.county.trainer, at=exam.at + 40 * MINUTE)
    assert deadline(attempt) == exam.at + 70 * MINUTE
    assert Attempt.objects.get().deadline == exam.at + 60 * MINUTE  # what was promised at the start stays written


def test_a_deadline_never_moves_before_the_change(exam) -> None:
    attempt = start(exam)
    give(exam, minutes=10, at=exam.at + 20 * MINUTE)
    assert deadline(attempt) == exam.at + 20 * MINUTE
    close_overdue(at=exam.at + 21 * MINUTE)
    assert HandIn.objects.get().at == exam.at + 20 * MINUTE


def test_joining_and_leaving_a_group_moves_what_runs(exam) -> None:
    (other,) = admit(exam.sitting, exam.county.stranger)
    attempt = start(exam)
    row = group(exam, exam.county.stranger, minutes=90)
    assert deadline(attempt) == exam.at + 60 * MINUTE
    row = group(exam, exam.county.stranger, exam.learner, of=row.group, minutes=90)
    assert deadline(attempt) == exam.at + 90 * MINUTE
    row = group(exam, exam.county.stranger, of=row.group, minutes=90)
    assert deadline(attempt) == exam.at + 60 * MINUTE
    assert [(m.person, m.ended_at is None) for m in GroupMember.objects.order_by("pk")] == [(other.person, True), (exam.learner, False)]
    end_accommodation(row, by=exam.county.trainer, at=exam.at)
    assert CandidateGroup.objects.get().ended_by == exam.county.trainer


def test_what_has_ended_stays_ended(exam) -> None:
    attempt = start(exam)
    end = actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + MINUTE)
    give(exam, minutes=600)
    assert DeadlineSet.objects.count() == 0
    assert HandIn.objects.get() == end


def test_moving_the_closing_later_gives_running_papers_what_it_allows(exam) -> None:
    late = exam.sitting.closes_at - 10 * MINUTE
    attempt = start(exam, at=late)
    assert attempt.deadline == exam.sitting.closes_at
    exam.sitting.closes_at += 30 * MINUTE
    change_sitting(exam.sitting, by=exam.county.trainer, at=late + MINUTE)
    assert deadline(attempt) == late + 40 * MINUTE


def test_a_sweep_meets_a_deadline_that_moved_forward(exam) -> None:
    attempt = start(exam)
    give(exam, minutes=30, at=exam.at + MINUTE)
    assert close_overdue(at=exam.at + 31 * MINUTE) == 1
    assert HandIn.objects.get(attempt=attempt).at == exam.at + 30 * MINUTE


def test_refusals_name_the_reason(exam) -> None:
    outsider = PersonFactory(home_unit=exam.county.finance, name="李明")
    cases = [
        (lambda: give(exam, outsider, minutes=5), "李明"),
        (lambda: give(exam, opens_at=exam.sitting.closes_at + MINUTE), "close before it opens"),
        (lambda: group(exam, minutes=5), "Nobody"),
        (lambda: group(exam, outsider, minutes=5), "李明"),
    ]
    with translation.override("en"):
        for act, word in cases:
            with pytest.raises(Refused, match=word):
                act()
        row = give(exam, minutes=90)
        with pytest.raises(Refused, match="already"):
            give(exam, minutes=95)
        give(exam, minutes=95, replaces=row)
        with pytest.raises(Refused, match="meanwhile"):
            give(exam, minutes=99, replaces=row)
        cancel_sitting(exam.sitting, reason="停电", by=exam.county.trainer, at=exam.at)
        with pytest.raises(Refused, match="cancelled"):
            give(exam, minutes=99)
    assert Accommodation.objects.filter(ended_at=None).count() == 1
    assert CandidateGroup.objects.count() == 0


@pytest.mark.parametrize("changes", [{}, {"minutes": 5, "reason": "  "}, {"extra": 301}])
def test_the_database_wants_something_given_in_bounds_and_with_a_reason(exam, changes) -> None:
    with pytest.raises((DatabaseError, ValidationError)), transaction.atomic():
        accommodate(Accommodation(sitting=exam.sitting, person=exam.learner, **{"reason": "病"} | changes), by=exam.county.trainer, at=exam.at)


def test_rows_end_and_are_never_changed(exam) -> None:
    row = give(exam, minutes=90)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Accommodation.objects.filter(pk=row.pk).update(minutes=10)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Accommodation.objects.filter(pk=row.pk)._raw_delete("default")
    assert [r.verb for r in AuditRow.objects.filter(subject=f"accommodation:{row.pk}")] == [Verb.ACCOMMODATION_SET]


def test_copying_takes_minutes_along_and_leaves_times_of_day(exam) -> None:
    (there,) = admit(exam.sitting, exam.county.stranger)
    give(exam, minutes=90, closes_at=exam.sitting.closes_at + MINUTE)
    give(exam, exam.county.stranger, extra=25)
    group(exam, exam.learner, there.person, name="视力", attempts=2)
    target = make_sitting(exam.county.root, exam.at, exam.sitting.blueprint)
    admit(target, exam.learner)
    done = copy_accommodations(exam.sitting, target, by=exam.county.trainer, at=exam.at)
    assert (done.people, done.groups) == (1, 1)
    terms = terms_for(target, [exam.learner.pk], TODAY)[exam.learner.pk]
    assert (terms.minutes, terms.attempts, terms.closes) == (90, 2, target.closes_at)
    again = copy_accommodations(exam.sitting, target, by=exam.county.trainer, at=exam.at)
    assert (again.people, again.groups) == (0, 0)


def test_terms_cost_two_statements_for_any_number_of_people(exam) -> None:
    people = [c.person_id for c in exam.sitting.candidates.all()]
    give(exam, minutes=90)
    group(exam, exam.learner, minutes=90)
    with CaptureQueriesContext(connection) as queries:
        terms_for(exam.sitting, people * 3, date(2026, 11, 23))
    assert len(queries) == 2
