"""Candidates save through the web layer while the database is killed and started again beneath them.

    DATABASE_URL=… python -m tests.faults.restart_runner restarts DATA_FOLDER BIN_FOLDER

Each candidate sends the next save only when the last one was thanked, as browsers do. Prints one JSON object.
"""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

CANDIDATES = 3
BETWEEN = 1.0  # seconds of calm between two restarts


def command(binaries: str, data: str, *arguments: str) -> None:
    """Run pg_ctl, as the owner of the folder."""
    owner = Path(data).owner()
    given = [f"{binaries}/pg_ctl", "-D", data, "-w", "-l", f"{data}/log", *arguments]
    subprocess.run(["runuser", "-u", owner, "--", *given] if os.geteuid() == 0 and owner != "root" else given, check=True, stdout=subprocess.DEVNULL)


def main(restarts: str, data: str, binaries: str) -> None:
    from tests.exams.crash.runner import set_up

    set_up()
    from django.conf import settings
    from django.db import close_old_connections, connections

    settings.ALLOWED_HOSTS = ["*"]
    connections.close_all()
    connections["default"].settings_dict["OPTIONS"].pop("options")  # as the product commits: synchronously
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from exams.attempts import actions
    from exams.attempts.models import AnswerRecord
    from lms.people.states import UnitKind
    from lms.policy.defaults import lay_defaults
    from tests.factories.exams import admit, make_bank, make_sitting, right_items
    from tests.factories.people import PersonFactory, UnitFactory

    now = timezone.now()
    lay_defaults(at=now)
    unit = UnitFactory(code="yunxi", name="云溪县", kind=UnitKind.COUNTY)
    make_bank()
    seats = admit(make_sitting(unit, now), *[PersonFactory(home_unit=unit) for _ in range(CANDIDATES)])
    attempts = [actions.start(seat, key=f"browser-{seat.pk}", by=seat.person, at=now) for seat in seats]
    thanked: list[list[int]] = [[] for _seat in seats]
    statuses: dict[int, int] = {}
    gaps: list[float] = [0.0]
    stop = threading.Event()

    def candidate(n: int) -> None:
        client = Client(raise_request_exception=False, headers={"accept": "application/json"})
        client.force_login(seats[n].person)
        items, seq, last = right_items(attempts[n]), 1, time.monotonic()
        while not stop.is_set():
            body = json.dumps({"e": 1, "s": seq, "i": [item | {"f": (seq >> i) & 1} for i, item in enumerate(items)]})
            close_old_connections()  # as a server does before each request, and Django's test client does not
            status = client.post(reverse("paper_save", args=[attempts[n].pk]), body, content_type="application/json").status_code
            statuses[status] = statuses.get(status, 0) + 1
            if status == 200:
                thanked[n].append(seq)
                gaps.append(time.monotonic() - last)
                seq, last = seq + 1, time.monotonic()
            else:
                time.sleep(0.05)
        connections.close_all()

    threads = [threading.Thread(target=candidate, args=(n,)) for n in range(CANDIDATES)]
    for thread in threads:
        thread.start()
    for _restart in range(int(restarts)):
        time.sleep(BETWEEN)
        command(binaries, data, "-m", "immediate", "restart")
    before = sum(len(seqs) for seqs in thanked)
    patience = time.monotonic() + 30
    while sum(len(seqs) for seqs in thanked) < before + CANDIDATES and time.monotonic() < patience:
        time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    connections.close_all()
    there: list[Any] = [sorted(AnswerRecord.objects.filter(attempt=attempt).values_list("seq", flat=True)) for attempt in attempts]
    lost = sum(len(set(seqs) - set(rows)) for seqs, rows in zip(thanked, there, strict=True))
    doubled = sum(len(rows) - len(set(rows)) for rows in there)
    after = sum(len(seqs) for seqs in thanked) - before
    print(json.dumps({"lost": lost, "doubled": doubled, "thanked": before + after, "after": after, "gap": max(gaps), "statuses": statuses}))


if __name__ == "__main__":
    main(*sys.argv[1:])
