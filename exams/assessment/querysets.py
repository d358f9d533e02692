"""What we can say about assessment records."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef

if TYPE_CHECKING:
    from exams.assessment.models import AssessmentRecord  # noqa: F401  (the type of the rows)


class RecordQuerySet(models.QuerySet["AssessmentRecord"]):
    def current(self) -> "RecordQuerySet":
        """The version that counts for each person and year: the one with none after it."""
        newer = self.model._default_manager.filter(person=OuterRef("person"), year=OuterRef("year"), version__gt=OuterRef("version"))
        return self.filter(~Exists(newer))
