"""What a view asks before it shows or does anything. Not allowed at all: 403. Allowed, but not for this unit: 404, as if it were not there."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from lms.people.models import Person, Unit
from lms.people.scope import PERMITS, may, reach
from lms.people.states import Act
from lms.web.requests import SignedInRequest


def must(request: SignedInRequest, act: Act) -> date:
    """Return today, or raise PermissionDenied naming the roles that may."""
    day = timezone.localdate()
    if not reach(request.user, act, day):
        raise PermissionDenied("、".join(str(role.label) for role, acts in PERMITS.items() if act in acts))
    return day


def person_within(request: SignedInRequest, act: Act, pk: int) -> Person:
    """Return the person if ``act`` reaches them; raises PermissionDenied or Http404."""
    day = must(request, act)
    people = Person.objects.reached_by(request.user, act, day).select_related("home_unit")
    return get_object_or_404(people, pk=pk)


def unit_within(request: SignedInRequest, act: Act, code: str) -> Unit:
    """Return the unit if ``act`` reaches it; raises PermissionDenied or Http404."""
    day = must(request, act)
    unit = get_object_or_404(Unit.objects.select_related("parent"), code=code)
    if not may(request.user, act, day, unit):
        raise Http404
    return unit


def allowed(request: SignedInRequest, unit: Unit | None, *acts: Act) -> dict[str, bool]:
    """Which of ``acts`` the reader may do to a unit's things, by value, for templates."""
    day = timezone.localdate()
    return {act.value: unit is not None and may(request.user, act, day, unit) for act in acts}
