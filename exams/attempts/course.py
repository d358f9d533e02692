"""The course an attempt takes while it runs: deadlines that move with the terms, and pages that are turned."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class DeadlineSet(models.Model):
    """The first deadline of a running attempt as it stands since ``at``, because the terms behind it changed.

    The newest row counts; grants come on top.
    """

    append_only = True

    attempt = models.ForeignKey("exams.Attempt", on_delete=models.PROTECT, related_name="deadlines")
    deadline = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Page(models.Model):
    """A candidate went on to page ``number`` of a paper that is shown page by page. Everybody begins on page 1, without a row."""

    append_only = True

    attempt = models.ForeignKey("exams.Attempt", on_delete=models.PROTECT, related_name="pages")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "number"], name="page_turned_once"),
            models.CheckConstraint(condition=Q(number__gte=2), name="page_after_the_first"),
        ]
