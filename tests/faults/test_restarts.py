"""A PostgreSQL of our own, killed under candidates who are saving. Its programs must be on this machine."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.faults.restart_runner import command

RESTARTS = int(os.environ.get("FAULT_RESTARTS", "2"))


def binaries() -> str:
    """The folder of initdb and pg_ctl."""
    folders = [Path(p).parent for p in [shutil.which("pg_ctl")] if p] + sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = [str(folder.resolve()) for folder in folders if (folder / "initdb").exists()]
    assert found, "initdb and pg_ctl are needed on this machine to restart a database under load: install the package postgresql."
    return found[0]


if connection.vendor == "postgresql":

    @pytest.fixture
    def cluster() -> Iterator[tuple[str, str, str]]:
        """A cluster with fsync on: its folder, its programs, its address."""
        programs, owner = binaries(), "postgres" if os.geteuid() == 0 else ""
        root = Path(tempfile.mkdtemp(prefix="chizheng-pg-"))
        data = root / "data"
        data.mkdir(mode=0o700)
        if owner:
            shutil.chown(root, owner)
            shutil.chown(data, owner)
        as_owner = ["runuser", "-u", owner, "--"] if owner else []
        subprocess.run(
            [*as_owner, f"{programs}/initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with (data / "postgresql.conf").open("a") as conf:
            conf.write(f"\nport = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nshared_buffers = 32MB\n")
        command(programs, str(data), "start")
        yield str(data), programs, f"postgres://postgres@127.0.0.1:{port}/postgres"
        command(programs, str(data), "-m", "immediate", "stop")
        shutil.rmtree(root)

    @pytest.mark.real_database
    @pytest.mark.fault(6, by="the server is killed (pg_ctl -m immediate) and started again, twice, under saves", on="PostgreSQL")
    def test_restarts_under_load_lose_and_double_nothing(cluster, tmp_path) -> None:
        data, programs, address = cluster
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.faults.restart_runner", str(RESTARTS), data, programs],
            cwd=Path(__file__).parents[2], env=os.environ | {"DATABASE_URL": address, "CHIZHENG_VAR": str(tmp_path)},
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]
        found = json.loads(done.stdout.splitlines()[-1])
        assert (found["lost"], found["doubled"]) == (0, 0)
        assert found["after"] > 0
        assert set(found["statuses"]) <= {"200", "503"}
        assert found["gap"] < 30  # on a busy test machine; the aim of 3 s is measured alone
