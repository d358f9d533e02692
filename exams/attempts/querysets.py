"""What we can say about attempts. Their state is computed from rows, in the same statement that reads them."""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from django.db import connection, models
from django.db.models import Max, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from exams.attempts.models import Attempt  # noqa: F401


@cache
def _state(model: type["Attempt"]) -> dict[str, Coalesce]:
    """The expressions of `with_state`, made once: every save reads them, and making them costs as much as the statement itself."""

    def of(name: str, total: models.Aggregate) -> Subquery:
        rows = model._meta.get_field(name).related_model.objects.filter(attempt=OuterRef("pk"))  # type: ignore[union-attr]
        return Subquery(rows.values("attempt").annotate(total=total).values("total"))

    return {"granted": Coalesce(of("grants", Sum("minutes")), 0), "epoch": Coalesce(of("devices", Max("epoch")), 0)}


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def with_state(self) -> "AttemptQuerySet":
        """Each attempt with ``granted`` minutes, the ``epoch`` that writes now, and its hand-in if there is one."""

        return self.select_related("hand_in").annotate(**_state(self.model))

    def of_person(self, person: models.Model) -> "AttemptQuerySet":
        return self.filter(candidate__person=person)

    def handed_in(self) -> "AttemptQuerySet":
        return self.filter(hand_in__isnull=False)

    def perhaps_overdue(self, at: datetime) -> "AttemptQuerySet":
        """Not handed in and past the first deadline; grants may still keep some of them open."""
        return self.filter(hand_in__isnull=True, deadline__lt=at)

    def locked(self) -> "AttemptQuerySet":
        """Take the rows' locks in a statement of its own, so that the next one sees what the last holder committed.

        On SQLite the transaction itself is the lock.
        """
        if connection.features.has_select_for_update:
            list(self.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        return self
