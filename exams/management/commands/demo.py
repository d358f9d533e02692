"""The demo county 云溪县: `load` lays it, `clear` takes it away and nothing else."""

from datetime import date
from io import StringIO
from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from exams.demo import accounts
from exams.demo.clearing import ClearRefused, clear, is_loaded
from exams.demo.loading import LoadRefused, load
from lms.policy.defaults import lay_defaults
from lms.web import checkpoint


class Command(BaseCommand):
    help = "load: lay the demo county with invented people and three years of history. clear: take it away again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["load", "clear"])
        parser.add_argument("--today", type=date.fromisoformat, help="the day on which the county stands (default: today)")
        parser.add_argument("--password", help="the password of the demo sign-ins (default: a random one)")

    def handle(self, *args: Any, verb: str, today: date | None, password: str | None, **options: Any) -> None:
        if verb == "load":
            self._load(today or timezone.localdate(), password or accounts.fresh_password(), loud=options["verbosity"] > 0)
        else:
            self._clear()

    def _load(self, today: date, password: str, *, loud: bool) -> None:
        if is_loaded():
            self.stdout.write(f"The demo county is loaded already; nothing was changed. Its sign-ins stand in {accounts.file()}.")
            return
        lay_defaults(at=timezone.now())
        for command in ("load_library", "load_questions"):
            if command in get_commands():
                call_command(command, stdout=self.stdout if loud else StringIO())
        try:
            loaded = load(today=today, password=password, at=timezone.now())
        except LoadRefused as refusal:
            raise CommandError(f"The demo county was not loaded. {refusal}") from refusal
        if loaded:
            self.stdout.write(f"The demo county stands: {loaded.units} units, {loaded.people} people.")
            listing = accounts.keep(password, loaded.ticket)
            if loud:
                self.stdout.write(listing)

    def _clear(self) -> None:
        if not is_loaded():
            self.stdout.write("There is no demo county; nothing was changed.")
            return
        try:
            gone = clear(at=timezone.now())
            checkpoint.forget()
        except ClearRefused as refusal:
            lines = "\n".join(f"  {item}" for item in refusal.hanging)
            raise CommandError(f"Nothing was cleared: {refusal} Move or remove them first.\n{lines}") from refusal
        accounts.forget()
        self.stdout.write(f"The demo county is gone: {sum(gone.values())} rows.")
