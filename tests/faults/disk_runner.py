"""One process on a SQLite file whose disk fails on demand (`shim.c`, preloaded): what was thanked for, and what is there afterwards.

    LD_PRELOAD=… SHIM_PREFIX=… python -m tests.faults.disk_runner kills|careless_kills|cuts|refused_sync|full FULL|NORMAL rounds

Prints one JSON object. Saves and hand-ins are the product's own; the children are forked with every connection closed.
"""

import ctypes
import errno
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

SAVES = 2


def set_up(level: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.e2e.settings"  # tables from the models, without the history of migrations
    import django
    from django.conf import settings

    options = settings.DATABASES["default"]["OPTIONS"]
    assert "synchronous=FULL" in options["init_command"], "The product must wait for the disk."
    options["init_command"] = options["init_command"].replace("synchronous=FULL", f"synchronous={level}")
    settings.ALLOWED_HOSTS = ["*"]
    settings.LOGGING["root"]["level"] = "CRITICAL"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


class Disk:
    """The shim of this process."""

    def __init__(self) -> None:
        self.shim = ctypes.CDLL(os.environ["LD_PRELOAD"])

    def kill(self, n: int) -> None:
        self.shim.shim_kill(ctypes.c_long(n))

    def shadow(self, folder: Path) -> None:
        self.shim.shim_shadow(str(folder).encode())

    def refuse(self, what: str, error: int) -> None:
        self.shim.shim_refuse({"sync": 1, "write": 2}[what], error)

    def heal(self) -> None:
        self.shim.shim_refuse(1, 0)


class World:
    """A county with a bank; ``candidate`` gives a new one with a running attempt."""

    def __init__(self) -> None:
        from django.utils import timezone

        from lms.people.states import UnitKind
        from lms.policy.defaults import lay_defaults
        from tests.factories.certificates import make_type
        from tests.factories.exams import make_bank, make_blueprint
        from tests.factories.people import UnitFactory

        lay_defaults(at=timezone.now())
        self.unit = UnitFactory(code="yunxi", name="云溪县", kind=UnitKind.COUNTY)
        make_bank()
        self.blueprint, self.certificate = make_blueprint(), make_type()

    def candidate(self) -> tuple[Any, Any]:
        from tests.exams.crash import scene

        person, sitting = scene.lay(self.unit, self.blueprint, self.certificate)
        way = scene.Careful(person, sitting, lambda line: None)
        way.start()
        way.ready("save")
        return person, way.sheet


def save(person: Any, attempt: Any, items: list[Any], seq: int) -> None:
    from exams.attempts import actions
    from tests.exams.crash.scene import NOW

    content = [item | {"f": (seq >> i) & 1} for i, item in enumerate(items)]  # another content under each number
    actions.save(attempt.pk, epoch=1, seq=seq, items=content, by=person, at=NOW)


def forked(work: Any) -> tuple[int, Any]:
    """Run ``work(tell)`` in a child; returns its process and the end of the pipe that its thanks come through."""
    from django.db import connections

    connections.close_all()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        code = 3
        try:
            work(lambda line: os.write(write, f"{line}\n".encode()))
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    return child, os.fdopen(read)


def standing(database: str, attempt: int) -> set[int]:
    """Which saves of an attempt a database file holds, read past the product; raises if the file is not whole."""
    link = sqlite3.connect(database)
    try:
        assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",), "The database file is broken."
        return {seq for (seq,) in link.execute("SELECT seq FROM exams_answerrecord WHERE attempt_id = ?", (attempt,))}
    finally:
        link.close()


def kills(world: World, disk: Disk, *, careless: bool) -> dict[str, Any]:
    """Kill at the first write, the second …, until the saves and the hand-in survive. The careless control thanks first and saves then."""
    from exams.attempts import actions
    from exams.attempts.models import HandIn
    from exams.attempts.reading import answers_of
    from tests.exams.crash.scene import NOW
    from tests.factories.exams import right_items

    lost, broken, n, died = [], [], 0, True
    while died and not (careless and lost):
        n += 1
        person, attempt = world.candidate()
        items = right_items(attempt)

        def work(tell: Any) -> None:
            disk.kill(n)  # noqa: B023
            for seq in range(1, SAVES + 1):
                if careless:
                    tell(f"saved {seq}")
                save(person, attempt, items, seq)  # noqa: B023
                if not careless:
                    tell(f"saved {seq}")
            tell(f"receipt {actions.hand_in(attempt.pk, by=person, at=NOW).receipt}")  # noqa: B023

        child, pipe = forked(work)
        told = [line.split() for line in pipe.read().splitlines()]
        died = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        there = standing(os.environ["SHIM_PREFIX"], attempt.pk)
        lost += [(n, value) for what, value in told if what == "saved" and int(value) not in there]
        for _again in range(2):  # as a browser that heard nothing
            for seq in range(1, SAVES + 1):
                save(person, attempt, items, seq)
            receipt = actions.hand_in(attempt.pk, by=person, at=NOW).receipt
        lost += [(n, value) for what, value in told if what == "receipt" and value != receipt]
        if HandIn.objects.filter(attempt=attempt).count() != 1 or len(answers_of([attempt])[attempt.pk]) != len(items):
            broken.append(n)
    return {"points": n - 1, "lost": lost, "broken": broken}


def cuts(world: World, disk: Disk, rounds: int) -> dict[str, Any]:
    """Cut the power after a random number of thanks; only what had been synced is on the disk that comes back."""
    from tests.factories.exams import right_items

    thanked = lost = 0
    chance = random.Random(20261123)
    for _round in range(rounds):
        person, attempt = world.candidate()
        items, cut = right_items(attempt), chance.randrange(20, 60)
        folder = Path(tempfile.mkdtemp(dir=os.environ["CHIZHENG_VAR"]))
        base = os.environ["SHIM_PREFIX"]
        from django.db import connections

        connections.close_all()
        link = sqlite3.connect(base)
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        link.close()
        shutil.copy(base, folder)

        def work(tell: Any) -> None:
            disk.shadow(folder)  # noqa: B023
            for seq in range(1, 10_000):
                save(person, attempt, items, seq)  # noqa: B023
                tell(seq)

        child, pipe = forked(work)
        told = []
        for line in pipe:
            told.append(int(line))
            if len(told) == cut:
                os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        there = standing(str(folder / Path(base).name), attempt.pk)
        thanked += len(told)
        lost += len(set(told) - there)
        shutil.rmtree(folder)
    return {"thanked": thanked, "lost": lost}


def _asks(person: Any, attempt: Any, items: list[Any]) -> Any:
    """A browser at the paper, through every middleware."""
    from django.test import Client
    from django.urls import reverse

    client = Client(raise_request_exception=False, headers={"accept": "application/json"})
    client.force_login(person)
    address = reverse("paper_save", args=[attempt.pk])

    def ask(seq: int) -> tuple[int, dict[str, Any]]:
        body = {"e": 1, "s": seq, "i": [item | {"f": (seq >> i) & 1} for i, item in enumerate(items)]}
        answer = client.post(address, json.dumps(body), content_type="application/json")
        return answer.status_code, json.loads(answer.content)

    def ready() -> tuple[int, dict[str, Any]]:
        answer = client.get("/ready/")
        return answer.status_code, json.loads(answer.content)

    return ask, ready


def refused(world: World, disk: Disk, what: str, error: int) -> dict[str, Any]:
    """Saves while the disk refuses, through the web; then the disk is well again and the same saves are sent once more."""
    import time_machine

    from lms.web import fitness
    from tests.exams.crash.scene import NOW
    from tests.factories.exams import right_items

    with time_machine.travel(NOW, tick=False):
        person, attempt = world.candidate()
        ask, ready = _asks(person, attempt, right_items(attempt))
        before = [ask(seq)[0] for seq in range(1, 6)]
        well = ready()
        disk.refuse(what, error)
        during = [ask(seq) for seq in range(6, 9)]
        unfit = ready()
        disk.heal()
        healed = ready()
        from django.db import connection

        connection.close()
        survived = sorted(standing(os.environ["SHIM_PREFIX"], attempt.pk))
        after = [ask(seq)[0] for seq in range(6, 11)]
        said = fitness.trust_again()
        trusted = ready()
    return {
        "before": before, "well": well, "during": during, "unfit": unfit, "healed": healed, "survived": survived, "after": after, "said": said,
        "trusted": trusted, "standing": sorted(standing(os.environ["SHIM_PREFIX"], attempt.pk)),
    }  # fmt: skip


def main(what: str, level: str, rounds: str) -> None:
    set_up(level)
    world, disk = World(), Disk()
    if what in {"kills", "careless_kills"}:
        found = kills(world, disk, careless=what == "careless_kills")
    elif what == "cuts":
        found = cuts(world, disk, int(rounds))
    else:
        found = refused(world, disk, *{"refused_sync": ("sync", errno.EIO), "full": ("write", errno.ENOSPC)}[what])
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
