"""A house of its own for the browser: a web process and the embedded worker over one SQLite file, and one Chromium."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.walk import Visitor

ROOT = Path(__file__).resolve().parents[2]
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PATIENCE = 120.0  # seconds a house may take to open its door on a busy machine


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address + "/live/", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


class House:
    """A web process and the embedded worker over one database. The web process can be killed as a power cut would, and started again."""

    def __init__(self) -> None:
        self.var, self.port = tempfile.mkdtemp(prefix="chizheng-e2e-"), _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL"}}
        self.env = env | {"CHIZHENG_VAR": self.var, "DJANGO_SETTINGS_MODULE": "tests.e2e.settings", "PORT": str(self.port), "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-m", "tests.e2e.county"], cwd=ROOT, env=self.env, check=True)
        self.worker = self._begin("manage.py", "worker", "--pause", "0.3")
        self.open()

    def _begin(self, *command: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=self.env, start_new_session=True)

    def open(self) -> None:
        bind = ("--bind", f"127.0.0.1:{self.port}")
        self.web = self._begin("-m", "gunicorn", "lms.wsgi", *bind, "--worker-class", "gthread", "--threads", "8", "--log-level", "warning")
        until = time.monotonic() + PATIENCE
        while not _answers(self.address):
            assert self.web.poll() is None, "The web process ended before it answered."
            assert time.monotonic() < until, "The house did not open its door in time."

    def kill(self) -> None:
        """SIGKILL to the web process and its workers at once: nothing is written any more, nobody is told."""
        os.killpg(self.web.pid, signal.SIGKILL)
        self.web.wait(timeout=30)

    def close(self) -> None:
        for child in (self.web, self.worker):
            child.terminate()
        for child in (self.web, self.worker):
            child.wait(timeout=30)
        shutil.rmtree(self.var, ignore_errors=True)


@pytest.fixture(scope="session")
def home() -> Iterator[House]:
    """A running house with the county of `tests.e2e.county` in it."""
    house = House()
    yield house
    house.close()


@pytest.fixture(scope="session")
def house(home: House) -> str:
    """Its address."""
    return home.address


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium", args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def visit(house: str, chromium: object) -> Iterator[Callable[..., Visitor]]:
    """``visit("hr")`` gives someone their own browser, signed out. At the end each is asked what went wrong unseen."""
    visitors: list[Visitor] = []

    def enter(**display: object) -> Visitor:
        visitors.append(Visitor(chromium, house, **display))
        return visitors[-1]

    yield enter
    complaints = [line for visitor in visitors for line in visitor.complaints]
    for visitor in visitors:
        visitor.context.close()
    assert complaints == []
