"""What this room shows on lower screens."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils import timezone

from exams.certificates.models import Certificate
from exams.certificates.shown import show_all, warning_days
from lms.people.models import Person
from lms.people.scope import may
from lms.people.states import Act


def _of(person: Person) -> list[Any]:
    day = timezone.localdate()
    rows = Certificate.objects.filter(person=person).select_related("type").with_revocation().order_by("-valid_from", "-pk")
    return show_all(rows, day, warning_days(day, path=person.home_unit.path if person.home_unit else ""))


def my_certificates(request: HttpRequest, subject: Person) -> dict[str, Any]:
    """The two newest of one's own."""
    return {"rows": _of(subject)[:2]}


def of_person(request: HttpRequest, subject: Person) -> dict[str, Any] | None:
    """All of one person, for those who may see their unit's coverage, and for the person."""
    day = timezone.localdate()
    reader = cast(Person, request.user)
    reached = may(reader, Act.SEE_COVERAGE, day, subject.home_unit)
    return {"rows": _of(subject), "link": reached} if reached or reader == subject else None
