"""How far a person has come in a lesson."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class LessonProgress(models.Model):
    """One person in one lesson: when opened, where they are, when finished. A bookmark, not a record: hours stand in the ledger."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="lesson_progress")
    lesson = models.ForeignKey("content.LessonPage", on_delete=models.PROTECT, related_name="progress")
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    position = models.PositiveSmallIntegerField(default=0, help_text="the block last in view, counted from 0")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("lesson progress")
        constraints = [
            models.UniqueConstraint(fields=["person", "lesson"], name="progress_one_per_lesson"),
            models.CheckConstraint(condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("opened_at")), name="progress_times_in_order"),
        ]
        indexes = [models.Index(fields=["person", "-seen_at"], name="progress_where_was_i")]


class SelfCheckAnswer(models.Model):
    """One answer to a self-check, as given. Rows are added; the last one counts."""

    append_only = True

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lesson = models.ForeignKey("content.LessonPage", on_delete=models.PROTECT, related_name="+")
    block = models.CharField(max_length=40)
    given = models.JSONField()
    right = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "lesson"], name="self_check_how_did_they_do")]
