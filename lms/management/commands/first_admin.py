"""Starting a real county: the first system administrator, then the first HR officer, then the first auditor."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lms.people.founding import add_first
from lms.people.models import Person
from lms.people.states import Role
from lms.policy.defaults import lay_defaults

FIRST = [Role.SYSADMIN, Role.HR, Role.AUDITOR]


class Command(BaseCommand):
    help = (
        "Adds the first holder of an administrator's role, for the whole county, and prints a one-time password. "
        "Run it once for each of sysadmin (who grants roles), hr (who adds people) and auditor: nobody may hold two of them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--staff-number", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", choices=[role.value for role in FIRST], default=Role.SYSADMIN.value)
        parser.add_argument("--unit-code", default="county", help="code of the root unit, made where there is none (default: county)")
        parser.add_argument("--unit-name", default="本县", help="its name (default: 本县); can be changed on screen")

    def handle(self, *args: Any, staff_number: str, name: str, role: str, unit_code: str, unit_name: str, **options: Any) -> None:
        if Person.objects.filter(demo=True).exists():
            raise CommandError("The demo county is loaded. Clear it first: manage.py demo clear")
        lay_defaults(at=timezone.now())
        try:
            person, password = add_first(
                Role(role), staff_number=staff_number, name=name, unit_code=unit_code, unit_name=unit_name, at=timezone.now()
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{person.staff_number} {person.name}: {Role(role).label}")
        self.stdout.write(f"一次性密码 / One-time password: {password}")
        self.stdout.write("首次登录时须修改密码。 / It must be changed at the first sign-in.")
