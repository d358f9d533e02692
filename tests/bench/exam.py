"""Exam day: `make bench-exam`. What is measured and how to read it: `docs/benchmarks.md`.

Environment: ``N`` candidates (200), ``PACE`` seconds before each save (10; 0: as fast as the server answers), ``WEB`` web servers on ports of their
own, asked in turn (1), ``DATABASE_URL`` (without it SQLite in a scratch directory; on PostgreSQL a scratch database is made and dropped).
Exit code 1 when an answer was lost or a request failed.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.bench.meter import Meter

ROOT = Path(__file__).resolve().parents[2]
STEPS = ("door", "ticket", "entry", "start", "paper", "save", "hand in", "receipt", "floor view", "floor insert")
SAVES, VIEWS = 5, 5  # of one attempt; entry, start, paper, hand in and receipt are the other requests
PEER = 1.06 / 20  # CPU-seconds; Moodle 4.5 took 1.06 to 1.19 for the same attempt on two cores
COME_IN = 60 / 1000  # seconds of the rush into the room for each candidate: a thousand within a minute
OF_ONE_DRIVER = 500  # candidates that one driving process takes on


@contextmanager
def scratch_database() -> Iterator[Callable[[], list[int]]]:
    """With DATABASE_URL: a database of its own on that server; gives what names its backends' processes."""
    address = os.environ.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        os.environ.pop("DATABASE_URL", None)
        yield list
        return
    import psycopg

    name = f"bench_exam_{os.getpid()}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        os.environ["DATABASE_URL"] = address.rpartition("/")[0] + "/" + name
        try:
            yield lambda: [row[0] for row in server.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [name])]
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def process(command: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    child = subprocess.Popen(command, cwd=ROOT)
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_until_live(port: int, web: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until and web.poll() is None:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/live/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not start." if web.poll() is None else f"The server ended with {web.poll()}.")


def wait_until_worked_off(patience: float = 30) -> None:
    """Marking is the worker's: give it time to finish what was handed in."""
    from lms.jobs.models import Job
    from lms.jobs.states import UNFINISHED

    until = time.monotonic() + patience
    while time.monotonic() < until and Job.objects.filter(kind="mark", state__in=UNFINISHED).exists():
        time.sleep(0.5)


def module(name: str, said: str = "", *words: str) -> dict[str, Any]:
    """Run a module of this folder as a process of its own and read its JSON."""
    ran = subprocess.run([sys.executable, "-m", f"tests.bench.{name}", *words], cwd=ROOT, input=said, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def drive(plan: dict[str, Any]) -> dict[str, Any]:
    """Send the candidates through a plan by as many driving processes as they need, and put together what these measured."""
    drivers = -(-len(plan["candidates"]) // OF_ONE_DRIVER)
    parts = [plan | {"candidates": plan["candidates"][n::drivers]} for n in range(drivers)]
    with ThreadPoolExecutor(drivers) as pool:
        found = list(pool.map(lambda part: module("browsers", json.dumps(part)), parts))
    steps: dict[str, list[list[float]]] = {}
    for one in found:
        for step, rows in one["steps"].items():
            steps.setdefault(step, []).extend(rows)
    return {
        "steps": steps, "errors": [error for one in found for error in one["errors"]], "done": sum(one["done"] for one in found),
        "wall": max(one["wall"] for one in found), "inside": max(one["inside"] for one in found),
        "driver": sum(one["driver"] for one in found), "cookies": {number: jar for one in found for number, jar in one["cookies"].items()},
    }  # fmt: skip


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, round(percent / 100 * (len(values) - 1)))]


def table(steps: dict[str, list[list[float]]], statements: dict[str, int]) -> None:
    print(f"{'step':<14}{'requests':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'errors':>8}{'down B':>9}{'up B':>8}{'SQL':>6}")
    for step in (step for step in STEPS if step in steps):
        rows = steps[step]
        times = "".join(f"{1000 * percentile([row[0] for row in rows], percent):>9.0f}" for percent in (50, 95, 99))
        down, up = (sum(row[column] for row in rows) / len(rows) for column in (2, 3))
        bad = sum(row[1] >= 400 for row in rows)
        print(f"{step:<14}{len(rows):>9}{times}{bad:>8}{down:>9.0f}{up:>8.0f}{statements.get(step, ''):>6}")


def taken(sitting: int) -> tuple[int, int]:
    """Attempts of the sitting that are handed in, and those of them with all fifty answers: asked of the database."""
    from exams.attempts.models import HandIn

    ended = HandIn.objects.filter(attempt__candidate__sitting=sitting)
    return ended.count(), ended.filter(answered=50).count()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def measure(count: int, pace: float, webs: int, backends: Callable[[], list[int]]) -> int:
    began = time.monotonic()
    ground = module("ground", "", str(count))
    import django

    django.setup()
    from lms.management.commands.serve import Command

    said = f"a save every {pace:g} s" if pace else "no pause"
    print(f"{count} candidates, {said}, web servers: {webs}; laid in {time.monotonic() - began:.0f} s.", flush=True)
    with ExitStack() as stack:
        ports = [free_port() for _ in range(webs)]
        servers = {f"web{n}": stack.enter_context(process(Command()._web("127.0.0.1", port))) for n, port in enumerate(ports)}
        worker = stack.enter_context(process([sys.executable, "manage.py", "worker"]))
        for port, server in zip(ports, servers.values(), strict=True):
            wait_until_live(port, server)
        roots = {label: server.pid for label, server in servers.items()}
        ramp, limit = (count * COME_IN if pace else 0), 150 + count / 4
        plan = {"ports": ports, "questions": 50, "views": VIEWS, "saves": SAVES, "ramp": 0, "pace": 0, "limit": limit, "what": "tickets"}
        came = drive(plan | {"candidates": _with_cookies(ground["warming"])})
        warm = drive(plan | {"what": "exam", "sitting": ground["warm_up"], "candidates": _with_cookies(ground["warming"], came["cookies"])})
        wait_until_worked_off()
        with Meter(roots, backends) as door:
            came = drive(plan | {"candidates": _with_cookies(ground["candidates"]), "ramp": ramp / 2})
        paced = plan | {"what": "exam", "sitting": ground["sitting"], "ramp": ramp, "pace": pace, "limit": limit + 5 * pace}
        with Meter(roots | {"worker": worker.pid}, backends) as exam:
            ran = drive(paced | {"candidates": _with_cookies(ground["candidates"], came["cookies"])})
            wait_until_worked_off(30 + count / 10)
        with Meter(roots, backends) as bare:
            floor = drive(plan | {"what": "floor", "candidates": [[number, "", {"sessionid": key}] for number, _code, key in ground["candidates"]]})
    table(came["steps"] | ran["steps"] | floor["steps"], ground["statements"])
    return judge(ground, {"exam": ran, "door": came, "warm": warm, "floor": floor}, {"exam": exam, "door": door, "floor": bare}, pace)


def _with_cookies(candidates: list[list[str]], jars: dict[str, dict[str, str]] | None = None) -> list[list[Any]]:
    return [[number, code, (jars or {}).get(number, {})] for number, code, _session in candidates]


def _each(meter: Meter, done: int) -> dict[str, float]:
    """CPU-seconds of one candidate by label, all web servers together."""
    found = {"web": 0.0}
    for label, seconds in meter.cpu.items():
        name = "web" if label.startswith("web") else label
        found[name] = found.get(name, 0.0) + seconds / max(1, done)
    return found


def judge(ground: dict[str, Any], ran: dict[str, dict[str, Any]], meters: dict[str, Meter], pace: float) -> int:
    count, steps, statements = len(ground["candidates"]), ran["exam"]["steps"], ground["statements"]
    each, door, bare = (_each(meters[part], ran[part]["done"]) for part in ("exam", "door", "floor"))
    marking = each.pop("worker")
    served, ticket, floor = (sum(part.values()) for part in (each, door, bare))
    parts = ", ".join(f"{label} {1000 * seconds:.1f}" for label, seconds in sorted(each.items()))
    ended, full = taken(ground["sitting"])
    failed = sum(row[1] >= 500 for part in ran.values() for rows in part["steps"].values() for row in rows)
    errors = [error for part in ran.values() for error in part["errors"]]
    print(f"\nattempts completed     {ran['exam']['done']} in {ran['exam']['wall']:.0f} s; all inside after {ran['exam']['inside']:.0f} s")
    print(f"errors                 {len(errors)} {errors[:3] or ''}")
    print(f"CPU ms per attempt     {1000 * served:.1f} ({parts}); marking {1000 * marking:.1f}; coming in by ticket {1000 * ticket:.1f}")
    print(f"CPU ms of the floor    {1000 * floor:.1f}; of the drivers, for each attempt {1000 * ran['exam']['driver'] / count:.1f}")
    print(f"peak memory            {meters['exam'].peak:.0f} MiB (shared pages counted once)")
    print(f"handed in, all answers {ended}, {full}")
    slowest = 1000 * percentile([row[0] for row in steps.get("save", [[0.0]])], 99)
    own = statements["save"] - statements["floor view"]
    paper = max((row[2] for row in steps.get("paper", [[0, 0, 0]])), default=0)
    aims = [
        ("cpu-per-attempt-to-floor", f"{served / floor:.2f}", "2.00", served <= 2 * floor),
        ("cpu-per-attempt-to-peer-s", f"{served + marking:.4f}", f"{PEER:.4f}", served + marking <= PEER),
        ("cpu-with-ticket-to-peer-s", f"{served + marking + ticket:.4f}", f"{PEER:.4f}", served + marking + ticket <= PEER),
        ("start-statements-constant", f"{statements['start']}", f"{ground['start_of_ten']}", statements["start"] == ground["start_of_ten"]),
        ("save-statements", f"{own}", "3", own <= 3),
        ("paper-bytes", f"{paper:.0f}", f"{24 * 1024}", paper <= 24 * 1024),
        ("save-p99-ms" if pace else "save-p99-ms-without-pause", f"{slowest:.0f}", "500", slowest <= 500),
        ("server-errors", f"{failed}", "0", not failed),
        ("attempts-lost", f"{count - full}", "0", full == count),
    ]
    print()
    for name, measured, target, reached in aims:
        print(f"aim {name} {measured} {target} {'ok' if reached else 'short'}")
    return 1 if failed or errors or full != count else 0


def main() -> int:
    count, pace, webs = int(os.environ.get("N", "200")), float(os.environ.get("PACE", "10")), int(os.environ.get("WEB", "1"))
    var = tempfile.mkdtemp(prefix="chizheng-bench-")
    (Path(var) / "static").mkdir()
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, var, ignore_errors=True)
        os.environ |= {"CHIZHENG_VAR": var, "DJANGO_SETTINGS_MODULE": "tests.bench.settings", "CHIZHENG_HOSTS": "127.0.0.1", "CHIZHENG_DEBUG": "0"}
        backends = stack.enter_context(scratch_database())
        return measure(count, pace, webs, backends)


if __name__ == "__main__":
    sys.exit(main())
