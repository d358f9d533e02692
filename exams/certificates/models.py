"""Certificates: issued once, valid between two days, taken back with a reason, never deleted."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams.certificates.querysets import CertificateQuerySet


class CertificateType(models.Model):
    """A kind of certificate 证书种类. ``months`` None means the policy figure `certificate.months`, 0 means no end."""

    code = models.CharField(_("code"), max_length=8, unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=80)
    statement = models.TextField(_("text"), help_text=_("What the certificate says of its holder, after name and number."))
    statement_en = models.TextField(_("English text"))
    issuer = models.CharField(_("issuing body"), max_length=80)
    issuer_en = models.CharField(_("issuing body in English"), max_length=120)
    months = models.PositiveSmallIntegerField(_("months valid"), null=True, blank=True)
    counts_as_technician = models.BooleanField(_("counts as certified technician"), default=False)

    class Meta:
        verbose_name = _("certificate type")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class NumberSeries(models.Model):
    """The last number given in a series such as ``YX-SEC-2026``; its row is locked while a certificate is issued."""

    series = models.CharField(max_length=30, unique=True)
    last = models.PositiveIntegerField(default=0)


class Certificate(models.Model):
    """One certificate, as issued. ``facts`` is what stands on it, frozen; ``valid_until`` is the last valid day, None for no end.

    Its present state follows from its dates and `CertificateEvent` rows: `exams.certificates.validity`. Only the rendered file is
    filled in later. ``code`` is the public verification code, 128 random bits.
    """

    append_only = ("file", "file_digest")

    type = models.ForeignKey(CertificateType, on_delete=models.PROTECT, related_name="certificates")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="certificates")
    result = models.ForeignKey("exams.Result", null=True, on_delete=models.PROTECT, related_name="certificates")
    attempt = models.ForeignKey("exams.Attempt", null=True, on_delete=models.PROTECT, related_name="certificates")
    number = models.CharField(_("number"), max_length=30, unique=True)
    code = models.CharField(_("verification code"), max_length=32, unique=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)
    issued_at = models.DateTimeField()
    policy = models.ForeignKey("lms.Policy", null=True, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField()
    file = models.CharField(max_length=120, blank=True)
    file_digest = models.CharField(max_length=64, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "type"], condition=Q(attempt__isnull=False), name="certificate_once_per_attempt"),
            models.CheckConstraint(condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")), name="certificate_dates_in_order"),
            models.CheckConstraint(condition=Q(file="", file_digest="") | (~Q(file="") & ~Q(file_digest="")), name="certificate_file_has_digest"),
        ]
        indexes = [models.Index(fields=["person", "type", "valid_until"], name="certificate_is_there_one")]


class CertificateEvent(models.Model):
    """Something that befell a certificate after issue. A revocation stands once and has a day and a reason."""

    append_only = True

    class Kind(models.TextChoices):
        REVOKED = "revoked", _("Revoked")

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField()
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate"], condition=Q(kind="revoked"), name="certificate_revoked_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="certificate_event_has_reason"),
        ]
