"""After a restore: what is missing, and going on from there."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from lms.web.checkpoint import accept, gap


class Command(BaseCommand):
    help = "Compares the database with the last checkpoint and names the gap in minutes and rows; ends with status 1 when there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--against", type=Path, help="another checkpoint file than $CHIZHENG_VAR/checkpoint.json")
        parser.add_argument("--backup-at", help="when the backup was made (2026-11-23T10:00+08:00), to name the gap in minutes")
        parser.add_argument("--accept", action="store_true", help="go on from here: numbers given out after the backup are passed over")

    def handle(self, *args: Any, against: Path | None, backup_at: str | None, **options: Any) -> None:
        found = gap(against)
        if found is None:
            self.stdout.write("Nothing is missing: the database is as new as its last checkpoint.")
            return
        since = ""
        if backup_at:
            since = f", {(found.last - datetime.fromisoformat(backup_at)) // timedelta(minutes=1)} minutes after the backup"
        self.stdout.write(f"The last checkpoint is of {timezone.localtime(found.last):%Y-%m-%d %H:%M:%S}{since}. Missing since then:")
        for name, number in sorted(found.missing.items()):
            self.stdout.write(f"  {name}: {number}")
        if not options["accept"]:
            self.stdout.write("Let candidates keep their pages open: browsers send again what they hold. Then: manage.py checkpoint --accept")
            sys.exit(1)
        accept(found, at=timezone.now(), path=against)
        self.stdout.write("Accepted. Numbers of certificates go on behind the last that was given out; the trail has a line about it.")
