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


class ImportBatch(models.Model):
    """One uploaded file, what it would do, and what it did.

    ``plan`` holds the rows as understood (see `lms.exchange.plans.PlannedRow`): verdict create, change, skip or refuse, and reasons.
    ``effects`` journals what executing changed, row by row, so that a killed import goes on and an undo is exact.
    The file itself is not kept: its digest recognises it when it comes again.
    """

    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.PLANNED)
    plan = models.JSONField(default=list)
    effects = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("lms.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    executed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    job = models.ForeignKey("lms.Job", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("import")
        ordering = ["-pk"]
