"""What is done to attempts from outside: time added, pauses, decisions of two people, answer files, incidents, outages, signs of life."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Outage(models.Model):
    """One decision that a whole sitting, or one room of it, lost time from ``began_at`` to ``ended_at``; the grants it gave name it.

    ``key`` makes a repeated click one decision.
    """

    append_only = True

    sitting = models.ForeignKey("exams.Sitting", on_delete=models.PROTECT, related_name="outages")
    room = models.CharField(max_length=80, blank=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    reason = models.CharField(max_length=120)
    key = models.CharField(max_length=40)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting", "key"], name="outage_once_per_click"),
            models.CheckConstraint(condition=Q(ended_at__gt=F("began_at")), name="outage_times_in_order"),
        ]


class Pause(models.Model):
    """From ``at`` the attempt's clock stands still, until someone resumes it. One at a time; a click on a whole room gives each its own row."""

    append_only = ("resumed_at", "resumed_by")

    attempt = models.ForeignKey("exams.Attempt", on_delete=models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=120)
    key = models.CharField(max_length=40)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    resumed_at = models.DateTimeField(null=True)
    resumed_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "key"], name="pause_once_per_click"),
            models.UniqueConstraint(fields=["attempt"], condition=Q(resumed_at=None), name="pause_one_at_a_time"),
            models.CheckConstraint(condition=Q(resumed_at=None) | Q(resumed_at__gte=F("at")), name="pause_times_in_order"),
            models.CheckConstraint(condition=Q(resumed_at=None, resumed_by=None) | Q(resumed_at__isnull=False), name="pause_resumed_has_a_time"),
        ]


class Decision(models.Model):
    """What one person asks for and another, never the same, agrees to or refuses: reopening an attempt, or letting late answers count.

    ``end`` is the end it undid when it was agreed to; ``minutes`` are given on top of what was left. Nobody answered yet: ``agreed`` is None.
    """

    append_only = ("agreed", "second", "decided_at", "end")

    class What(models.TextChoices):
        REOPEN = "reopen", _("Reopen the attempt")
        COUNT = "count", _("Let late answers count")

    attempt = models.ForeignKey("exams.Attempt", on_delete=models.PROTECT, related_name="decisions")
    what = models.CharField(max_length=8, choices=What)
    minutes = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=120)
    key = models.CharField(max_length=40)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    agreed = models.BooleanField(null=True)
    second = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    end = models.OneToOneField("exams.HandIn", null=True, on_delete=models.PROTECT, related_name="undone_by")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "key"], name="decision_once_per_click"),
            models.UniqueConstraint(fields=["attempt", "what"], condition=Q(agreed=None), name="decision_one_open_question"),
            models.CheckConstraint(condition=~Q(second=F("by")), name="decision_by_two_people"),
            models.CheckConstraint(
                condition=Q(agreed=None, second=None, decided_at=None) | Q(agreed__isnull=False, second__isnull=False, decided_at__isnull=False),
                name="decision_whole",
            ),
        ]


class Evidence(models.Model):
    """A late record that a decision is about. It counts once the decision is agreed to."""

    append_only = True

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="evidence")
    record = models.ForeignKey("exams.AnswerRecord", on_delete=models.PROTECT, related_name="evidence")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "record"], name="evidence_named_once")]


class AnswerFile(models.Model):
    """An answer file that was taken in, word for word. The same file again is the same row.

    ``sealed``: it was encrypted for this sitting. ``end`` is the end that stood before its answers counted; it was written anew with them.
    """

    append_only = True

    attempt = models.ForeignKey("exams.Attempt", on_delete=models.PROTECT, related_name="files")
    digest = models.CharField(max_length=64)
    content = models.TextField()
    sealed = models.BooleanField()
    end = models.OneToOneField("exams.HandIn", null=True, on_delete=models.PROTECT, related_name="redone_by")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "digest"], name="answer_file_taken_in_once")]


class TimeGrant(models.Model):
    """Time added to one attempt: minutes by a click, or the exact seconds of a pause, a reopening or an outage.

    Grants add up; ``key`` makes one click one grant.
    """

    append_only = True

    attempt = models.ForeignKey("exams.Attempt", on_delete=models.PROTECT, related_name="grants")
    minutes = models.PositiveSmallIntegerField(default=0)
    seconds = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=120)
    key = models.CharField(max_length=40)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    pause = models.OneToOneField(Pause, null=True, on_delete=models.PROTECT, related_name="grant")
    outage = models.ForeignKey(Outage, null=True, on_delete=models.PROTECT, related_name="grants")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "key"], name="grant_once_per_click")]


class Incident(models.Model):
    """What an invigilator noted about an attempt, or about a room of a sitting."""

    append_only = True

    class Kind(models.TextChoices):
        CHEATING = "cheating", _("Suspected cheating")
        TECHNICAL = "technical", _("Technical fault")
        ILLNESS = "illness", _("Illness")
        OTHER = "other", _("Something else")

    attempt = models.ForeignKey("exams.Attempt", null=True, on_delete=models.PROTECT, related_name="incidents")
    sitting = models.ForeignKey("exams.Sitting", null=True, on_delete=models.PROTECT, related_name="incidents")
    room = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OTHER)
    text = models.CharField(max_length=300)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(attempt__isnull=False, sitting=None) | Q(attempt=None, sitting__isnull=False), name="incident_of_one")
        ]


class FocusLoss(models.Model):
    """How often a browser said that its page had been left since it last said so, and the longest time away."""

    append_only = True

    attempt = models.ForeignKey("exams.Attempt", on_delete=models.PROTECT, related_name="focus_losses")
    epoch = models.PositiveSmallIntegerField()
    times = models.PositiveSmallIntegerField()
    longest_ms = models.PositiveIntegerField()
    at = models.DateTimeField()


class Heartbeat(models.Model):
    """When a browser last asked for its clock, to about a minute: a sign of life, not a fact to keep. One row an attempt, written over."""

    attempt = models.OneToOneField("exams.Attempt", on_delete=models.CASCADE, related_name="heartbeat")
    at = models.DateTimeField()
