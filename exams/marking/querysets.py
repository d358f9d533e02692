"""What we can say about results. Only released ones are a sitting's: its latest release points at one run, which holds all of them."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, Max, OuterRef, Q, Subquery

if TYPE_CHECKING:
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

    def superseded(self) -> "ResultQuerySet":
        """Results of an end that two people undid since: the attempt was reopened, or ended anew with late answers that count now."""
        unnamed = Q(end=None) & (Q(attempt__decisions__end__isnull=False) | Q(attempt__files__end__isnull=False))
        return self.filter(Q(end__isnull=False, end__attempt__isnull=True) | unnamed)

    def of_person(self, person: models.Model) -> "ResultQuerySet":
        return self.filter(attempt__candidate__person=person)
