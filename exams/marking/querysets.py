"""What we can say about results. Only released ones are a sitting's: its latest release points at one run, which holds all of them."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, Max, OuterRef, Q, Subquery

if TYPE_CHECKING:
    from exams.marking.handwork import HandMark, Piece  # noqa: F401
    from exams.marking.models import GradeRun, Result  # noqa: F401


class GradeRunQuerySet(models.QuerySet["GradeRun"]):
    def open(self) -> "GradeRunQuerySet":
        """Runs that still take results: not closed by a release, and no later run stands in their place."""
        later = self.model._default_manager.filter(sitting=OuterRef("sitting"), number__gt=OuterRef("number"))
        return self.filter(~Exists(later), release__isnull=True)


class ResultQuerySet(models.QuerySet["Result"]):
    def released(self) -> "ResultQuerySet":
        """The results that stand: of each sitting those of the run its latest release points at."""
        releases = self.model._meta.get_field("run").related_model._meta.get_field("release").related_model.objects  # type: ignore[union-attr]
        latest = releases.filter(sitting=OuterRef("run__sitting")).values("sitting").annotate(pk_=Max("pk")).values("pk_")
        return self.filter(run__release=Subquery(latest))

    def practised(self) -> "ResultQuerySet":
        """Results of practices: never released, for the candidate's own eyes."""
        return self.filter(run__sitting__practice=True)

    def counting(self) -> "ResultQuerySet":
        """Of several attempts of a person in a run the one that counts by the sitting's term: the last, or the best.

        Best: passed before not passed, then the points, then the earlier.
        """
        rivals = self.model._default_manager.filter(run=OuterRef("run"), attempt__candidate=OuterRef("attempt__candidate"))
        level = Q(passed=OuterRef("passed"))
        ahead = Q(score__gt=OuterRef("score")) | Q(score=OuterRef("score"), attempt__number__lt=OuterRef("attempt__number"))
        better = rivals.filter(Q(passed__gt=OuterRef("passed")) | (level & ahead))
        later = rivals.filter(attempt__number__gt=OuterRef("attempt__number"))
        return self.filter((Q(run__sitting__counting="best") & ~Exists(better)) | (Q(run__sitting__counting="last") & ~Exists(later)))

    def superseded(self) -> "ResultQuerySet":
        """Results that stand for nothing any more: of an end that two people undid since (the attempt was reopened, or ended anew with late answers
        that count now), or made before a later mark by hand."""
        unnamed = Q(end=None) & (Q(attempt__decisions__end__isnull=False) | Q(attempt__files__end__isnull=False))
        marks = self.model._meta.get_field("attempt").related_model._meta.get_field("hand_marks").related_model.objects  # type: ignore[union-attr]
        remarked = Exists(marks.filter(attempt=OuterRef("attempt"), final=True, pk__gt=OuterRef("last_mark")))
        return self.filter(Q(end__isnull=False, end__attempt__isnull=True) | unnamed | remarked)

    def of_person(self, person: models.Model) -> "ResultQuerySet":
        return self.filter(attempt__candidate__person=person)


class HandMarkQuerySet(models.QuerySet["HandMark"]):
    def counting(self) -> Self:
        """The latest signed mark of each answer: an answer that was changed since, in a paper that was reopened, has none."""
        later = self.model._default_manager.filter(
            attempt=OuterRef("attempt"), n=OuterRef("n"), digest=OuterRef("digest"), final=True, pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(later), final=True)


class PieceQuerySet(models.QuerySet["Piece"]):
    def standing(self) -> Self:
        """Of ends that still stand, in sittings that were not cancelled."""
        return self.filter(end__attempt__isnull=False, attempt__candidate__sitting__cancelled_at=None)

    def with_mark(self) -> Self:
        """Each with ``mark``: the number of the mark that counts for it, None while it waits."""
        marks = self.model._meta.get_field("attempt").related_model._meta.get_field("hand_marks").related_model.objects  # type: ignore[union-attr]
        mine = marks.filter(attempt=OuterRef("attempt"), n=OuterRef("n"), digest=OuterRef("digest"), final=True).order_by("-pk")
        return self.annotate(mark=Subquery(mine.values("pk")[:1]))

    def waiting(self) -> Self:
        """Standing ones that nobody has marked."""
        return self.standing().with_mark().filter(mark=None)

    def done(self) -> Self:
        """Standing ones with a mark."""
        return self.standing().with_mark().exclude(mark=None)
