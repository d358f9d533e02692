"""Several processes at once on one database, started from a barrier: who wins may differ, what stands may not.

    python -m tests.faults.race_runner careful|careless rounds sweepers|saves_and_hand_ins|hand_ins|grants|starts|paused …

Runs on the database of ``DATABASE_URL``. Prints one JSON object: what went wrong in each scene. Careless is the control: without the attempt's lock
(and on SQLite with transactions that begin without one), in the same order and with the same pause between reading and writing.
"""

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

RACERS = 4
GAP = 0.01  # seconds between reading the answers and writing the end, in both runs


class World:
    """A sitting with as many candidates as asked for, each with a running attempt."""

    def __init__(self, candidates: int) -> None:
        from exams.attempts import actions
        from lms.people.models import Unit
        from tests.exams.crash.scene import NOW
        from tests.factories.exams import admit, make_blueprint, make_sitting, right_items
        from tests.factories.people import PersonFactory

        unit = Unit.objects.get()
        self.now, self.sitting = NOW, make_sitting(unit, NOW, make_blueprint())
        self.people = [PersonFactory(home_unit=unit, name=f"考生{n}") for n in range(candidates + 1)]
        self.officers = [PersonFactory(home_unit=unit, name=name) for name in ("李强", "陈静")]
        self.seats = admit(self.sitting, *self.people)
        self.attempts = [actions.start(seat, key=f"key-{seat.pk:06d}", by=seat.person, at=NOW) for seat in self.seats[:-1]]
        self.items = [right_items(attempt) for attempt in self.attempts]

    def lines(self, verb: str) -> int:
        """How many lines of the trail say this of these attempts."""
        from lms.audit.models import AuditRow

        return AuditRow.objects.filter(verb=verb, subject__in=[f"attempt:{attempt.pk}" for attempt in self.attempts]).count()

    def race(self, *runners: Callable[[int], Any]) -> list[list[Any]]:
        """Run each of ``runners`` in a process of its own, for every attempt in turn and always together; returns what each gave back."""
        from django.db import connections

        connections.close_all()
        fork = multiprocessing.get_context("fork")
        barrier, told = fork.Barrier(len(runners)), fork.SimpleQueue()

        def work(which: int) -> None:
            gave = []
            for n in range(len(self.attempts)):
                barrier.wait(60)
                try:
                    gave.append(runners[which](n))
                except Exception as error:
                    gave.append(f"{type(error).__name__}: {error}")
            told.put((which, gave))

        children = [fork.Process(target=work, args=(which,)) for which in range(len(runners))]
        for child in children:
            child.start()
        gave = dict(told.get() for _child in children)
        for child in children:
            child.join()
        return [gave[which] for which in range(len(runners))]


def _faults(gave: list[list[Any]]) -> list[str]:
    return [one for each in gave for one in each if isinstance(one, str) and ":" in one]


def sweepers(rounds: int) -> list[str]:
    from exams.attempts.closing import close_overdue
    from exams.attempts.models import HandIn

    world = World(rounds)
    later = world.now + timedelta(hours=2)
    first = world.attempts[:1]
    all_of_them, world.attempts = world.attempts, first  # one round, over all attempts at once
    wrong = _faults(world.race(*[lambda n: close_overdue(at=later)] * RACERS))
    world.attempts = all_of_them
    ends, lines = HandIn.objects.filter(attempt__in=all_of_them), world.lines("attempt:close")
    if (ends.count(), lines) != (rounds, rounds):
        wrong.append(f"{ends.count()} ends and {lines} lines for {rounds} attempts")
    return wrong + [f"{end.pk} ended at {end.at}" for end in ends.select_related("attempt") if end.at != end.attempt.deadline]


def saves_and_hand_ins(rounds: int) -> list[str]:
    from exams.attempts import actions
    from exams.attempts.answers import answers_digest
    from exams.attempts.models import HandIn
    from exams.attempts.reading import answers_of

    world = World(rounds)

    def saves(n: int) -> bool:
        attempt = world.attempts[n]
        return actions.save(attempt.pk, epoch=1, seq=1, items=world.items[n], by=world.people[n], at=world.now).closed

    def hands_in(n: int) -> str:
        return actions.hand_in(world.attempts[n].pk, by=world.people[n], at=world.now).receipt

    closed, receipts = world.race(saves, hands_in)
    wrong = _faults([closed, receipts])
    for n, attempt in enumerate(world.attempts):
        end, saved = HandIn.objects.filter(attempt=attempt).first(), list(attempt.answers.all())
        if end is None or [one.late for one in saved] != [closed[n]]:
            wrong.append(f"round {n}: end {end}, saves {saved}, answered closed {closed[n]}")
        elif end.answers_digest != answers_digest(answers_of([attempt])[attempt.pk]):
            wrong.append(f"round {n}: the end holds other answers than the rows")
    return wrong


def hand_ins(rounds: int) -> list[str]:
    from exams.attempts import actions

    world = World(rounds)
    gave = world.race(*[lambda n: actions.hand_in(world.attempts[n].pk, by=world.people[n], at=world.now).receipt] * RACERS)
    wrong = _faults(gave) + [f"receipts {given}" for given in zip(*gave, strict=True) if len(set(given)) > 1]
    lines = world.lines("attempt:hand_in")
    return wrong + ([f"{lines} lines for {rounds} ends"] if lines != rounds else [])


def grants(rounds: int) -> list[str]:
    """Two invigilators give ten minutes each; each click is sent twice."""
    from exams.attempts.closing import grant_time
    from exams.attempts.models import Attempt
    from exams.attempts.reading import due

    world = World(rounds)

    def gives(officer: int) -> Callable[[int], int]:
        return lambda n: (
            grant_time(world.attempts[n].pk, minutes=10, reason="停电", key=f"click-{officer}-{n}", by=world.officers[officer], at=world.now).minutes
        )

    wrong = _faults(world.race(gives(0), gives(0), gives(1), gives(1)))
    for attempt in Attempt.objects.with_state().filter(pk__in=[a.pk for a in world.attempts]):
        minutes = (due(attempt) - attempt.deadline).total_seconds() / 60
        if minutes != 20:
            wrong.append(f"attempt {attempt.pk} was given {minutes} minutes")
    lines = world.lines("attempt:grant_time")
    return wrong + ([f"{lines} lines for {2 * rounds} grants"] if lines != 2 * rounds else [])


def starts(rounds: int) -> list[str]:
    """One candidate presses start in several browsers at once."""
    from exams.attempts import actions
    from exams.attempts.models import Attempt

    world = World(1)
    seat = world.seats[-1]
    gave = world.race(*[lambda n, r=r: actions.start(seat, key=f"browser-{r}", by=seat.person, at=world.now).pk for r in range(RACERS)])
    there = list(Attempt.objects.filter(candidate=seat).values_list("pk", flat=True))
    return _faults(gave) + ([] if {pk for each in gave for pk in each} == set(there) and len(there) == 1 else [f"{gave} for {there}"])


def paused(rounds: int) -> list[str]:
    """A process is stopped between reading the attempt and writing its save; meanwhile the paper is handed in; then it goes on."""
    import signal

    from django.db import connection, connections

    from exams.attempts import actions
    from exams.attempts.answers import answers_digest
    from exams.attempts.closing import close_overdue
    from exams.attempts.models import HandIn
    from exams.attempts.reading import answers_of

    world, wrong = World(5), []
    for n, attempt in enumerate(world.attempts):
        connections.close_all()
        child = os.fork()
        if child == 0:
            done = 0

            def stop_at(execute: Any, sql: Any, params: Any, many: Any, context: Any, at: int = n) -> Any:
                nonlocal done
                result = execute(sql, params, many, context)
                done += 1
                if done == at + 1:
                    os.kill(os.getpid(), signal.SIGSTOP)
                return result

            code = 3
            try:
                connection.ensure_connection()
                connection.execute_wrappers.append(stop_at)
                code = int(actions.save(attempt.pk, epoch=1, seq=1, items=world.items[n], by=world.people[n], at=world.now).closed)
            finally:
                os._exit(code)
        _pid, status = os.waitpid(child, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            continue  # fewer statements than that
        other = multiprocessing.get_context("fork").Process(target=lambda: close_overdue(at=world.now + timedelta(hours=2)))
        other.start()
        other.join(0.5)  # with the lock it waits for the stopped one; a minute of that would be the same
        os.kill(child, signal.SIGCONT)
        _pid, status = os.waitpid(child, 0)
        other.join()
        closed, saved, end = os.waitstatus_to_exitcode(status), attempt.answers.get(), HandIn.objects.get(attempt=attempt)
        if closed != int(saved.late) or end.answers_digest != answers_digest(answers_of([attempt])[attempt.pk]):
            wrong.append(f"stopped after statement {n + 1}: closed {closed}, late {saved.late}")
    return wrong


def with_a_gap() -> None:
    """Let others come in between reading the answers and writing the end."""
    from exams.attempts import actions

    read = actions.answers_of

    def slowly(attempts: Any) -> Any:
        answers = read(attempts)
        time.sleep(GAP)
        return answers

    actions.answers_of = slowly


def carelessly() -> None:
    from django.db import connection

    from exams.attempts.querysets import AttemptQuerySet

    AttemptQuerySet.locked = lambda self: self  # type: ignore[method-assign]
    if connection.vendor == "sqlite":
        connection.close()
        connection.settings_dict["OPTIONS"].pop("transaction_mode")
        connection.settings_dict["OPTIONS"]["timeout"] = 1


def main(how: str, rounds: str, *names: str) -> None:
    from tests.exams.crash.runner import set_up

    set_up()
    from django.utils import timezone

    from lms.people.states import UnitKind
    from lms.policy.defaults import lay_defaults
    from tests.factories.exams import make_bank
    from tests.factories.people import UnitFactory

    lay_defaults(at=timezone.now())
    UnitFactory(code="yunxi", name="云溪县", kind=UnitKind.COUNTY)
    make_bank()
    with_a_gap()
    if how == "careless":
        carelessly()
    scenes = {scene.__name__: scene for scene in (sweepers, saves_and_hand_ins, hand_ins, grants, starts, paused)}
    print(json.dumps({name: scenes[name](int(rounds)) for name in names}, ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
