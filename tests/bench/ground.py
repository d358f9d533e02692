"""The scratch county: a bank of 600 questions, a sitting of fifty, candidates with entry tickets. `python -m tests.bench.ground N` prints JSON.

The floor's sessions are written straight into the database: a password hash is slow on purpose and would drown the figures of everything else.
"""

import json
import sys
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sessions.models import Session  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from exams.attempts.models import Attempt  # noqa: E402
from exams.papers.models import Blueprint  # noqa: E402
from exams.sittings.models import Candidate, Sitting  # noqa: E402
from exams.sittings.tickets_actions import issue  # noqa: E402
from lms.people.models import Person, Unit  # noqa: E402
from lms.policy.defaults import lay_defaults  # noqa: E402
from lms.web import catalogues  # noqa: E402
from tests.factories.exams import make_bank, make_blueprint, make_sitting, right_items  # noqa: E402
from tests.factories.people import LONG_AGO, UnitFactory  # noqa: E402

FIFTY = {"single": 20, "multiple": 10, "true_false": 12, "fill_in": 8}
TEN = {"single": 4, "multiple": 2, "true_false": 2, "fill_in": 2}
WARMING = 16
NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def _blueprint(counts: dict[str, int]) -> Blueprint:
    blueprint = make_blueprint()
    for kind, count in counts.items():
        blueprint.rows.filter(kind=kind).update(count=count)
    return blueprint


def _people(unit: Unit, count: int) -> list[Person]:
    password = make_password(None)
    people = [Person(staff_number=f"{n:06d}", name=f"考生{n}", joined_on=LONG_AGO, home_unit=unit, password=password) for n in range(1, count + 1)]
    return Person.objects.bulk_create(people)


def _admit(sitting: Sitting, people: list[Person]) -> list[list[str]]:
    """Make them candidates with tickets: [number, code] each."""
    rows = [Candidate(sitting=sitting, person=person, number=f"{20261200 + sitting.pk}-{n:04d}") for n, person in enumerate(people, 1)]
    given = issue(sitting, Candidate.objects.bulk_create(rows), by=people[0], at=timezone.now())
    return [[one.candidate.number, one.code] for one in given]


def _sessions(people: list[Person]) -> list[str]:
    store, rows, backend = SessionStore(), [], settings.AUTHENTICATION_BACKENDS[-1]
    for person in people:
        said = {SESSION_KEY: str(person.pk), BACKEND_SESSION_KEY: backend, HASH_SESSION_KEY: person.get_session_auth_hash()}
        rows.append(Session(session_key=store._get_new_session_key(), session_data=store.encode(said), expire_date=store.get_expiry_date()))
    Session.objects.bulk_create(rows)
    return [row.session_key for row in rows]


def _statements(sitting: Sitting, ticket: list[str], session: str) -> dict[str, int]:
    """SQL statements of each step, session and reader or ticket included, BEGIN and COMMIT not."""
    browser, counts = Client(SERVER_NAME="127.0.0.1"), {}

    def ask(step: str, method: str, address: str, data: Any = None, **more: Any) -> Any:
        with CaptureQueriesContext(connection) as queries:
            response = getattr(browser, method)(address, data, **more)
        assert response.status_code in {200, 302}, (step, response.status_code)
        counts[step] = sum(1 for query in queries if not query["sql"].startswith(NOT_COUNTED))
        return response

    ask("door", "get", reverse("exam_ticket"))
    ask("ticket", "post", reverse("exam_ticket"), {"number": ticket[0], "code": ticket[1]})
    ask("entry", "get", reverse("exam_entry", args=[sitting.pk]))
    address = ask("start", "post", reverse("exam_start", args=[sitting.pk]), {"key": "a-key-of-the-benchmark"})["Location"]
    ask("paper", "get", address)
    attempt = Attempt.objects.get(candidate__sitting=sitting)
    items = right_items(attempt)
    ask("save", "post", address + "save/", {"e": 1, "s": 1, "i": items[:10]}, content_type="application/json")
    filled = {f"q{item['n']}": item["v"] for item in items}
    ask("hand in", "post", address, {"do": "hand_in", "epoch": 1, "seq": 2} | filled, headers={"accept": "application/json"})
    ask("receipt", "get", reverse("receipt", args=[attempt.pk]))
    browser.cookies["sessionid"] = session
    ask("floor view", "get", "/floor/view/")
    return counts


def lay(count: int) -> dict[str, Any]:
    catalogues.compile_all()
    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    now = timezone.now()
    with transaction.atomic():
        lay_defaults(at=now)
        with connection.cursor() as cursor:
            number = "integer PRIMARY KEY" + (" GENERATED ALWAYS AS IDENTITY" if connection.vendor == "postgresql" else "")
            cursor.execute(f"CREATE TABLE bench_floor (id {number}, person bigint, body text)")
        make_bank(per_kind=150)
        unit = UnitFactory(code="yunxi", name="云溪县")
        fifty, probe, ten = (make_sitting(unit, now, _blueprint(rows)) for rows in (FIFTY, FIFTY, TEN))
        everyone = _people(unit, count + WARMING + 1)
        people, warming, counting = everyone[:count], everyone[count:-1], everyone[-1]
        warm_up = make_sitting(unit, now, fifty.blueprint)
        tickets, warm_tickets = _admit(fifty, people), _admit(warm_up, warming)
        ((probing,), (first,)) = (_admit(sitting, [counting]) for sitting in (probe, ten))
        sessions = _sessions(everyone)
    _statements(ten, first, sessions[-1])  # the first draw walks over the bank once
    short = make_sitting(unit, now, ten.blueprint)
    (again,) = _admit(short, [counting])
    return {
        "sitting": fifty.pk, "warm_up": warm_up.pk,
        "candidates": [[*ticket, session] for ticket, session in zip(tickets, sessions, strict=False)],
        "warming": [[*ticket, session] for ticket, session in zip(warm_tickets, sessions[count:], strict=False)],
        "statements": _statements(probe, probing, sessions[-1]), "start_of_ten": _statements(short, again, sessions[-1])["start"],
    }  # fmt: skip


if __name__ == "__main__":
    json.dump(lay(int(sys.argv[1])), sys.stdout)
