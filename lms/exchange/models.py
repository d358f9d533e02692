"""Files in: a file becomes a plan, the plan is shown, then executed in the background, and can be undone."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    PLANNED = "planned", _("Previewed")
    RUNNING = "running", _("Running")
    DONE = "done", _("Imported")
    UNDONE = "undone", _("Undone")
    DISCARDED = "discarded", _("Discarded")


class Verdict(models.TextChoices):
    CREATE = "create", _("New")
    CHANGE = "change", _("Changed")
    SKIP = "skip", _("Already so")
    REFUSE = "refuse", _("With errors")


class ImportBatch(models.Model):
    """One uploaded file. What it would do, and what it did, stands row by row in `ImportRow`.

    The file itself is not kept: its digest recognises it when it comes again. ``headings`` are those of the file, for the workbook
    of bad rows. ``forgotten_at``: when the contents of the rows were wiped; verdicts and reasons stay.
    """

    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64, db_index=True)
    headings = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.PLANNED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    executed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)
    job = models.ForeignKey("lms.Job", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("import")
        ordering = ["-pk"]


class ImportRow(models.Model):
    """One row of a file as understood, the verdict on it, and what executing it changed.

    ``values`` are ready to be written; identity numbers stand in them sealed only. ``cells`` are the cells as they came, sealed, for
    the workbook that goes back. ``effect`` is the journal: None until the row was executed, so that a killed import goes on where
    it stopped and an undo puts back exactly what was there. ``kept`` says why an undo left the row standing.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(_("row of the file"))
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict)
    reasons = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    cells = models.TextField(blank=True)
    effect = models.JSONField(null=True)
    kept = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("import row")
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="import_line_once")]
        indexes = [models.Index(fields=["batch", "verdict", "line"], name="import_rows_by_verdict")]
