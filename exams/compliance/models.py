"""Which post or unit needs which certificate, since when."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.people.states import UnitKind


class Requirement(models.Model):
    """Holders of a post need a certificate of a type, from a day until the day before ``until``."""

    append_only = ("until",)

    post = models.ForeignKey("lms.Post", on_delete=models.PROTECT, related_name="requirements", verbose_name=_("post"))
    certificate_type = models.ForeignKey(
        "exams.CertificateType", on_delete=models.PROTECT, related_name="requirements", verbose_name=_("certificate")
    )
    since = models.DateField(_("since"))
    until = models.DateField(_("until (exclusive)"), null=True, blank=True)

    class Meta:
        verbose_name = _("requirement")
        constraints = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="requirement_dates_in_order"),
            models.UniqueConstraint(fields=["post", "certificate_type"], condition=Q(until=None), name="requirement_not_twice"),
        ]


class StaffingRule(models.Model):
    """Each unit of a kind needs certified technicians, as many as policy says (`staffing.minimum`, `staffing.maximum`)."""

    append_only = ("until",)

    unit_kind = models.CharField(_("units of kind"), max_length=12, choices=UnitKind)
    since = models.DateField(_("since"))
    until = models.DateField(_("until (exclusive)"), null=True, blank=True)

    class Meta:
        verbose_name = _("staffing rule")
        constraints = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="staffing_dates_in_order"),
            models.UniqueConstraint(fields=["unit_kind"], condition=Q(until=None), name="staffing_one_open_rule"),
        ]
