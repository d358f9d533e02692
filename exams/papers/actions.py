"""What may happen to blueprints."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from exams.papers.models import ASKED, Blueprint, BlueprintRow
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person


class BlueprintInUse(ValidationError):
    """A sitting that has opened draws from it: its candidates are owed the same rules."""


def in_use(blueprint: Blueprint, at: datetime) -> bool:
    """Answer whether a sitting that has opened and was not cancelled draws from this blueprint."""
    return blueprint.pk is not None and blueprint.sittings.filter(opens_at__lte=at, cancelled_at=None).exists()


@transaction.atomic
def save_blueprint(blueprint: Blueprint, rows: Sequence[BlueprintRow], *, by: Person, at: datetime) -> Blueprint:
    """Write a blueprint (new or changed) with exactly these rows, in this order.

    A blueprint that lacks questions may be saved: the bank grows. A sitting with it is refused until it can be drawn.
    Raises BlueprintInUse.
    """
    if in_use(blueprint, at):
        raise BlueprintInUse(_("A sitting that has opened draws from this blueprint. Make a copy and change that."))
    blueprint.full_clean()
    blueprint.save()
    blueprint.rows.all().delete()
    for order, row in enumerate(rows):
        row.pk, row.blueprint, row.order = None, blueprint, order
        row.full_clean(exclude=["blueprint"])
    BlueprintRow.objects.bulk_create(rows)
    detail = {"title": blueprint.title, "rows": [_plain(row) for row in rows]}
    record(Verb.BLUEPRINT_SAVED, blueprint, by=by, at=at, detail=detail)
    return blueprint


@transaction.atomic
def copy_blueprint(blueprint: Blueprint, *, by: Person, at: datetime) -> Blueprint:
    """Make a blueprint of the same rows under a new title; returns it."""
    title = (_("Copy of %(title)s") % {"title": blueprint.title})[:80]
    copy = Blueprint(title=title, shuffle_options=blueprint.shuffle_options, pool=blueprint.pool)
    return save_blueprint(copy, list(blueprint.rows.all()), by=by, at=at)


def _plain(row: BlueprintRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in (*ASKED, "count")}
