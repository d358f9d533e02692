"""From answers to results. Results live in numbered grade runs; a release points a sitting at one run."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams.marking.querysets import GradeRunQuerySet, ResultQuerySet
from exams.marking.states import Level


class GradeRun(models.Model):
    """One marking of everything handed in at a sitting, with the question versions and policies of that moment.

    A run may be added to while it is open (attempts still come in) and is closed by its release. What is handed in later goes to
    the next run, which begins with the released results as they stand, so that every released run holds all results of its sitting.
    """

    append_only = True

    sitting = models.ForeignKey("exams.Sitting", on_delete=models.PROTECT, related_name="grade_runs")
    number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=120, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = GradeRunQuerySet.as_manager()

    class Meta:
        ordering = ["sitting", "number"]
        constraints = [models.UniqueConstraint(fields=["sitting", "number"], name="grade_run_numbers_count_up")]


class Result(models.Model):
    """The marks of one attempt in one run. ``slots`` holds the points of each slot, by slot number.

    ``end`` is the end that was marked: when two people undo it, the result stands for nothing any more (`ResultQuerySet.superseded`). A result
    that names none is of the attempt's first end.

    ``last_mark`` is the highest number of a mark by hand that went in; a later one for the attempt supersedes a result that is not released.

    ``policies`` are the figures used: ``{"key": …, "id": …, "value": …}``.
    """

    append_only = True

    run = models.ForeignKey(GradeRun, on_delete=models.PROTECT, related_name="results")
    attempt = models.ForeignKey("exams.Attempt", on_delete=models.PROTECT, related_name="results")
    end = models.ForeignKey("exams.HandIn", null=True, on_delete=models.PROTECT, related_name="results")
    score = models.DecimalField(max_digits=6, decimal_places=2)
    full = models.DecimalField(max_digits=6, decimal_places=2)
    knowledge = models.DecimalField(max_digits=6, decimal_places=2)
    knowledge_full = models.DecimalField(max_digits=6, decimal_places=2)
    operation = models.DecimalField(max_digits=6, decimal_places=2)
    operation_full = models.DecimalField(max_digits=6, decimal_places=2)
    passed = models.BooleanField()
    level = models.CharField(_("operating level"), max_length=10, choices=Level)
    slots = models.JSONField()
    policies = models.JSONField(default=list)
    marked_at = models.DateTimeField()
    last_mark = models.PositiveBigIntegerField(default=0)

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("result")
        constraints = [
            models.UniqueConstraint(fields=["run", "attempt"], name="result_once_per_run"),
            models.CheckConstraint(condition=Q(score__gte=0) & Q(score__lte=F("full")), name="result_score_in_bounds"),
            models.CheckConstraint(condition=Q(score=F("knowledge") + F("operation")), name="result_dimensions_add_up"),
        ]


class Release(models.Model):
    """Someone signed off a run: from here its results are the sitting's. The latest release counts."""

    append_only = True

    sitting = models.ForeignKey("exams.Sitting", on_delete=models.PROTECT, related_name="releases")
    run = models.OneToOneField(GradeRun, on_delete=models.PROTECT, related_name="release")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
