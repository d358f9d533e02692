"""Writing the trail."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from lms.audit.chain import GENESIS, Line, link
from lms.audit.models import AuditHead, AuditRow
from lms.audit.verbs import Verb


def subject_of(thing: models.Model | str) -> str:
    """Name a thing the way the trail does: ``model:primary key``."""
    return thing if isinstance(thing, str) else f"{thing._meta.model_name}:{thing.pk}"


def record(verb: Verb, subject: models.Model | str, *, by: models.Model | None, at: datetime, detail: Mapping[str, object] | None = None) -> AuditRow:
    """Add one line to the trail, inside the caller's transaction.

    ``by`` is the acting person, or None where the system acts by itself. Call it as the last statement of an action: the
    head row is locked from here to the commit, so that numbers follow commits without gaps.
    Raises TransactionManagementError outside a transaction: an act and its line stand or fall together.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An audit line belongs to the transaction of its act.")
    head = AuditHead.objects.select_for_update().filter(id=1).first()
    if head is None:
        AuditHead.objects.bulk_create([AuditHead(id=1, number=0, hash=GENESIS)], ignore_conflicts=True)
        head = AuditHead.objects.select_for_update().get(id=1)
    plain = json.loads(json.dumps(dict(detail or {}), cls=DjangoJSONEncoder))
    line = Line(number=head.number + 1, at=at, actor=by.pk if by else None, verb=str(verb.value), subject=subject_of(subject), detail=plain)
    row = AuditRow(
        number=line.number, at=line.at, actor_id=line.actor, verb=line.verb, subject=line.subject,
        detail=plain, previous=head.hash, hash=link(head.hash, line),
    )  # fmt: skip
    row.save(force_insert=True)
    AuditHead.objects.filter(id=1).update(number=row.number, hash=row.hash)
    return row
