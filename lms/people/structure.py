"""What may happen to units and posts."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Appointment, Person, Post, Unit, UnitPlacement
from lms.people.states import Tier, UnitKind


@transaction.atomic
def found_unit(
    code: str, name: str, *, kind: UnitKind | str, parent: Unit | None, day: date, by: Person | None, at: datetime, name_en: str = "", order: int = 0
) -> Unit:
    """Add a unit to the tree from ``day``. Raises ValidationError for a code in use, a closed parent or a second root."""
    if parent is None and Unit.objects.filter(parent=None).exists():
        raise ValidationError({"parent": _("The tree has a root already; say which unit this one belongs to.")})
    if parent is not None and parent.closed_on is not None and parent.closed_on <= day:
        raise ValidationError({"parent": _("The unit it belongs to is closed on that day.")})
    code = code.lower()
    unit = Unit(code=code, name=name, name_en=name_en, kind=kind, parent=parent, order=order, founded_on=day)
    unit.path = (parent.path if parent else "") + code + "/"
    unit.full_clean()
    unit.save()
    UnitPlacement.objects.create(unit=unit, name=name, path=unit.path, valid_from=day)
    record(Verb.UNIT_FOUNDED, unit, by=by, at=at, detail={"code": code, "parent": parent.code if parent else None, "from": day})
    return unit


@transaction.atomic
def change_unit(unit: Unit, *, day: date, by: Person | None, at: datetime, **changes: Any) -> Unit:
    """Rename or move a unit, or change its kind, English name or order, from ``day`` on.

    ``changes`` may hold name, name_en, kind, order, parent. Side effects in order: the unit's row, the paths of its subtree, one
    placement ended and one begun for every unit whose name or path changed, audit line. Raises ValidationError for a day in the
    future or before the last change, and for a move under itself.
    """
    old_name, old_parent, old_path = unit.name, unit.parent_id, unit.path
    for field in ("name", "name_en", "kind", "order", "parent"):
        if field in changes:
            setattr(unit, field, changes[field])
    parent = unit.parent
    if old_parent is not None and parent is None:
        raise ValidationError({"parent": _("Say which unit it belongs to.")})
    if parent is not None and parent.path.startswith(old_path):
        raise ValidationError({"parent": _("A unit cannot stand under itself.")})
    unit.path = (parent.path if parent else "") + unit.code + "/"
    renamed, moved = unit.name != old_name, unit.path != old_path
    if renamed or moved:
        _must_follow(unit, day, at)
    unit.full_clean()
    unit.save()
    if moved:
        below = list(Unit.objects.filter(path__startswith=old_path).exclude(pk=unit.pk))
        for other in below:
            other.path = unit.path + other.path[len(old_path) :]
        Unit.objects.bulk_update(below, ["path"])
        _place_anew([unit, *below], day)
    elif renamed:
        _place_anew([unit], day)
    detail = {"from": day, "fields": sorted(changes), "path_before": old_path, "path": unit.path}
    record(Verb.UNIT_CHANGED, unit, by=by, at=at, detail=detail)
    return unit


def _must_follow(unit: Unit, day: date, at: datetime) -> None:
    if day > timezone.localdate(at):
        raise ValidationError({"day": _("A change of the tree cannot be dated in the future.")})
    if unit.placements.filter(valid_from__gt=day).exists():
        raise ValidationError({"day": _("The unit was changed after that day already.")})


def _place_anew(units: list[Unit], day: date) -> None:
    UnitPlacement.objects.filter(unit__in=units, valid_to=None).update(valid_to=day)
    UnitPlacement.objects.bulk_create([UnitPlacement(unit=u, name=u.name, path=u.path, valid_from=max(day, u.founded_on)) for u in units])


@transaction.atomic
def close_unit(unit: Unit, *, day: date, by: Person | None, at: datetime) -> Unit:
    """Close a unit; ``day`` is the first day it no longer exists. Raises ValidationError while people or open units are in it."""
    problems = []
    if Unit.objects.filter(parent=unit).filter(Q(closed_on=None) | Q(closed_on__gt=day)).exists():
        problems.append(_("Units below it are still open; close or move them first."))
    staying = Appointment.objects.filter(unit=unit, voided=False).filter(Q(valid_to=None) | Q(valid_to__gt=day)).values("person").distinct().count()
    if staying:
        problems.append(_("%(count)s people are still appointed there; move them first.") % {"count": staying})
    if day <= unit.founded_on:
        problems.append(_("A unit cannot be closed before it was founded."))
    if problems:
        raise ValidationError(problems)
    unit.closed_on = day
    unit.save(update_fields=["closed_on"])
    UnitPlacement.objects.filter(unit=unit, valid_to=None).update(valid_to=day)
    record(Verb.UNIT_CLOSED, unit, by=by, at=at, detail={"from": day})
    return unit


@transaction.atomic
def add_post(code: str, name: str, *, name_en: str, tier: Tier | str, by: Person | None, at: datetime, order: int = 0) -> Post:
    """Add a kind of position. Raises ValidationError for a code in use."""
    post = Post(code=code.lower(), name=name, name_en=name_en, tier=tier, order=order)
    post.full_clean()
    post.save()
    record(Verb.POST_CHANGED, post, by=by, at=at, detail={"code": post.code, "tier": str(post.tier), "new": True})
    return post


@transaction.atomic
def change_post(post: Post, *, by: Person | None, at: datetime, **changes: Any) -> Post:
    """Change name, name_en, tier or order. The tier decides what holders must learn from now on; past verdicts keep theirs."""
    for field in ("name", "name_en", "tier", "order"):
        if field in changes:
            setattr(post, field, changes[field])
    post.full_clean()
    post.save()
    record(Verb.POST_CHANGED, post, by=by, at=at, detail={"code": post.code, "fields": sorted(changes), "tier": str(post.tier)})
    return post
