"""`manage.py load_library`: the shipped curriculum into pages; safe to run at every start."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from content.library.loading import load_library
from content.library.sources import SourceError, read_library


class Command(BaseCommand):
    help = "Load the shipped library into pages. Repeatable; pages that a trainer changed are kept and listed."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_library(read_library(), by=None, at=timezone.now())
        except SourceError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Added {len(loaded.added)}, updated {len(loaded.updated)}, unchanged {len(loaded.unchanged)}, kept {len(loaded.kept)}.")
        for key in loaded.kept:
            self.stdout.write(f"Kept, because a trainer changed it: {key}")
