"""A process killed between any two statements of start, save, hand-in, mark, release and issue loses and doubles nothing.

Runs on the database the suite runs on: a file of its own for SQLite, a database of its own for PostgreSQL.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.factories.databases import empty_database

ROOT = Path(__file__).parents[3]
STEPS = {"start": 20, "save": 20, "hand_in": 20, "mark": 20, "certify": 40}  # points that must at least have been swept


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    with empty_database(tmp_path, "crash") as address:
        yield address


def sweep(kind: str, database: str, tmp_path: Path, *steps: str) -> dict[str, Any]:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.exams.crash.runner", kind, *steps],
        cwd=ROOT, env=os.environ | {"DATABASE_URL": database, "CHIZHENG_VAR": str(tmp_path)}, capture_output=True, text=True, timeout=900,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    return dict(json.loads(run.stdout))


@pytest.mark.real_database
@pytest.mark.fault(1, 26, 34, by="SIGKILL before and after every statement and every commit of start, save, hand-in, marking, release, issue")
def test_no_kill_loses_or_doubles_anything(db, database, tmp_path) -> None:
    found = sweep("careful", database, tmp_path)
    assert found["violations"] == []
    assert found["chain"] is None
    assert {step: found["points"][step] >= least for step, least in STEPS.items()} == dict.fromkeys(STEPS, True)


@pytest.mark.real_database
@pytest.mark.fault(1, by="the same sweep over the same steps written carelessly: each statement by itself, no keys", control=True)
def test_the_control_fails_the_same_sweep(db, database, tmp_path) -> None:
    found = sweep("careless", database, tmp_path, "start", "save", "hand_in", "mark")
    broken = {violation["step"] for violation in found["violations"]}
    assert broken == {"start", "save", "hand_in", "mark"}
    assert len(found["violations"]) > sum(found["points"].values()) / 2
