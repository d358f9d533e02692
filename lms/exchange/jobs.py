"""Jobs of the exchange room: carrying out and undoing imports, and forgetting what they held."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from lms.exchange.actions import CHANGES, apply_rows, forget_imports
from lms.exchange.models import ImportBatch, ImportState
from lms.exchange.undoing import finish_undo, undo_rows
from lms.jobs.handlers import Cancelled, Work, handles
from lms.people.models import Person

CHUNK = 50  # rows between two commits: a second or two of work, far below the lease


@handles("exchange.execute")
def execute(work: Work) -> dict[str, Any]:
    """Carry out what is not yet carried out. Cancelled: what is done stands, and the rest can be started again."""
    batch = ImportBatch.objects.select_related("by").get(pk=work.arguments["batch"])
    todo = batch.rows.filter(verdict__in=CHANGES, effect__isnull=True)
    total = max(work.job.total, todo.count())
    by = work.job.by or batch.by
    try:
        work.progress(total - todo.count(), total)
        while rows := list(todo[:CHUNK]):
            apply_rows(rows, by=by, at=timezone.now())
            work.progress(max(0, total - todo.count()), total)
    except Cancelled:
        _done(batch)
        raise
    _done(batch)
    return {"batch": batch.pk}


@transaction.atomic
def _done(batch: ImportBatch) -> None:
    batch.state, batch.executed_at = ImportState.DONE, timezone.now()
    batch.save(update_fields=["state", "executed_at"])


@handles("exchange.undo")
def undo(work: Work) -> dict[str, Any]:
    """Put back what was changed, last row first."""
    batch = ImportBatch.objects.get(pk=work.arguments["batch"])
    by = Person.objects.filter(pk=work.arguments["by_person"]).first()
    todo = batch.rows.filter(verdict__in=CHANGES, kept="", effect__person__isnull=False).exclude(effect__has_key="undone").order_by("-line")
    total = todo.count()
    work.progress(0, total)
    while rows := list(todo[:CHUNK]):
        undo_rows(rows, by=by, at=timezone.now())
        work.progress(max(0, total - todo.count()), total)
    finish_undo(batch, by=by, at=timezone.now())
    return {"batch": batch.pk}


@handles("exchange.forget", every=timedelta(hours=24))
def forget(work: Work) -> dict[str, Any]:
    return {"wiped": forget_imports(at=timezone.now())}
