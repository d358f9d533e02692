"""Questions and their immutable versions."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds import rule_of
from exams.bank.kinds.base import Face, Option
from exams.bank.kinds.screens import kind_choices
from exams.bank.querysets import QuestionQuerySet
from exams.bank.states import Difficulty, Dimension, Pool
from exams.bank.wording import Wording


class Question(models.Model):
    """What stays the same when a question is rewritten: its topic and its name. The text stands in its versions.

    ``key`` is ``<topic key>/<question id>`` for shipped questions, else made at creation. ``current`` is the wording that papers draw, None while a
    question has never been put live; ``draft`` a newer one on its way (`exams.bank.workflow`). A retired question is drawn no more. Sealed
    questions are for examinations, the others for practice.
    """

    key = models.CharField(max_length=60, unique=True)
    topic = models.ForeignKey("content.TopicPage", on_delete=models.PROTECT, related_name="questions", verbose_name=_("topic"))
    current = models.OneToOneField("exams.QuestionVersion", null=True, on_delete=models.PROTECT, related_name="+")
    draft = models.OneToOneField("exams.QuestionVersion", null=True, on_delete=models.PROTECT, related_name="+")
    pool = models.CharField(_("pool"), max_length=8, choices=Pool, default=Pool.SEALED)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        ordering = ["key"]
        constraints = [models.CheckConstraint(condition=~models.Q(current=models.F("draft")), name="question_draft_is_not_in_use")]
        indexes = [models.Index(fields=["pool", "retired_at"], name="question_of_this_pool")]

    def __str__(self) -> str:
        return self.key

    @property
    def newest(self) -> "QuestionVersion":
        """The wording that an author goes on from: the draft, else the current one."""
        version = self.draft or self.current
        assert version is not None, "a question is made with its first version"
        return version


class QuestionVersion(models.Model):
    """One wording of a question with its key. Never changed: papers, statistics and regrades name it.

    ``options``: ``[{"id": "a", "text": "…"}]``, ids never reused for another text within a question; true/false has ids ``t`` and ``f``.
    ``answer`` is the key as the kind keeps it: option ids for choices, accepted texts per blank for fill-in; ``extra`` is what the kind shows
    besides stem and options, and holds nothing of the key. ``digest`` covers everything a candidate or marker sees.
    ``from_library`` marks versions the library wrote, so that it never overwrites a trainer's.
    """

    append_only = True

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=16, choices=kind_choices)
    dimension = models.CharField(_("dimension"), max_length=10, choices=Dimension)
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), choices=Difficulty)
    stem = models.TextField(_("question"))
    options = models.JSONField(_("options"), default=list)
    extra = models.JSONField(default=dict)
    answer = models.JSONField(_("answer"))
    explanation = models.TextField(_("explanation"), blank=True)
    cites = models.JSONField(_("cites"), default=list, blank=True)
    digest = models.CharField(max_length=64)
    from_library = models.BooleanField(default=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("question version")
        ordering = ["question", "number"]
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="version_numbers_count_up")]
        indexes = [models.Index(fields=["kind", "difficulty"], name="version_what_can_be_drawn")]

    def __str__(self) -> str:
        return f"{self.question_id}.{self.number}"

    @property
    def wording(self) -> Wording:
        """This version as plain values."""
        return Wording(
            kind=self.kind, dimension=self.dimension, difficulty=self.difficulty, stem=self.stem, options=self.face.options, extra=self.extra,
            explanation=self.explanation, cites=tuple(self.cites), **rule_of(self.kind).read(self.answer),
        )  # fmt: skip

    @property
    def face(self) -> Face:
        """What a candidate may see of it; reads no key."""
        options = tuple(Option(id=option["id"], text=option["text"]) for option in self.options)
        return Face(kind=self.kind, stem=self.stem, options=options, extra=self.extra)
