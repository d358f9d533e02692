"""Posts that call for certificates, and the people in them."""

from datetime import date
from typing import Any

from exams.certificates.models import CertificateType
from exams.compliance.models import Requirement, StaffingRule
from lms.people.models import Appointment, Person, Post, Unit
from lms.people.states import UnitKind
from tests.factories.certificates import make_type
from tests.factories.people import PersonFactory, PostFactory

SINCE = date(2023, 1, 1)


def call(post: Post | None = None, kind: CertificateType | None = None, *, since: date = SINCE, until: date | None = None) -> Requirement:
    """The information security officer needs the certificate SEC since 2023."""
    post = post or PostFactory(code="anquan", name="信息安全员")
    return Requirement.objects.create(post=post, certificate_type=kind or make_type(), since=since, until=until)


def staff(*kinds: UnitKind) -> list[StaffingRule]:
    return [StaffingRule.objects.create(unit_kind=kind, since=SINCE) for kind in kinds or (UnitKind.DEPARTMENT, UnitKind.TOWNSHIP)]


def hold(unit: Unit, post: Post, person: Person | None = None, **changes: Any) -> Appointment:
    """``person`` (or someone new) holds ``post`` in ``unit``, since 2024."""
    person = person or PersonFactory(home_unit=unit)
    return Appointment.objects.create(**({"person": person, "unit": unit, "post": post, "main": False, "valid_from": date(2024, 1, 1)} | changes))
