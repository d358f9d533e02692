"""The sheet the personnel system takes: explicit columns, from the rows as they were frozen."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from import_export import fields, resources
from import_export.formats import base_formats
from tablib import Dataset

from exams.assessment.models import ExportBatch, ExportRow
from exams.assessment.rows import HEADINGS, Heading
from lms.exchange.sheets import CSV_TYPE, XLSX_TYPE, Column, csv_bytes, workbook

COLUMNS = [Column(key=h.name, heading=h.text, text=h.kind == "text", kind="number" if h.kind == "number" else "text") for h in HEADINGS]


class CellField(fields.Field):
    """One column, read from the frozen row. Nothing comes in through it."""

    def __init__(self, heading: Heading) -> None:
        super().__init__(column_name=heading.text, readonly=True)
        self.heading = heading

    def get_value(self, instance: ExportRow) -> Any:
        value = instance.cells.get(self.heading.name, "")
        return Decimal(value) if value and self.heading.kind == "number" else value

    def export(self, instance: ExportRow, **kwargs: Any) -> Any:
        return self.get_value(instance)


class BatchResource(resources.Resource):
    """A batch as a table: one row a person, in the order handed on."""

    name = CellField(HEADINGS[0])
    staff_number = CellField(HEADINGS[1])
    identity = CellField(HEADINGS[2])
    unit = CellField(HEADINGS[3])
    post = CellField(HEADINGS[4])
    year = CellField(HEADINGS[5])
    hours_span = CellField(HEADINGS[6])
    hours = CellField(HEADINGS[7])
    hours_needed = CellField(HEADINGS[8])
    hours_online = CellField(HEADINGS[9])
    knowledge = CellField(HEADINGS[10])
    operation = CellField(HEADINGS[11])
    level = CellField(HEADINGS[12])
    certificates = CellField(HEADINGS[13])
    gaps = CellField(HEADINGS[14])
    confirmed_by = CellField(HEADINGS[15])
    confirmed_at = CellField(HEADINGS[16])
    basis = CellField(HEADINGS[17])
    record = CellField(HEADINGS[18])

    class Meta:
        export_order = tuple(heading.name for heading in HEADINGS)

    def get_queryset(self) -> Any:
        return ExportRow.objects.none()  # a batch is always named


class Workbook(base_formats.Format):
    """An .xlsx as `lms.exchange.sheets` writes it; dated by the batch, so that the same rows are the same bytes."""

    def __init__(self, created: datetime, title: str) -> None:
        self.created, self.title = created, title

    def can_export(self) -> bool:
        return True

    def get_extension(self) -> str:
        return "xlsx"

    def get_content_type(self) -> str:
        return XLSX_TYPE

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        return workbook(COLUMNS, list(dataset), title=self.title, created=self.created)


class Csv(base_formats.Format):
    """The same table as CSV that Excel opens rightly."""

    def can_export(self) -> bool:
        return True

    def get_extension(self) -> str:
        return "csv"

    def get_content_type(self) -> str:
        return CSV_TYPE

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        return csv_bytes(COLUMNS, list(dataset))


def file_of(batch: ExportBatch, rows: Iterable[ExportRow], extension: str) -> tuple[bytes, str]:
    """Return (bytes, content type) of a batch as ``xlsx`` or ``csv``."""
    format_ = Csv() if extension == "csv" else Workbook(batch.at, batch.number)
    return format_.export_data(BatchResource().export(rows)), format_.get_content_type()
