"""One candidate, one frozen paper, one clock; answers are appended and never updated.

The state of an attempt is computed from its rows: started (the row is there), handed in (a `HandIn` stands), paused (a `Pause` without an end),
due at its deadline plus the sum of its `TimeGrant` rows. `timing`, `standstill` and `answers` say how, without Django. What invigilators do to it
stands in `exams.attempts.watched`.
"""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from exams.attempts.paging import pages_of
from exams.attempts.querysets import AnswerRecordQuerySet, AttemptQuerySet
from exams.papers.drawing import Paper
from exams.sittings.states import Navigation, Overdue


class Attempt(models.Model):
    """A start: the paper as drawn (see `exams.papers.drawing.Paper`), its digest, and the deadline by the server's clock.

    ``start_key`` is made by the client: the same start sent twice is one attempt. ``overdue``, ``grace`` (minutes) and ``navigation`` are the
    sitting's terms as they were at the start.
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
    overdue = models.CharField(max_length=7, choices=Overdue, default=Overdue.SUBMIT, db_default=Overdue.SUBMIT)
    grace = models.PositiveSmallIntegerField(default=0, db_default=0)
    navigation = models.CharField(max_length=9, choices=Navigation, default=Navigation.FREE, db_default=Navigation.FREE)

    objects = AttemptQuerySet.as_manager()

    moved: datetime | None  # these six by `AttemptQuerySet.with_state` and the actions, not columns
    granted: int  # seconds
    paused_at: datetime | None
    epoch: int
    page: int
    known: str | None

    class Meta:
        verbose_name = _("attempt")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "number"], name="attempt_numbers_count_up"),
            models.UniqueConstraint(fields=["candidate", "start_key"], name="attempt_started_once"),
            models.CheckConstraint(condition=Q(deadline__gt=models.F("started_at")), name="attempt_times_in_order"),
        ]

    @cached_property
    def drawn(self) -> Paper:
        """The paper as plain values; it never changes, and is read from its stored form once."""
        return Paper.from_json(self.paper)

    @property
    def cut(self) -> list[tuple[int, ...]]:
        """The slots of each page, as its navigation cuts the paper."""
        return pages_of(self.drawn.parts, self.navigation)


class AttemptDevice(models.Model):
    """A browser that took over an attempt. The later epoch's answers stand above the earlier's, whenever they arrive.

    ``by`` is the invigilator who freed the seat: such a row is nobody's browser, the next one that comes takes the attempt over unasked.
    """

    append_only = True

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="devices")
    device = models.CharField(max_length=40)
    epoch = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "device"], name="device_one_epoch"),
            models.UniqueConstraint(fields=["attempt", "epoch"], name="device_epochs_count_up"),
        ]


class AnswerRecord(models.Model):
    """One save as it came: ``items`` is a list of ``{"n": slot, "v": [values], "f": flag}``. Acknowledged after commit.

    Order is (epoch, seq), never arrival. The same (attempt, epoch, seq) again is the same save. ``late`` came after the end or during a
    pause: it is kept as evidence and counts only where two people decided so (`Decision`). ``file`` is the answer file it came
    in. ``stray`` are the items of a save that belong to a page left behind or not yet reached: evidence as well.
    """

    append_only = True

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answers")
    epoch = models.PositiveSmallIntegerField()
    seq = models.PositiveIntegerField()
    items = models.JSONField()
    stray = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    late = models.BooleanField(default=False)
    file = models.ForeignKey("exams.AnswerFile", null=True, on_delete=models.PROTECT, related_name="records")

    objects = AnswerRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer record")
        constraints = [models.UniqueConstraint(fields=["attempt", "epoch", "seq"], name="answer_saved_once")]


class HandIn(models.Model):
    """The end of an attempt. ``at`` is when it counts as ended (the deadline, if the sweep closed it).

    ``attempt`` is the attempt that this end closes now, at most one end each. When two people reopen the attempt, or let late answers count, that
    one field is emptied and the `Decision`, or the `AnswerFile` taken in, keeps this row as the end it undid; everything else in it stays for ever.
    """

    append_only = ("attempt",)

    class How(models.TextChoices):
        CANDIDATE = "candidate", _("Handed in")
        DEADLINE = "deadline", _("Closed at the deadline")
        INVIGILATOR = "invigilator", _("Closed by the invigilator")
        LAPSED = "lapsed", _("Not handed in, does not count")

    attempt = models.OneToOneField(Attempt, null=True, on_delete=models.PROTECT, related_name="hand_in")
    how = models.CharField(max_length=12, choices=How)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    receipt = models.CharField(max_length=24, unique=True)
    answered = models.PositiveSmallIntegerField()
    answers_digest = models.CharField(max_length=64)
