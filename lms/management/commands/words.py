"""The words on screens: what is translated, what is missing, and the catalogues that say so. Needs no GNU gettext."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.web import catalogues


class Command(BaseCommand):
    help = "update: bring catalogues in step with the code. fill FILE: add Chinese from a JSON object. missing: list gaps. compile: write .mo files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["update", "fill", "missing", "compile"])
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *args: Any, verb: str, file: Path | None, **options: Any) -> None:
        if verb == "fill":
            if file is None:
                raise CommandError("Name the JSON file with the translations.")
            used, unknown = catalogues.fill(json.loads(file.read_text(encoding="utf-8")))
            self.stdout.write(f"{used} translations filled in.")
            for msgid in unknown:
                self.stdout.write(f"not in the code: {msgid!r}")
        elif verb == "update":
            catalogues.update()
        if verb == "missing":
            for app, msgid in catalogues.missing():
                self.stdout.write(f"{app}\t{msgid!r}")
        else:
            self.stdout.write(f"{catalogues.compile_all()} catalogues compiled.")
