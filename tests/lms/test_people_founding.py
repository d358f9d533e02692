"""A real county begins with one command for each of the three administrators."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lms.audit.models import AuditRow
from lms.people.models import Person, Unit
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


def first(number: str, role: str) -> str:
    out = StringIO()
    call_command("first_admin", staff_number=number, name="李强", role=role, unit_code="qingshan", unit_name="青山县", stdout=out)
    return out.getvalue()


def test_first_admin_founds_the_county_and_prints_a_working_password() -> None:
    text = first("000001", "sysadmin")
    person, root = Person.objects.get(), Unit.objects.get()
    password = next(line for line in text.splitlines() if "One-time" in line).split(": ")[1]
    assert (root.code, root.name, root.parent) == ("qingshan", "青山县", None)
    assert person.check_password(password)
    assert (person.must_change_password, person.demo, person.home_unit) == (True, False, root)
    assert [(g.role, g.unit) for g in person.grants.all()] == [("sysadmin", root)]
    assert list(AuditRow.objects.exclude(verb="policy:set").values_list("verb", flat=True)) == ["unit:found", "person:add", "role:grant"]


def test_first_admin_adds_each_role_once_under_the_same_root() -> None:
    first("000001", "sysadmin")
    first("000002", "hr")
    first("000003", "auditor")
    assert Unit.objects.count() == 1
    with pytest.raises(CommandError):
        first("000004", "hr")
    assert Person.objects.count() == 3


def test_first_admin_refuses_a_staff_number_in_use() -> None:
    first("000001", "sysadmin")
    with pytest.raises(CommandError):
        first("000001", "hr")


def test_first_admin_refuses_beside_the_demo_county() -> None:
    PersonFactory(demo=True)
    with pytest.raises(CommandError, match="demo clear"):
        first("000001", "sysadmin")
