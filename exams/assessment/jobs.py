"""Batches are made outside the request. A job that is run again finds its batch by the instant it was asked for."""

from typing import Any

from exams.assessment.handing_on import NothingToHandOn, export_batch, export_correction, waiting
from exams.assessment.models import ExportBatch
from lms.jobs.handlers import Work, handles
from lms.people.models import Unit

EXPORT = "assessment.export"


@handles(EXPORT)
def export(work: Work) -> dict[str, Any]:
    """Arguments: ``year`` and ``unit`` for a batch, or ``corrects`` for a correction. Result: the batch, or that nothing waited."""
    arguments, by, at = work.arguments, work.job.by, work.job.created_at
    if by is None:
        return {"nothing": True}  # the account was erased: nobody answers for the batch
    same = (
        {"corrects": arguments["corrects"]} if "corrects" in arguments else {"corrects": None, "year": arguments["year"], "unit": arguments["unit"]}
    )
    batch = ExportBatch.objects.filter(by=by, at=at, **same).first()
    if batch is None:
        try:
            if "corrects" in arguments:
                batch = export_correction(ExportBatch.objects.select_related("unit").get(pk=arguments["corrects"]), by=by, at=at)
            else:
                unit = Unit.objects.get(pk=arguments["unit"])
                work.progress(0, waiting(arguments["year"], unit).count())
                batch = export_batch(arguments["year"], unit, by=by, at=at)
        except NothingToHandOn:
            return {"nothing": True}
    rows = batch.rows.count()
    work.progress(rows, rows)
    return {"batch": batch.pk, "number": batch.number, "rows": rows}
