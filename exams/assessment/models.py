"""The year's training material of each civil servant, confirmed by a named HR person and handed on in numbered batches."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exams.assessment.querysets import RecordQuerySet
from exams.assessment.states import RecordState


class AssessmentRecord(models.Model):
    """What was stated about one person and year at one moment, and that a named person confirmed or returned it.

    Rows are added: version n + 1 replaces n. ``lines`` is the material as shown (`exams.assessment.material.Line`), ``digest`` its SHA-256.
    No grade is computed or stored: grades are set by people elsewhere.
    """

    append_only = True

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assessment_records")
    unit = models.ForeignKey("lms.Unit", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("assessment year"))
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=RecordState)
    lines = models.JSONField()
    digest = models.CharField(max_length=64)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment record")
        ordering = ["person", "year", "version"]
        constraints = [
            models.UniqueConstraint(fields=["person", "year", "version"], name="assessment_versions_count_up"),
            models.CheckConstraint(condition=Q(state="confirmed") | ~Q(reason=""), name="assessment_return_has_reason"),
        ]


class Objection(models.Model):
    """A person says that something in their material is wrong."""

    append_only = ("answered_at", "answer", "answered_by")

    record = models.ForeignKey(AssessmentRecord, on_delete=models.PROTECT, related_name="objections")
    text = models.TextField()
    at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("objection")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="", answered_by=None)
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
                name="objection_answer_whole",
            ),
            models.UniqueConstraint(fields=["record"], condition=Q(answered_at=None), name="objection_one_open_per_record"),
        ]


class ExportBatch(models.Model):
    """A numbered batch (``YX-2026-Q4-001``) as handed on: the same rows, the same bytes, whenever it is fetched again."""

    append_only = True

    number = models.CharField(max_length=20, unique=True)
    year = models.PositiveSmallIntegerField()
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    unit = models.ForeignKey("lms.Unit", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    receiver = models.CharField(_("handed to"), max_length=80)
    rows_digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("export batch")
        ordering = ["-pk"]


class ExportRow(models.Model):
    """One person's confirmed record in one batch. ``cells`` is the row as handed on (`exams.assessment.rows`), never made anew."""

    append_only = True

    batch = models.ForeignKey(ExportBatch, on_delete=models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    record = models.ForeignKey(AssessmentRecord, on_delete=models.PROTECT, related_name="exports")
    cells = models.JSONField()

    class Meta:
        ordering = ["batch", "position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="export_positions_count_up"),
            models.UniqueConstraint(fields=["batch", "record"], name="export_record_once_per_batch"),
        ]
