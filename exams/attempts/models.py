"""One candidate, one frozen paper, one clock; answers are appended and never updated.

The state of an attempt is computed from its rows: started (the row is there), handed in (it has a `HandIn`), due at its
deadline plus the sum of its `TimeGrant` rows. `exams.attempts.timing` and `exams.attempts.answers` say how, without Django.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exams.attempts.querysets import AttemptQuerySet


class Attempt(models.Model):
    """A start: the paper as drawn (see `exams.papers.drawing.Paper`), its digest, and the deadline by the server's clock.

    ``start_key`` is made by the client: the same start sent twice is one attempt.
    """

    append_only = True

    candidate = models.ForeignKey("exams.Candidate", on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    start_key = models.CharField(max_length=40)
    seed = models.CharField(max_length=32)
    paper = models.JSONField()
    paper_digest = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    deadline = models.DateTimeField()

    objects = AttemptQuerySet.as_manager()

    granted: int  # these three by `AttemptQuerySet.with_state` and the actions, not columns
    epoch: int
    known: str | None

    class Meta:
        verbose_name = _("attempt")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "number"], name="attempt_numbers_count_up"),
            models.UniqueConstraint(fields=["candidate", "start_key"], name="attempt_started_once"),
            models.CheckConstraint(condition=Q(deadline__gt=models.F("started_at")), name="attempt_times_in_order"),
        ]


class AttemptDevice(models.Model):
    """A browser that took over an attempt. The later epoch's answers stand above the earlier's, whenever they arrive."""

    append_only = True

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="devices")
    device = models.CharField(max_length=40)
    epoch = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "device"], name="device_one_epoch"),
            models.UniqueConstraint(fields=["attempt", "epoch"], name="device_epochs_count_up"),
        ]


class AnswerRecord(models.Model):
    """One save as it came: ``items`` is a list of ``{"n": slot, "v": [values], "f": flag}``. Acknowledged after commit.

    Order is (epoch, seq), never arrival. The same (attempt, epoch, seq) again is the same save. ``late`` came after the end: it is
    kept as evidence and counts for nothing by itself.
    """

    append_only = True

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answers")
    epoch = models.PositiveSmallIntegerField()
    seq = models.PositiveIntegerField()
    items = models.JSONField()
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    late = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("answer record")
        constraints = [models.UniqueConstraint(fields=["attempt", "epoch", "seq"], name="answer_saved_once")]


class HandIn(models.Model):
    """The end of an attempt, once. ``at`` is when it counts as ended (the deadline, if the sweep closed it)."""

    append_only = True

    class How(models.TextChoices):
        CANDIDATE = "candidate", _("Handed in")
        DEADLINE = "deadline", _("Closed at the deadline")
        INVIGILATOR = "invigilator", _("Closed by the invigilator")

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="hand_in")
    how = models.CharField(max_length=12, choices=How)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    receipt = models.CharField(max_length=24, unique=True)
    answered = models.PositiveSmallIntegerField()
    answers_digest = models.CharField(max_length=64)


class TimeGrant(models.Model):
    """Minutes added to one attempt, with the reason. Grants add up; ``key`` makes a repeated click one grant."""

    append_only = True

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="grants")
    minutes = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=120)
    key = models.CharField(max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "key"], name="grant_once_per_click")]


class Incident(models.Model):
    """What an invigilator noted about an attempt."""

    append_only = True

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="incidents")
    text = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
