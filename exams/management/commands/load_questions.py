"""Bring the question bank in step with the shipped library."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from exams.bank.library import load_questions


class Command(BaseCommand):
    help = "Load the questions of the shipped library into the bank; what trainers changed stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        done = load_questions(at=timezone.now())
        self.stdout.write(
            f"questions: {len(done.created)} created, {len(done.updated)} updated, {len(done.unchanged)} unchanged, "
            f"{len(done.kept)} kept as trainers wrote them"
        )
        if done.homeless:
            self.stderr.write(f"{len(done.homeless)} questions have no topic page yet: load the lessons first.")
