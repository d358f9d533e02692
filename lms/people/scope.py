"""Who may do what, and to which rows: decided here and nowhere else.

A role is granted for a unit and reaches that unit's whole subtree. The same table answers "may they?" (`may`), "which units?"
(`reach`) and "which rows?" (`within`). Reasons for the table: `docs/decisions/0004-scope.md`.
"""

from datetime import date
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import DateField, Q

from lms.people.states import Act, Role
from lms.statements import NUMBER, Ready

if TYPE_CHECKING:
    from lms.people.models import Person, Unit

PERMITS: dict[Role, frozenset[Act]] = {
    Role.TRAINER: frozenset({Act.WRITE_CONTENT, Act.MANAGE_SITTINGS, Act.WATCH_SITTINGS, Act.MARK_ANSWERS, Act.SEE_RESULTS}),
    Role.HR: frozenset(
        {
            Act.SEE_PEOPLE, Act.MANAGE_PEOPLE, Act.IMPORT_PEOPLE, Act.REVEAL_IDENTITY, Act.MANAGE_UNITS, Act.MANAGE_POSTS, Act.PUBLISH_NOTICE,
            Act.SEE_RESULTS, Act.SEE_COVERAGE, Act.MANAGE_REQUIREMENTS, Act.MANAGE_CERTIFICATES, Act.CONFIRM_ASSESSMENT, Act.EXPORT_ASSESSMENT,
            Act.SET_POLICY,
        }
    ),
    Role.CENTRE: frozenset(
        {
            Act.SEE_PEOPLE, Act.WRITE_CONTENT, Act.MANAGE_SITTINGS, Act.WATCH_SITTINGS, Act.MARK_ANSWERS, Act.RELEASE_RESULTS, Act.SEE_RESULTS,
            Act.PUBLISH_NOTICE, Act.SEE_COVERAGE, Act.SEE_JOBS,
        }
    ),
    Role.UNIT_ADMIN: frozenset({Act.SEE_PEOPLE, Act.SEE_COVERAGE, Act.SEE_RESULTS}),
    Role.HEAD: frozenset({Act.SEE_PEOPLE, Act.SEE_COVERAGE}),
    Role.INVIGILATOR: frozenset({Act.WATCH_SITTINGS}),
    Role.AUDITOR: frozenset({Act.READ_AUDIT}),
    Role.SYSADMIN: frozenset({Act.GRANT_ROLES, Act.SEE_JOBS}),
}  # fmt: skip

# What concerns every unit at once, so that a grant for less than the whole county does not give it.
COUNTY_WIDE = frozenset({Act.MANAGE_POSTS, Act.MANAGE_REQUIREMENTS, Act.READ_AUDIT, Act.SEE_JOBS})


GRANTS: Ready[tuple[str, str]] = Ready(
    lambda person, day: apps.get_model("lms", "RoleGrant").objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), person=person, valid_from__lte=day)
    .values_list("role", "unit__path"),
    person=NUMBER, day=DateField(),
)  # fmt: skip


def roles_of(person: "Person", day: date) -> list[tuple[Role, str]]:
    """Return ``(role, path of the unit it is granted for)`` in force on ``day``; nothing for a closed account."""
    if not getattr(person, "is_active", False) or not person.pk:
        return []
    cached: dict[date, list[tuple[Role, str]]] = person.__dict__.setdefault("_roles_by_day", {})
    if day not in cached:
        cached[day] = [(Role(role), path) for role, path in GRANTS.all(person=person.pk, day=day)]
    return cached[day]


def reach(person: "Person", act: Act, day: date) -> list[str]:
    """Return the paths of the units under which ``person`` may do ``act``; empty means nowhere."""
    paths = [path for role, path in roles_of(person, day) if act in PERMITS[role]]
    return [path for path in paths if path.count("/") == 1] if act in COUNTY_WIDE else paths


def may(person: "Person", act: Act, day: date, unit: "Unit | None" = None) -> bool:
    """Answer whether ``person`` may do ``act`` to something of ``unit``; without a unit: anywhere at all."""
    paths = reach(person, act, day)
    return bool(paths) if unit is None else any(unit.path.startswith(path) for path in paths)


def within(paths: list[str], lookup: str = "path") -> Q:
    """Turn paths from `reach` into the filter "in one of these subtrees"; no path gives a filter that lets nothing through."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{lookup}__startswith": path})
    return condition
