"""Telling people: an inbox for each person, announcements for all."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """One message to one person. ``key`` keeps a reminder from being sent twice."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    key = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=120)
    body = models.TextField(blank=True)
    link = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notice")
        ordering = ["-sent_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["person", "key"], condition=~Q(key=""), name="notice_once")]


class Announcement(models.Model):
    """An official notice 公告 with its document number 发文字号, shown to everyone who signs in."""

    number = models.CharField(_("document number"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"))
    issued_by = models.ForeignKey("lms.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("issued by"))
    issued_on = models.DateField(_("issued on"))

    class Meta:
        verbose_name = _("announcement")
        ordering = ["-issued_on", "-pk"]

    def __str__(self) -> str:
        return self.title
