"""Races of invigilators and candidates on PostgreSQL. SQLite has one writer at a time; there the constraints are tested in the rooms' own tests."""

import threading
from collections.abc import Callable, Sequence

import pytest
from django.db import connection

from exams.attempts import actions
from exams.attempts.models import Attempt, HandIn
from exams.attempts.pausing import grant_many, pause, resume
from exams.attempts.reading import due
from exams.attempts.reopening import agree, ask_reopening
from exams.attempts.taking_in import take_in
from exams.attempts.watched import Pause, TimeGrant
from tests.factories.bundles import file_of
from tests.factories.exams import right_items

ROUNDS = 5


def race(deeds: Sequence[Callable[[], object]]) -> list[str]:
    """Do all of these at the same moment; returns the names of what was raised."""
    raised: list[str] = []
    begin = threading.Barrier(len(deeds))

    def racer(deed: Callable[[], object]) -> None:
        begin.wait()
        try:
            deed()
        except Exception as fault:
            raised.append(type(fault).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=racer, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


if connection.vendor == "postgresql":
    pytestmark = [pytest.mark.real_database, pytest.mark.django_db(transaction=True)]

    @pytest.fixture
    def attempt(exam) -> Attempt:
        exam.sitting.attempts_allowed = ROUNDS
        exam.sitting.save()
        return actions.start(exam.candidate, key="start-key-1", by=exam.learner, at=exam.at)

    def fresh(attempt: Attempt) -> Attempt:
        return Attempt.objects.with_state().get(pk=attempt.pk)

    def test_two_invigilators_at_once_are_both_and_one_click_repeated_is_one(exam, attempt) -> None:
        one, two, at = exam.county.invigilator, exam.county.centre, exam.at
        click = {"minutes": 10, "reason": "断电", "at": at}
        clicks = [(one, "a"), (one, "a"), (two, "b"), (two, "b")]
        assert race([lambda by=by, key=key: grant_many([attempt.pk], key=key, by=by, **click) for by, key in clicks]) == []
        assert (TimeGrant.objects.count(), (due(fresh(attempt)) - attempt.deadline).total_seconds()) == (2, 1200)

    def test_pausing_and_resuming_at_once_leaves_at_most_one_pause_and_gives_it_back_once(exam, attempt) -> None:
        by = exam.county.invigilator
        for n in range(ROUNDS):
            assert race([lambda n=n, k=k: pause([attempt.pk], reason="火警", key=f"{n}-{k}", by=by, at=exam.at) for k in range(3)]) == []
            assert Pause.objects.filter(resumed_at=None).count() == 1
            later = exam.at.replace(minute=exam.at.minute + 1)
            assert race([lambda at=later: resume([attempt.pk], by=by, at=at)] * 3) == []
        assert TimeGrant.objects.count() == Pause.objects.count() == ROUNDS

    def test_saving_and_handing_in_at_once_counts_or_is_closed_never_half(exam) -> None:
        exam.sitting.attempts_allowed = ROUNDS
        exam.sitting.save()
        exam.candidate.refresh_from_db()
        for n in range(ROUNDS):
            attempt = actions.start(exam.candidate, key=f"start-key-{n}", by=exam.learner, at=exam.at)
            items, said = right_items(attempt), []
            save = lambda a=attempt, i=items, s=said: s.append(actions.save(a.pk, epoch=1, seq=1, items=i, by=exam.learner, at=exam.at))  # noqa: E731
            assert race([save, lambda a=attempt: actions.hand_in(a.pk, by=exam.learner, at=exam.at)]) == []
            assert HandIn.objects.get(attempt=attempt).answered == (0 if said[0].closed else 10)

    def test_agreeing_from_two_desks_reopens_once(exam, attempt) -> None:
        actions.hand_in(attempt.pk, by=exam.learner, at=exam.at)
        asked = ask_reopening(attempt.pk, minutes=5, reason="误按", key="k", by=exam.county.invigilator, at=exam.at)
        assert race([lambda by=by: agree(asked.pk, by=by, at=exam.at) for by in (exam.county.centre, exam.county.trainer)]) == []
        assert (TimeGrant.objects.count(), HandIn.objects.filter(attempt=None).count()) == (1, 1)

    def test_one_file_taken_in_at_two_desks_gives_its_rows_once(exam, attempt) -> None:
        content = file_of(attempt, [(1, right_items(attempt), 60_000)])
        assert race([lambda by=by: take_in(attempt.pk, content, by=by, at=exam.at) for by in (exam.county.centre, exam.county.invigilator)]) == []
        assert (attempt.files.count(), attempt.answers.count()) == (1, 1)
