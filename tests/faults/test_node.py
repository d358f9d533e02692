"""What a node says of itself: its disk, its room, its program."""

import errno
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection
from django.test import Client

from exams.papers.drawing import Paper
from lms.jobs.actions import enqueue
from lms.jobs.models import Job
from lms.tasks import tick
from lms.web import builds, fitness, room
from lms.web.models import Build
from tests.conftest import NOW
from tests.faults.test_services_gone import post


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path
    fitness.trust_again()


def asked(client: Client) -> tuple[int, list[str], list[str]]:
    answer = client.get("/ready/")
    return answer.status_code, answer.json()["refusals"], answer.json()["warnings"]


@pytest.mark.fault(4, by="the errors that SQLite and the system give for a disk that cannot be relied on", model="the error, without a disk")
@pytest.mark.parametrize(
    ("fault", "unfit"),
    [
        (OperationalError("disk I/O error"), True), (DatabaseError("database disk image is malformed"), True), (OSError(errno.EIO, "I/O"), True),
        (OperationalError("database is locked"), False), (OperationalError("database or disk is full"), False), (OSError(errno.ENOSPC, ""), False),
        (ValueError("disk I/O error"), False), (None, False),
    ],
)  # fmt: skip
def test_node_that_its_disk_refused_is_unfit_until_it_is_started_again(db, client, caplog, fault, unfit) -> None:
    fitness.notice(fault)
    assert asked(client)[:2] == ((503, ["unfit"]) if unfit else (200, []))
    assert [r.levelno for r in caplog.records if r.name == "lms.web.fitness"] == ([logging.CRITICAL] if unfit else [])
    fitness._mark.clear()  # as another process of the node sees it: by the file
    assert bool(fitness.unfit()) is unfit
    fitness.trust_again()
    assert asked(client)[:2] == (200, [])


@pytest.mark.fault(5, by="free space below the reserve", model="the numbers of the file system, a little room reported as none")
def test_reserve_is_for_answers_alone(attempt, enter, client, monkeypatch) -> None:
    monkeypatch.setattr(room.shutil, "disk_usage", lambda path: SimpleNamespace(total=1000, used=951, free=49))
    with pytest.raises(room.NoRoom):
        storages["private"].save("imports/roster.xlsx", ContentFile(b"x"))
    with pytest.raises(room.NoRoom):
        storages["default"].save("picture.png", ContentFile(b"x"))
    assert post(enter(), attempt, 2)[0] == 200
    assert asked(client) == (200, [], ["disk"])  # a warning: such a node still takes answers
    monkeypatch.setattr(room.shutil, "disk_usage", lambda path: SimpleNamespace(total=1000, used=950, free=50))
    assert asked(client) == (200, [], [])


@pytest.mark.fault(5, by="a view that meets a full disk while it stores a file", model="the error of the reserve")
def test_upload_that_found_no_room_says_so(county, enter, exam, monkeypatch) -> None:
    def full(request: Any) -> Any:
        raise room.NoRoom

    monkeypatch.setattr("lms.web.views.greeting", full)
    browser = enter()
    page = browser.get("/", headers={"accept": "text/html"})
    assert (page.status_code, "剩余空间只留给考试作答使用" in page.content.decode()) == (503, True)
    assert browser.get("/").json() == {"error": "full"}


def test_other_errors_are_errors(enter, exam, monkeypatch) -> None:
    monkeypatch.setattr("lms.web.views.greeting", lambda hour: {}["nothing"])
    assert enter().get("/", headers={"accept": "text/html"}).status_code == 500


@pytest.mark.fault(42, by="two programs on one database: each in turn is this node's", model="the name of the build, without a second machine")
def test_node_of_another_build_takes_no_traffic_and_does_no_work(db, client, monkeypatch) -> None:
    assert builds.adopt(at=NOW)
    assert asked(client)[:2] == (200, [])
    monkeypatch.setattr(builds, "this_build", lambda: "0123456789ab")
    assert asked(client)[:2] == (503, ["build"])
    enqueue("certificates.issue", title="", by=None, at=NOW, key="probe")
    assert tick() == 0
    assert Job.objects.get().started_at is None
    assert builds.adopt(at=NOW)  # this node is the one that was brought up to date
    assert asked(client)[:2] == (200, [])
    monkeypatch.undo()
    assert asked(client)[:2] == (503, ["build"])
    assert not builds.adopt(at=NOW)  # a node left behind does not pull the others back
    assert builds.adopt(at=NOW, back=True)
    assert list(Build.objects.order_by("pk").values_list("name", flat=True)) == [builds.this_build(), "0123456789ab", builds.this_build()]


@pytest.mark.fault(42, by="a machine left behind is started")
def test_machine_left_behind_is_not_started_on_a_shared_database(db, monkeypatch) -> None:
    from lms.management.commands import serve

    for name in ("0123456789ab", builds.this_build(), "ba9876543210"):
        Build(name=name, at=NOW).save(force_insert=True)
    monkeypatch.setattr(serve.Command, "_step", lambda self, name, work: (name, False))
    if connection.vendor == "postgresql":
        with pytest.raises(CommandError, match="the installation has gone on to ba9876543210"):
            call_command("serve", "--prepare")
        call_command("serve", "--prepare", "--adopt")
    else:
        call_command("serve", "--prepare")  # there is one machine: it may go back
    assert builds.another_build() == ""


@pytest.mark.fault(42, 32, by="the bank changes after the start")
def test_paper_is_read_from_the_database_and_its_digest_holds(attempt) -> None:
    assert Paper.from_json(attempt.paper).digest() == attempt.paper_digest
