"""Several processes at one attempt at once, on SQLite and on PostgreSQL. Each race has run a thousand rounds with FAULT_RACES=1000."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.factories.databases import empty_database

pytestmark = pytest.mark.real_database
ROUNDS = int(os.environ.get("FAULT_RACES", "15"))


SCENES = ["sweepers", "saves_and_hand_ins", "hand_ins", "grants", "starts", "paused"]


def run(how: str, folder: Path, *scenes: str) -> dict[str, list[str]]:
    with empty_database(folder, "races") as address:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.faults.race_runner", how, str(ROUNDS), *scenes],
            cwd=Path(__file__).parents[2], env=os.environ | {"DATABASE_URL": address, "CHIZHENG_VAR": str(folder)},
            capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def races(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What went wrong in each scene; all of them are run once, in one go."""
    return run("careful", tmp_path_factory.mktemp("careful"), *SCENES)


@pytest.fixture(scope="module")
def careless(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    return run("careless", tmp_path_factory.mktemp("careless"), "saves_and_hand_ins", "hand_ins", "grants")


@pytest.mark.fault(27, by="four sweeps at once over the same attempts")
def test_sweeps_at_once_close_each_attempt_once(races) -> None:
    assert races["sweepers"] == []


@pytest.mark.fault(28, by="a save and a hand-in at once, with a pause between reading the answers and writing the end")
def test_save_racing_the_hand_in_counts_or_is_closed(races) -> None:
    assert races["saves_and_hand_ins"] == []


@pytest.mark.fault(28, by="the same without the attempt's lock", control=True)
def test_save_racing_the_hand_in_without_the_lock_goes_wrong(careless) -> None:
    assert careless["saves_and_hand_ins"] != []


@pytest.mark.fault(29, by="four hand-ins at once")
def test_hand_ins_at_once_give_one_receipt(races) -> None:
    assert races["hand_ins"] == []


@pytest.mark.fault(29, 27, by="the same without the attempt's lock", control=True)
def test_hand_ins_at_once_without_the_lock_go_wrong(careless) -> None:
    assert careless["hand_ins"] != []


@pytest.mark.fault(30, by="two invigilators at once, each click sent twice")
def test_grants_at_once_add_up_and_a_click_is_one(races) -> None:
    assert races["grants"] == []


@pytest.mark.fault(30, by="the same without the attempt's lock", control=True)
def test_grants_at_once_without_the_lock_go_wrong(careless) -> None:
    assert careless["grants"] != []


@pytest.mark.fault(29, by="start pressed in four browsers at once")
def test_starts_at_once_are_one_attempt(races) -> None:
    assert races["starts"] == []


@pytest.mark.fault(48, by="SIGSTOP after each statement of a save, the sweep comes, SIGCONT", model="half a second stands for the minute")
def test_process_that_was_stopped_writes_what_still_holds(races) -> None:
    assert races["paused"] == []
