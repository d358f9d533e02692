"""The embedded worker: works off the outbox without any server."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from lms.jobs.actions import queue_sweeps, run_due
from lms.web.builds import another_build, this_build
from lms.web.fitness import notice


class Command(BaseCommand):
    help = "Works off queued jobs and sweeps until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="work off what is due, then end")
        parser.add_argument("--pause", type=float, default=1.0, help="seconds between two looks")

    def handle(self, *args: Any, once: bool, pause: float, **options: Any) -> None:
        stop = threading.Event()
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            try:
                close_old_connections()
                other = another_build()
                if other:
                    self.stderr.write(f"This worker runs build {this_build()}, the installation runs {other}: it does nothing.")
                else:
                    queue_sweeps(timezone.now())
                    run_due()
            except OperationalError as error:  # the database is away or busy: look again
                notice(error)
                self.stderr.write(f"The database did not answer: {error}")
            if once:
                return
            stop.wait(pause)
