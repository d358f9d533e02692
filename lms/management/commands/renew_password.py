"""A new one-time password where nobody may hand one over on screen: for auditors and system administrators."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lms.people.models import Person
from lms.people.passwords import reset_password


class Command(BaseCommand):
    help = "Gives a person a new one-time password and prints it; it must be changed at the next sign-in. Leaves an audit line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("staff_number")

    def handle(self, *args: Any, staff_number: str, **options: Any) -> None:
        person = Person.objects.filter(staff_number=staff_number).first()
        if person is None:
            raise CommandError("Nobody has this staff number.")
        try:
            password = reset_password(person, by=None, at=timezone.now())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{person.staff_number} {person.name}")
        self.stdout.write(f"一次性密码 / One-time password: {password}")
