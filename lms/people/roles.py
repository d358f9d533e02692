"""Granting and withdrawing roles, and the Django group that opens the Wagtail admin to those who write content."""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person, RoleGrant, Unit
from lms.people.states import EXCLUSIVE_ROLES, Role

WRITERS = frozenset({Role.TRAINER, Role.CENTRE})
GROUP = "Trainers"


@transaction.atomic
def grant_role(person: Person, role: Role, unit: Unit, *, day: date, by: Person | None, at: datetime) -> RoleGrant:
    """Grant a role for a unit and everything below it, from ``day``.

    Raises ValidationError for a second of the three administrators' roles, for oneself, for a closed account and for a role held.
    """
    if by is not None and by.pk == person.pk:
        raise ValidationError(_("Nobody can grant a role to themselves."))
    if not person.is_active:
        raise ValidationError(_("The account is closed."))
    Person.objects.select_for_update().get(pk=person.pk)
    held = list(person.grants.filter(Q(valid_to=None) | Q(valid_to__gt=day)))
    if any(grant.role == role and unit.path.startswith(grant.unit.path) for grant in held):
        raise ValidationError(_("The person holds this role for this unit already."))
    clash = {Role(grant.role) for grant in held} & (EXCLUSIVE_ROLES - {role}) if role in EXCLUSIVE_ROLES else set()
    if clash:
        raise ValidationError(
            _("HR officer, auditor and system administrator watch each other: nobody holds two of them. Held now: %(roles)s.")
            % {"roles": "、".join(str(Role(r).label) for r in clash)}
        )
    grant = RoleGrant.objects.create(person=person, role=role, unit=unit, valid_from=day)
    keep_groups(person, timezone.localdate(at))
    record(Verb.ROLE_GRANTED, person, by=by, at=at, detail={"role": role.value, "unit": unit.code, "from": day})
    return grant


@transaction.atomic
def withdraw_role(grant: RoleGrant, *, day: date, by: Person | None, at: datetime) -> RoleGrant:
    """End a grant; ``day`` is the first day it no longer holds."""
    grant.valid_to = max(day, grant.valid_from)
    grant.save(update_fields=["valid_to"])
    keep_groups(grant.person, timezone.localdate(at))
    record(Verb.ROLE_WITHDRAWN, grant.person, by=by, at=at, detail={"role": grant.role, "unit": grant.unit.code, "to": grant.valid_to})
    return grant


def writers_group() -> Group:
    """The group whose members open the Wagtail admin; what they may do to pages is laid down by the content app."""
    group, created = Group.objects.get_or_create(name=GROUP)
    if created:
        group.permissions.add(*Permission.objects.filter(codename="access_admin", content_type__app_label="wagtailadmin"))
    return group


def role_boundary(day: date) -> Q:
    """People with a writer's role that began or ended in the month before ``day``."""
    lately = (day - timedelta(days=31), day)
    return Q(grants__role__in=WRITERS) & (Q(grants__valid_from__range=lately) | Q(grants__valid_to__range=lately))


def keep_groups(person: Person, day: date | None = None) -> None:
    """Bring group membership in step with the grants in force on ``day`` (None: today)."""
    day = day or timezone.localdate()
    in_force = Q(valid_to=None) | Q(valid_to__gt=day)
    writes = person.is_active and person.grants.filter(in_force, role__in=WRITERS, valid_from__lte=day).exists()
    if writes:
        person.groups.add(writers_group())
    else:
        person.groups.remove(*Group.objects.filter(name=GROUP))
