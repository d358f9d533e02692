"""The very first steps of a real county, taken on the server's own terminal: a root unit and the three administrators."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person, RoleGrant, Unit
from lms.people.names import initials
from lms.people.passwords import OneTime, give
from lms.people.roles import grant_role
from lms.people.states import Role, UnitKind
from lms.people.structure import found_unit


@transaction.atomic
def add_first(role: Role, *, staff_number: str, name: str, unit_code: str, unit_name: str, at: datetime) -> tuple[Person, str]:
    """Add the first holder of an administrator's role for the whole county; returns the person and their one-time password, shown once.

    Side effects in order: the root unit where there is none (one audit line), the person without a post (one line), the role (one line).
    Raises ValidationError where somebody holds the role already: from then on roles are granted on screen.
    """
    day = timezone.localdate(at)
    if RoleGrant.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), role=role, person__is_active=True, person__demo=False).exists():
        raise ValidationError(_("Somebody holds this role already. Roles are granted on screen by the system administrator."))
    root = Unit.objects.filter(parent=None).first()
    if root is None:
        root = found_unit(unit_code, unit_name, kind=UnitKind.COUNTY, parent=None, day=day, by=None, at=at)
    person = Person(staff_number=staff_number, name=name, joined_on=day, home_unit=root, pinyin=initials(name))
    made = OneTime.new()
    give(person, made, at=at)
    person.full_clean(exclude=["password"])
    person.save()
    record(Verb.PERSON_ADDED, person, by=None, at=at, detail={"staff_number": staff_number, "unit": root.code, "first": role.value})
    grant_role(person, role, root, day=day, by=None, at=at)
    return person, made.plain
