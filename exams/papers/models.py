"""Blueprints: rules for drawing a paper. Paper sets: papers whose questions are settled, in one form or in parallel ones."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.screens import kind_choices
from exams.bank.states import Difficulty, Pool
from lms.people.states import Tier

LETTERS = "ABCDEF"  # forms of one paper: more than a room has neighbours to keep apart


class Asking(models.Model):
    """What a row asks of a question, and under which heading it stands. No topic: any of ``tier`` (or of all tiers); nothing said: anything.

    ``part`` is the title of the part and ``note`` its instructions; rows with the same part stand together. ``rested_months``: not shown to a
    candidate for so long; ``seen_below``: shown to fewer than so many. Both count ended attempts.
    """

    part = models.CharField(_("part"), max_length=40, blank=True)
    note = models.CharField(_("instructions"), max_length=200, blank=True)
    tier = models.CharField(_("training tier"), max_length=16, blank=True, choices=Tier)
    topic = models.ForeignKey("content.TopicPage", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("topic"))
    kind = models.CharField(_("kind"), max_length=16, choices=kind_choices)
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), choices=Difficulty, null=True, blank=True)
    tag = models.CharField(_("tag"), max_length=20, blank=True)
    rested_months = models.PositiveSmallIntegerField(_("not shown for months"), null=True, blank=True)
    seen_below = models.PositiveIntegerField(_("shown to fewer than"), null=True, blank=True)
    points = models.DecimalField(_("points each"), max_digits=4, decimal_places=1)

    class Meta:
        abstract = True


ASKED = ("part", "note", "tier", "topic_id", "kind", "difficulty", "tag", "rested_months", "seen_below", "points")


class Blueprint(models.Model):
    """A blueprint 组卷方案: rows of topic × kind × difficulty, so many questions at so many points each, from one pool."""

    title = models.CharField(_("title"), max_length=80)
    shuffle_options = models.BooleanField(_("shuffle options"), default=True)
    pool = models.CharField(_("pool"), max_length=10, choices=Pool, default=Pool.SEALED)

    class Meta:
        verbose_name = _("blueprint")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title


class BlueprintRow(Asking):
    """One row: ``count`` questions that it fits."""

    blueprint = models.ForeignKey(Blueprint, on_delete=models.CASCADE, related_name="rows")
    order = models.PositiveSmallIntegerField(default=0)
    count = models.PositiveSmallIntegerField(_("questions"))

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.CheckConstraint(condition=Q(count__gte=1, points__gt=0), name="blueprint_row_counts")]


class PaperSet(models.Model):
    """A paper 试卷 whose questions are settled: put together by hand, or drawn once by a blueprint, in one form or in parallel forms A, B, C ….

    Every candidate of a form gets the same questions in the same order; with ``shuffle_options`` each sees options in an order of their own.
    ``blueprint``, ``seed`` and ``common_percent`` say how it was drawn; empty where it was put together by hand. It is locked as soon as a
    sitting uses it (`exams.papers.querysets.using`). ``changed_at`` moves with every change of its questions.
    """

    title = models.CharField(_("title"), max_length=80)
    pool = models.CharField(_("pool"), max_length=10, choices=Pool, default=Pool.SEALED)
    shuffle_options = models.BooleanField(_("shuffle options"), default=True)
    blueprint = models.ForeignKey(Blueprint, null=True, blank=True, on_delete=models.SET_NULL, related_name="paper_sets", verbose_name=_("blueprint"))
    seed = models.CharField(max_length=32, blank=True)
    common_percent = models.PositiveSmallIntegerField(_("common questions, percent"), default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("paper")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(common_percent__lte=100), name="paper_set_common_in_bounds")]

    def __str__(self) -> str:
        return self.title


class PaperRow(Asking):
    """What was asked for a group of a set's questions: the rule by which one of them may be exchanged. ``points`` are those of new ones."""

    paper_set = models.ForeignKey(PaperSet, on_delete=models.CASCADE, related_name="rows")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.CheckConstraint(condition=Q(points__gt=0), name="paper_row_has_points")]


class PaperForm(models.Model):
    """One form of a set: A, B, C …"""

    paper_set = models.ForeignKey(PaperSet, on_delete=models.CASCADE, related_name="forms")
    letter = models.CharField(max_length=1, choices=[(letter, letter) for letter in LETTERS])

    class Meta:
        ordering = ["letter"]
        constraints = [models.UniqueConstraint(fields=["paper_set", "letter"], name="paper_form_once")]

    def __str__(self) -> str:
        return self.letter


class PaperItem(models.Model):
    """A question of a form, by its immutable version. No question stands in a form twice. ``order`` counts within its row."""

    form = models.ForeignKey(PaperForm, on_delete=models.CASCADE, related_name="items")
    row = models.ForeignKey(PaperRow, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    question = models.ForeignKey("exams.Question", on_delete=models.PROTECT, related_name="paper_items")
    version = models.ForeignKey("exams.QuestionVersion", on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField(max_digits=4, decimal_places=1)

    class Meta:
        ordering = ["form", "row__order", "row", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["form", "question"], name="paper_question_once_a_form"),
            models.CheckConstraint(condition=Q(points__gt=0), name="paper_item_has_points"),
        ]
