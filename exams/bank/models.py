"""Questions and their immutable versions."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from exams.bank.querysets import QuestionQuerySet
from exams.bank.states import Difficulty, Dimension, Kind
from exams.bank.wording import Option, Wording


class Question(models.Model):
    """What stays the same when a question is rewritten: its topic and its name. The text stands in its versions.

    ``key`` is ``<topic key>/<question id>`` for shipped questions, else made at creation. A retired question is drawn no more.
    """

    key = models.CharField(max_length=60, unique=True)
    topic = models.ForeignKey("content.TopicPage", on_delete=models.PROTECT, related_name="questions", verbose_name=_("topic"))
    current = models.OneToOneField("exams.QuestionVersion", null=True, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class QuestionVersion(models.Model):
    """One wording of a question with its key. Never changed: papers, statistics and regrades name it.

    ``options``: ``[{"id": "a", "text": "…"}]``, ids never reused for another text within a question; true/false has ids ``t`` and ``f``.
    ``answer``: option ids for choices; for fill-in a list per blank of accepted texts. ``digest`` covers everything a candidate or marker sees.
    ``from_library`` marks versions the library wrote, so that it never overwrites a trainer's.
    """

    append_only = True

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    dimension = models.CharField(_("dimension"), max_length=10, choices=Dimension)
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), choices=Difficulty)
    stem = models.TextField(_("question"))
    options = models.JSONField(_("options"), default=list)
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
        fill_in = self.kind == Kind.FILL_IN
        return Wording(
            kind=self.kind, dimension=self.dimension, difficulty=self.difficulty, stem=self.stem,
            options=tuple(Option(id=option["id"], text=option["text"]) for option in self.options),
            chosen=() if fill_in else tuple(self.answer),
            blanks=tuple(tuple(accepted) for accepted in self.answer) if fill_in else (),
            explanation=self.explanation, cites=tuple(self.cites),
        )  # fmt: skip
