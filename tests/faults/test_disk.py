"""The disk fails under SQLite: killed at a write, power cut, refused sync, no room. A C shim between SQLite and the system does it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

HERE = Path(__file__).parent
ROUNDS = int(os.environ.get("FAULT_ROUNDS", "4"))  # power cuts; more of them for a release

if connection.vendor == "sqlite":  # PostgreSQL syncs in processes of its own: `test_restarts` kills those

    @pytest.fixture(scope="module")
    def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
        """The compiled shim. Without a C compiler nothing here is tested, and that must not pass unseen."""
        compiler = shutil.which("cc")
        assert compiler, "A C compiler (cc) is needed to make a disk that fails: install gcc and libc6-dev."
        library = tmp_path_factory.mktemp("shim") / "shim.so"
        subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, HERE / "shim.c", "-ldl"], check=True)
        return library

    @pytest.fixture
    def on_a_disk(shim: Path, tmp_path: Path) -> Any:
        def run(what: str, level: str = "FULL", rounds: int = 1) -> dict[str, Any]:
            database = tmp_path / "exam.db"
            env = os.environ | {
                "LD_PRELOAD": str(shim), "SHIM_PREFIX": str(database), "DATABASE_URL": f"sqlite:///{database}", "CHIZHENG_VAR": str(tmp_path),
            }  # fmt: skip
            done = subprocess.run(
                [sys.executable, "-W", "ignore", "-m", "tests.faults.disk_runner", what, level, str(rounds)],
                cwd=HERE.parents[1], env=env, capture_output=True, text=True, timeout=300, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr[-3000:]
            return dict(json.loads(done.stdout.splitlines()[-1])) | {"log": done.stderr}

        return run

    @pytest.mark.real_database
    @pytest.mark.fault(2, by="SIGKILL at each write to the database's files, from a save to the hand-in", on="SQLite")
    def test_no_kill_at_a_write_loses_anything(on_a_disk) -> None:
        found = on_a_disk("kills")
        assert (found["lost"], found["broken"]) == ([], [])
        assert found["points"] >= 12

    @pytest.mark.real_database
    @pytest.mark.fault(2, by="the same kills where a save is thanked for before it is written", on="SQLite", control=True)
    def test_thanking_first_loses_saves(on_a_disk) -> None:
        assert on_a_disk("careless_kills")["lost"] != []

    @pytest.mark.real_database
    @pytest.mark.fault(3, by="the process is killed and only synced bytes remain", model="a copy of each file taken at its last sync", on="SQLite")
    def test_power_cut_loses_no_thanked_save(on_a_disk) -> None:
        found = on_a_disk("cuts", rounds=ROUNDS)
        assert found["thanked"] >= 20 * ROUNDS
        assert found["lost"] == 0

    @pytest.mark.real_database
    @pytest.mark.fault(3, by="the same cuts with synchronous=NORMAL, as often advised", on="SQLite", control=True)
    def test_power_cut_without_waiting_for_the_disk_loses_saves(on_a_disk) -> None:
        found = on_a_disk("cuts", "NORMAL", rounds=2)
        assert found["lost"] > found["thanked"] / 2

    @pytest.mark.real_database
    @pytest.mark.fault(4, by="every sync of the database's files fails with EIO, then the disk is well again", on="SQLite")
    def test_refused_sync_is_no_acknowledgement_and_makes_the_node_unfit(on_a_disk) -> None:
        found = on_a_disk("refused_sync")
        assert found["before"] == [200] * 5
        assert found["well"][0] == 200
        assert found["during"] == [[503, {"error": "away"}]] * 3
        assert (found["unfit"][0], found["unfit"][1]["refusals"][0]) == (503, "unfit")
        assert (found["healed"][0], found["healed"][1]["refusals"]) == (503, ["unfit"])  # a success afterwards proves nothing
        assert "This node is unfit" in found["log"]
        assert found["survived"][:5] == [1, 2, 3, 4, 5]
        assert found["after"] == [200] * 5  # repeating is safe, whether or not the refused save stands
        assert found["standing"] == list(range(1, 11))
        assert (found["said"], found["trusted"][0]) == ("disk I/O error", 200)

    @pytest.mark.real_database
    @pytest.mark.fault(5, by="every write to the database's files fails with ENOSPC, then there is room again", on="SQLite")
    def test_full_disk_refuses_saves_and_goes_on_when_there_is_room(on_a_disk) -> None:
        found = on_a_disk("full")
        assert [status for status, _body in found["during"]] == [503] * 3
        assert found["unfit"][1]["refusals"] == []  # a full disk is no broken one
        assert found["survived"] == [1, 2, 3, 4, 5]
        assert found["after"] == [200] * 5
        assert found["standing"] == list(range(1, 11))
