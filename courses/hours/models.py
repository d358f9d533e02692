"""The ledger of credit hours 学时. Entries are added; a correction is a new entry that points at the old one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lms.people.states import Tier


class HoursKind(models.TextChoices):
    SELF_STUDY = "self_study", _("Online self-study")
    TOPIC_TEST = "topic_test", _("Topic test")
    LECTURE = "lecture", _("Lecture")
    FORUM = "forum", _("Forum")
    CLASS = "class", _("Training class")
    EXTERNAL = "external", _("External training")


ONLINE_KINDS = [HoursKind.SELF_STUDY, HoursKind.TOPIC_TEST]


class HoursEntry(models.Model):
    """So many hours of a kind, earned on a day on the strength of one piece of evidence, by one policy.

    ``evidence`` names the fact (``lesson:12``, ``lecture:2025-03``); one person is credited once for it. A reversal has negative
    hours, its own evidence (``reversal:<id>``) and points at the entry it takes back.
    """

    append_only = True

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="hours")
    kind = models.CharField(_("kind"), max_length=12, choices=HoursKind)
    tier = models.CharField(
        _("training tier"), max_length=16, choices=Tier, blank=True, help_text=_("Of the lesson; empty for what belongs to no tier.")
    )
    professional = models.BooleanField(_("professional subject"), default=False)
    hours = models.DecimalField(_("hours"), max_digits=6, decimal_places=2)
    earned_on = models.DateField(_("earned on"))
    title = models.CharField(_("for"), max_length=120)
    evidence = models.CharField(_("evidence"), max_length=60)
    policy = models.ForeignKey("lms.Policy", null=True, on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("hours entry")
        ordering = ["-earned_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "evidence"], name="hours_once_per_evidence"),
            models.CheckConstraint(
                condition=Q(hours__gt=0, reverses__isnull=True) | Q(hours__lt=0, reverses__isnull=False), name="hours_sign_follows_reversal"
            ),
        ]
        indexes = [models.Index(fields=["person", "earned_on"], name="hours_of_a_year")]
