"""What was done, by whom, when. Rows are only ever added, each hashed over the one before."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.audit.verbs import Verb


class AuditRow(models.Model):
    """One act: who did what to which subject at which instant.

    Left out on purpose: names, identity numbers and answers. The subject is ``kind:id``; ``detail`` carries numbers, codes and
    field names, so that a person can be erased without breaking the chain. Written by `lms.audit.actions.record` alone.
    """

    append_only = True

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    verb = models.CharField(max_length=40, choices=Verb)
    subject = models.CharField(max_length=60)
    detail = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    previous = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("audit row")
        indexes = [
            models.Index(fields=["subject", "number"], name="audit_what_befell_this"),
            models.Index(fields=["actor", "number"], name="audit_what_did_they_do"),
            models.Index(fields=["verb", "number"], name="audit_when_was_this_done"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.verb} {self.subject}"


class AuditHead(models.Model):
    """The end of the chain, one row, locked while a line is added. A cut tail shows because the head still names it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_one_head")]
