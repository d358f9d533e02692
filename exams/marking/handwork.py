"""What people judge: which answers wait for them, and what they gave. The rule: `docs/algorithms/grading.md`, "By hand"."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exams.marking.querysets import HandMarkQuerySet, PieceQuerySet


class Piece(models.Model):
    """An answer that waits for a person: slot ``n`` of an attempt at one end, laid out by marking once.

    ``number`` is drawn by lot, unique within a question of a sitting: markers see it instead of a name. ``digest`` is that of the answer;
    ``doubts`` are codes why an answer that could be scored by itself was not (`exams.bank.kinds.base.Rule.settle`), ``suggested`` the points it
    would have had.
    """

    append_only = True

    attempt = models.ForeignKey("exams.Attempt", on_delete=models.PROTECT, related_name="pieces")
    end = models.ForeignKey("exams.HandIn", on_delete=models.PROTECT, related_name="pieces")
    sitting = models.ForeignKey("exams.Sitting", on_delete=models.PROTECT, related_name="pieces")
    version = models.ForeignKey("exams.QuestionVersion", on_delete=models.PROTECT, related_name="pieces")
    n = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    doubts = models.JSONField(default=list)
    suggested = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    made_at = models.DateTimeField()

    objects = PieceQuerySet.as_manager()

    mark: int | None  # by `PieceQuerySet.with_mark`

    class Meta:
        verbose_name = _("answer to be marked")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["end", "n"], name="piece_once_an_end"),
            models.UniqueConstraint(fields=["sitting", "version", "number"], name="piece_numbers_differ"),
        ]
        indexes = [models.Index(fields=["attempt", "n"], name="piece_of_a_slot")]


class HandMark(models.Model):
    """What a person gave for one answer. Never changed: the latest signed one of an answer counts (`HandMarkQuerySet.counting`).

    ``digest`` is that of the answer judged. ``sheet`` holds the marks of each criterion by its id. ``final`` false: a checklist as it was saved on
    the way. ``grave``: a critical step of a station was failed and the question lets that fail the dimension. ``seconds``: how long the station
    took; ``second``: another examiner who was there.
    """

    append_only = True

    attempt = models.ForeignKey("exams.Attempt", on_delete=models.PROTECT, related_name="hand_marks")
    n = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    points = models.DecimalField(max_digits=6, decimal_places=2)
    sheet = models.JSONField(default=dict)
    comment = models.TextField(_("comment"), blank=True)
    final = models.BooleanField(default=True)
    grave = models.BooleanField(default=False)
    seconds = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = HandMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark by hand")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(points__gte=0), name="hand_mark_is_not_negative")]
        indexes = [models.Index(fields=["attempt", "n", "digest"], name="hand_mark_of_an_answer")]
