"""What this room shows on lower screens, and what it says against an appointment."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from exams.certificates.models import Certificate
from exams.compliance.coverage import as_of
from exams.compliance.models import Requirement
from lms.people.checks import Obstacle
from lms.people.models import Person, Post, Unit
from lms.people.scope import may, roles_of
from lms.people.states import Act, Role


def of_unit(request: HttpRequest, subject: Unit) -> dict[str, Any] | None:
    """A unit's coverage today, for those who may see it."""
    day = timezone.localdate()
    if not may(request.user, Act.SEE_COVERAGE, day, subject):  # type: ignore[arg-type]
        return None
    board = as_of(day, [subject.path])
    return {
        "unit": subject,
        "counts": board.total,
        "own": next((s for s in board.staffing if s.unit == subject.pk), None),
        "lacking": sum(s.short for s in board.staffing),
    }


def my_unit(request: HttpRequest, subject: Person) -> dict[str, Any] | None:
    """One line on the home page of a head or administrator: is my unit covered?"""
    day = timezone.localdate()
    paths = [path for role, path in roles_of(subject, day) if role in {Role.HEAD, Role.UNIT_ADMIN}]
    unit = Unit.objects.filter(path=min(paths, key=len)).first() if paths else None
    return of_unit(request, unit) if unit else None


def certificates_missing(person: Person, unit: Unit, post: Post, day: date) -> list[Obstacle]:
    """One obstacle for each certificate that ``post`` calls for on ``day`` and ``person`` does not hold on it. An acting appointment is allowed."""
    called = Requirement.objects.filter(Q(until=None) | Q(until__gt=day), post=post, since__lte=day).select_related("certificate_type")
    wanted = {r.certificate_type_id: r.certificate_type for r in called}
    if not wanted:
        return []
    held = set(Certificate.objects.valid_on(day).filter(person=person, type__in=wanted).values_list("type", flat=True))
    sentence = _(
        "The post %(post)s calls for the certificate “%(type)s”, which %(name)s does not validly hold on %(day)s. "
        "Have the examination taken first, or appoint acting with an end date."
    )
    return [
        Obstacle(
            code="certificate_missing", sentence=sentence % {"post": post.name, "type": kind.name, "name": person.name, "day": day}, acting_cures=True
        )
        for pk, kind in wanted.items()
        if pk not in held
    ]
