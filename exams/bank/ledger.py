"""What befell questions: the steps of a version on its way, and how often each was shown. Rows are only ever added."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams.bank.models import Question, QuestionVersion
from exams.bank.states import Step


class VersionStep(models.Model):
    """One step of a version: submitted, approved, returned, put live … Its state follows from its last row (`exams.bank.workflow`).

    ``author`` repeats who wrote the version, so that the database itself can refuse them as reviewer. ``replaced`` is the wording that a step put
    out of use, ``was_retired_at`` the retirement it lifted: what a recall brings back. ``by`` is None where the person is gone with the demo county.
    """

    append_only = True

    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    step = models.CharField(_("step"), max_length=12, choices=Step)
    note = models.CharField(_("note"), max_length=500, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    replaced = models.ForeignKey(QuestionVersion, null=True, on_delete=models.PROTECT, related_name="+")
    was_retired_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("step of a question version")
        ordering = ["version", "number"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="version_steps_count_up"),
            models.CheckConstraint(
                condition=~Q(step__in=["approve", "return"]) | Q(author=None) | Q(by=None) | ~Q(by=F("author")), name="version_reviewed_by_another"
            ),
            models.CheckConstraint(condition=~Q(step="return") | ~Q(note=""), name="version_returned_with_a_note"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}.{self.number} {self.step}"


class QuestionTag(models.Model):
    """A free word on a question, as `exams.bank.tagging` writes it."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(_("tag"), max_length=20)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["question", "name"], name="question_tagged_once")]
        indexes = [models.Index(fields=["name"], name="question_with_this_tag")]

    def __str__(self) -> str:
        return self.name


class ExposureCount(models.Model):
    """One count of what ended attempts had shown: number, when, and of how many attempts."""

    append_only = True

    number = models.PositiveIntegerField(unique=True)
    attempts = models.PositiveIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.CheckConstraint(condition=Q(attempts__gte=1), name="exposure_count_counts")]


class Exposure(models.Model):
    """In this count, attempts of this sitting had shown this version so many times, the last of them begun on ``last_on``."""

    append_only = True

    count = models.ForeignKey(ExposureCount, on_delete=models.PROTECT, related_name="rows")
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="exposures")
    sitting = models.ForeignKey("exams.Sitting", on_delete=models.PROTECT, related_name="+")
    times = models.PositiveIntegerField()
    last_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["count", "version", "sitting"], name="exposure_once_in_a_count"),
            models.CheckConstraint(condition=Q(times__gte=1), name="exposure_shown"),
        ]


class Counted(models.Model):
    """This attempt is in this count and in no other."""

    append_only = True

    attempt = models.OneToOneField("exams.Attempt", on_delete=models.PROTECT, related_name="counted")
    count = models.ForeignKey(ExposureCount, on_delete=models.PROTECT, related_name="+")
