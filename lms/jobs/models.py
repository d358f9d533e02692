"""The outbox: work to be done stands in the database, in the same transaction as the fact that calls for it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.jobs.states import UNFINISHED, JobState


class Job(models.Model):
    """One piece of work outside a request. Whoever holds the lease works on it; a lease that ran out may be taken by another.

    ``key`` makes enqueuing idempotent among unfinished jobs: the same key twice is one job. ``lease_token`` fences: a worker that
    lost its lease cannot write progress or an end. The handler reads its own saved state and goes on where it was.
    """

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120, blank=True)
    title = models.CharField(_("job"), max_length=120)
    arguments = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="jobs")
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("job")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~Q(key="") & Q(state__in=[s.value for s in UNFINISHED]), name="job_once_while_unfinished"
            ),
            models.CheckConstraint(condition=Q(total=0) | Q(done__lte=F("total")), name="job_progress_in_bounds"),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="job_what_is_next")]

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0

    @property
    def unfinished(self) -> bool:
        return self.state in UNFINISHED
