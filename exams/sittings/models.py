"""An exam held: when, who sits, who watches."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams.sittings.querysets import SittingQuerySet
from exams.sittings.states import State, state_at


class Review(models.TextChoices):
    NEVER = "never", _("Score only")
    AFTER_RELEASE = "after_release", _("Answers and explanations after release")


class Sitting(models.Model):
    """A window in which a paper is sat: opens ≤ start < closes; an attempt ends after ``duration`` minutes or at ``closes_at``.

    ``pass_percent`` is frozen from policy when the sitting is made, with the policy row it came from. ``knowledge_percent`` and
    ``operation_percent`` are minima in the two dimensions, 0 for none. ``certificate_type`` is what a pass earns, if anything.
    """

    title = models.CharField(_("title"), max_length=80)
    blueprint = models.ForeignKey("exams.Blueprint", on_delete=models.PROTECT, related_name="sittings", verbose_name=_("blueprint"))
    certificate_type = models.ForeignKey(
        "exams.CertificateType", null=True, blank=True, on_delete=models.PROTECT, related_name="sittings", verbose_name=_("certificate on a pass")
    )
    unit = models.ForeignKey("lms.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("held by"))
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    duration = models.PositiveSmallIntegerField(_("minutes"))
    attempts_allowed = models.PositiveSmallIntegerField(_("attempts allowed"), default=1)
    pass_percent = models.DecimalField(_("pass mark, percent"), max_digits=5, decimal_places=2)
    pass_policy = models.ForeignKey("lms.Policy", null=True, on_delete=models.PROTECT, related_name="+")
    knowledge_percent = models.PositiveSmallIntegerField(_("minimum in knowledge, percent"), default=0)
    operation_percent = models.PositiveSmallIntegerField(_("minimum in operation, percent"), default=0)
    review = models.CharField(_("candidates see"), max_length=14, choices=Review, default=Review.AFTER_RELEASE)
    auto_release = models.BooleanField(_("release as soon as marked"), default=False)
    place = models.CharField(_("place"), max_length=80, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(_("reason"), max_length=120, blank=True)

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = _("sitting")
        ordering = ["-opens_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="sitting_opens_before_it_closes"),
            models.CheckConstraint(condition=Q(duration__gte=1, attempts_allowed__gte=1), name="sitting_has_time_and_attempts"),
            models.CheckConstraint(condition=Q(pass_percent__gte=0, pass_percent__lte=100), name="sitting_pass_mark_in_bounds"),
            models.CheckConstraint(condition=Q(knowledge_percent__lte=100, operation_percent__lte=100), name="sitting_minima_in_bounds"),
        ]

    def __str__(self) -> str:
        return self.title

    def state(self, now: datetime) -> State:
        """The state at a moment; needs a row of ``Sitting.objects.described()``."""
        marked = self.started and not self.unmarked  # type: ignore[attr-defined]
        return state_at(
            now, opens_at=self.opens_at, closes_at=self.closes_at, cancelled=self.cancelled_at is not None,
            released=self.was_released, marked=marked,  # type: ignore[attr-defined]
        )  # fmt: skip


class Candidate(models.Model):
    """A person admitted to a sitting, with the number 准考号 on the paper's edge."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="candidates")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="candidatures")
    number = models.CharField(_("candidate number"), max_length=20)

    class Meta:
        verbose_name = _("candidate")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "person"], name="candidate_once"),
            models.UniqueConstraint(fields=["sitting", "number"], name="candidate_number_once"),
        ]
