"""Handing confirmed material on: numbered batches and their corrections."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from exams.assessment.models import AssessmentRecord, ExportBatch, ExportRow, Objection
from exams.assessment.querysets import RecordQuerySet
from exams.assessment.rows import cells_of, number, rows_digest, series
from exams.assessment.states import RecordState
from exams.certificates.models import NumberSeries
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person, Unit


class NothingToHandOn(ValueError):
    """No confirmed record waits to be handed on."""


def waiting(year: int, unit: Unit) -> RecordQuerySet:
    """Latest confirmed versions below ``unit`` of people whose year no batch has held yet and who wait for no answer to an objection."""
    held = ExportRow.objects.filter(record__year=year).values("record__person")
    records = AssessmentRecord.objects.filter(year=year, unit__path__startswith=unit.path).current()
    disputed = Objection.objects.filter(record__year=year, answered_at=None).values("record__person")
    return records.filter(state=RecordState.CONFIRMED).exclude(person__in=held).exclude(person__in=disputed)


def corrected_since(batch: ExportBatch) -> RecordQuerySet:
    """Latest confirmed versions of the people in ``batch`` that are newer than any version handed on of them."""
    people = ExportRow.objects.filter(batch=batch).values("record__person")
    handed_on = ExportRow.objects.filter(record__person=OuterRef("person"), record__year=OuterRef("year"))
    last = handed_on.values("record__person").annotate(last=Max("record__version")).values("last")
    records = AssessmentRecord.objects.filter(year=batch.year, person__in=people).current().filter(state=RecordState.CONFIRMED)
    return records.annotate(handed_on=Subquery(last)).filter(version__gt=F("handed_on"))


@transaction.atomic
def export_batch(year: int, unit: Unit, *, by: Person, at: datetime, receiver: str = "") -> ExportBatch:
    """Hand on what waits (`waiting`) and was confirmed by ``at``, as one numbered batch with frozen rows.

    Side effects in order: the series' number, the batch, its rows, audit line. Raises NothingToHandOn.
    """
    return _hand_on(waiting(year, unit), year, unit, None, by=by, at=at, receiver=receiver)


@transaction.atomic
def export_correction(batch: ExportBatch, *, by: Person, at: datetime) -> ExportBatch:
    """Hand on what was confirmed anew since ``batch`` (`corrected_since`), as a batch that points at it. Raises NothingToHandOn."""
    return _hand_on(corrected_since(batch), batch.year, batch.unit, batch, by=by, at=at, receiver=batch.receiver)


def _hand_on(records: RecordQuerySet, year: int, unit: Unit, corrects: ExportBatch | None, *, by: Person, at: datetime, receiver: str) -> ExportBatch:
    name = series(timezone.localdate(at))
    NumberSeries.objects.get_or_create(series=name)
    line = NumberSeries.objects.select_for_update().get(series=name)
    rows = list(records.filter(at__lte=at).select_related("person", "unit", "by").order_by("unit__path", "person__staff_number"))
    if not rows:
        raise NothingToHandOn
    line.last += 1
    line.save(update_fields=["last"])
    cells = [cells_of_record(row) for row in rows]
    batch = ExportBatch.objects.create(
        number=number(name, line.last), year=year, corrects=corrects, unit=unit, by=by, at=at, rows_digest=rows_digest(cells),
        receiver=receiver or _("Personnel information system"),
    )  # fmt: skip
    ExportRow.objects.bulk_create(
        [ExportRow(batch=batch, position=n, record=row, cells=values) for n, (row, values) in enumerate(zip(rows, cells, strict=True), start=1)]
    )
    detail = {"number": batch.number, "year": year, "rows": len(rows), "digest": batch.rows_digest, "corrects": corrects.number if corrects else None}
    record(Verb.BATCH_CORRECTED if corrects else Verb.BATCH_EXPORTED, batch, by=by, at=at, detail=detail)
    return batch


def cells_of_record(row: AssessmentRecord) -> dict[str, str]:
    """Return the row of a record as it is handed on."""
    return cells_of(
        row.lines, name=row.person.name, staff_number=row.person.staff_number, identity=row.person.identity_tail, year=row.year,
        unit=row.unit.name, confirmed_by=f"{row.by.name}（{row.by.staff_number}）",
        confirmed_at=timezone.localtime(row.at, timezone.get_default_timezone()).strftime("%Y-%m-%d %H:%M"),
        record=f"{row.year}-{row.pk}-v{row.version}",
    )  # fmt: skip


def intact(batch: ExportBatch, rows: Iterable[ExportRow]) -> bool:
    """Answer whether the rows still are those the batch was handed on with."""
    return rows_digest(row.cells for row in rows) == batch.rows_digest


@transaction.atomic
def rows_with_identity(batch: ExportBatch, *, by: Person, at: datetime) -> list[ExportRow]:
    """Return the rows of a batch with full identity numbers; that they were shown, of whom and to whom, is recorded.

    For holders of `Act.REVEAL_IDENTITY` over the batch's unit alone; the caller asks. The rows are not stored.
    """
    rows = list(batch.rows.select_related("record__person"))
    for row in rows:
        row.cells = {**row.cells, "identity": row.record.person.identity_number()}
    detail = {"batch": batch.number, "people": [row.record.person_id for row in rows]}
    record(Verb.IDENTITY_REVEALED, batch, by=by, at=at, detail=detail)
    return rows


@transaction.atomic
def record_fetched(batch: ExportBatch, extension: str, *, by: Person, at: datetime) -> None:
    """Note who fetched a batch's file."""
    record(Verb.LIST_EXPORTED, batch, by=by, at=at, detail={"number": batch.number, "as": extension})
