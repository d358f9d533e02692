"""Blueprints: rules for drawing a paper."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exams.bank.states import Difficulty, Kind
from lms.people.states import Tier


class Blueprint(models.Model):
    """A blueprint 组卷方案: rows of topic × kind × difficulty, so many questions at so many points each."""

    title = models.CharField(_("title"), max_length=80)
    shuffle_options = models.BooleanField(_("shuffle options"), default=True)

    class Meta:
        verbose_name = _("blueprint")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title


class BlueprintRow(models.Model):
    """One row. No topic means any topic of ``tier`` (or of all tiers); no difficulty means any."""

    blueprint = models.ForeignKey(Blueprint, on_delete=models.CASCADE, related_name="rows")
    order = models.PositiveSmallIntegerField(default=0)
    tier = models.CharField(_("training tier"), max_length=16, blank=True, choices=Tier)
    topic = models.ForeignKey("content.TopicPage", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("topic"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), choices=Difficulty, null=True, blank=True)
    count = models.PositiveSmallIntegerField(_("questions"))
    points = models.DecimalField(_("points each"), max_digits=4, decimal_places=1)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.CheckConstraint(condition=models.Q(count__gte=1, points__gt=0), name="blueprint_row_counts")]
