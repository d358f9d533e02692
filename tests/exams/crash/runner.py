"""The crash sweep: kill a process before and after every SQL statement and every commit, and look at what is left.

    python -m tests.exams.crash.runner careful|careless [step …]

Runs on the database of ``DATABASE_URL`` (created here, without migrations, guards laid). Prints one JSON object: kill points and violations.
A child is forked for each point with every connection closed before; it kills itself with SIGKILL, so that no handler, no
``finally`` and no rollback of its own runs.
"""

import json
import os
import signal
import sys
from typing import Any


class DisableMigrations:
    def __contains__(self, item: str) -> bool:
        return True

    def __getitem__(self, item: str) -> None:
        return None


def set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django
    from django.conf import settings

    settings.MIGRATION_MODULES = DisableMigrations()
    options = settings.DATABASES["default"].setdefault("OPTIONS", {})
    if "init_command" in options:  # a killed process loses nothing that the system holds: no need to wait for the disk
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    else:
        options["options"] = "-c synchronous_commit=off"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


def kill_at(n: int) -> None:
    """Arrange that this process dies at its ``n``-th event: before and after each statement, before and after each commit."""
    from django.db import connection

    count = 0

    def tick() -> None:
        nonlocal count
        count += 1
        if count == n:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        tick()
        result = execute(sql, params, many, context)
        tick()
        return result

    connection.ensure_connection()
    commit = connection._commit

    def committed() -> Any:
        tick()
        result = commit()
        tick()
        return result

    connection._commit = committed  # type: ignore[method-assign]
    connection.execute_wrappers.append(around)


def attempt_point(make: Any, step: str, n: int) -> tuple[bool, list[str]]:
    """Run ``step`` in a child that dies at event ``n``; returns whether it died, and what it had acknowledged by then."""
    from django.db import connections

    connections.close_all()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            from tests.exams.crash.scene import tell_through

            way = make(tell_through(write))
            way.ready(step)
            kill_at(n)
            getattr(way, step)()
            os._exit(0)
        except BaseException as error:
            os.write(write, f"error {error!r}\n".replace(" ", "_").replace("error_", "error ", 1).encode())
            os._exit(3)
    os.close(write)
    with os.fdopen(read) as pipe:
        told = [line for line in pipe.read().splitlines() if line]
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status), told


def sweep(kind: str, steps: list[str]) -> dict[str, Any]:
    from django.utils import timezone

    from lms.people.states import UnitKind
    from lms.policy.defaults import lay_defaults
    from tests.exams.crash import scene
    from tests.factories.certificates import make_type
    from tests.factories.exams import make_bank, make_blueprint
    from tests.factories.people import UnitFactory

    lay_defaults(at=timezone.now())
    unit = UnitFactory(code="yunxi", name="云溪县", kind=UnitKind.COUNTY)
    make_bank()
    blueprint, certificate = make_blueprint(), make_type()
    way_of = {"careful": scene.Careful, "careless": scene.Careless}[kind]
    points: dict[str, int] = {}
    violations: list[dict[str, Any]] = []
    for step in steps:
        n = 0
        died = True
        while died:
            n += 1
            person, sitting = scene.lay(unit, blueprint, certificate)
            earlier: list[str] = []
            before = scene.Careful(person, sitting, earlier.append)
            for name in scene.STEPS[: scene.STEPS.index(step)]:
                before.ready(name)
                getattr(before, name)()
            died, told = attempt_point(lambda tell: way_of(person, sitting, tell), step, n)  # noqa: B023
            told = earlier + told
            wrong = [f"killed: {w}" for w in scene.wrongs(person, sitting, told)]
            again = way_of(person, sitting, told.append)
            try:
                again.ready(step)
                for _ in range(2):  # as a client that heard nothing would, and once more
                    getattr(again, step)()
            except Exception as error:
                wrong.append(f"repeating failed: {type(error).__name__}")
            wrong += [f"repeated: {w}" for w in scene.wrongs(person, sitting, told, finished=step)]
            if wrong:
                violations.append({"step": step, "point": n, "wrong": wrong})
        points[step] = n - 1
    return {"points": points, "violations": violations, "chain": chain_fault()}


def chain_fault() -> str | None:
    """What the audit trail's own verification finds, over everything the sweep left behind."""
    from django.core.management import call_command
    from django.core.management.base import CommandError

    try:
        call_command("verify_audit", stdout=open(os.devnull, "w"))  # noqa: SIM115
    except (CommandError, SystemExit) as error:
        return str(error) or "fault" if not (isinstance(error, SystemExit) and error.code in {0, None}) else None
    return None


def main(arguments: list[str]) -> None:
    set_up()
    from tests.exams.crash import scene

    print(json.dumps(sweep(arguments[0], arguments[1:] or list(scene.STEPS)), ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
