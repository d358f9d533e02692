"""What we can say about attempts. Their state is computed from rows, in the same statement that reads them."""

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from django.db import connection, models
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from exams.attempts.models import AnswerRecord, Attempt  # noqa: F401


@cache
def _state(model: type["Attempt"]) -> dict[str, Coalesce | Subquery]:
    """The expressions of `with_state`, made once: every save reads them, and making them costs as much as the statement itself."""

    def rows(name: str) -> models.QuerySet[models.Model]:
        return model._meta.get_field(name).related_model.objects.filter(attempt=OuterRef("pk"))  # type: ignore[union-attr]

    def of(name: str, total: models.Aggregate) -> Subquery:
        return Subquery(rows(name).values("attempt").annotate(total=total).values("total"))

    return {
        "granted": Coalesce(of("grants", Sum(F("minutes") * 60 + F("seconds"))), 0), "epoch": Coalesce(of("devices", Max("epoch")), 0),
        "paused_at": Subquery(rows("pauses").filter(resumed_at=None).values("at")[:1]),
        "page": Coalesce(of("pages", Max("number")), 1), "moved": Subquery(rows("deadlines").order_by("-pk").values("deadline")[:1]),
    }  # fmt: skip


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def with_state(self) -> "AttemptQuerySet":
        """Each attempt with ``granted`` seconds, ``paused_at`` while it is paused, the ``epoch`` that writes now, its hand-in if there is one,
        the ``page`` that is open, and the first deadline if it ``moved``."""
        return self.select_related("hand_in").annotate(**_state(self.model))

    def of_person(self, person: models.Model) -> "AttemptQuerySet":
        return self.filter(candidate__person=person)

    def handed_in(self) -> "AttemptQuerySet":
        """What is to be marked: ended, by whichever hand, and not lapsed."""
        return self.filter(hand_in__isnull=False).exclude(hand_in__how="lapsed")

    def perhaps_overdue(self, at: datetime) -> "AttemptQuerySet":
        """Not handed in and past the first deadline, or the one it moved to; grants, pauses and grace may still keep some of them open."""
        moved = self.model._meta.get_field("deadlines").related_model.objects.filter(attempt=OuterRef("pk"), deadline__lt=at)  # type: ignore[union-attr]
        return self.filter(Q(deadline__lt=at) | Exists(moved), hand_in__isnull=True)

    def locked(self) -> "AttemptQuerySet":
        """Take the rows' locks in a statement of its own, so that the next one sees what the last holder committed.

        On SQLite the transaction itself is the lock.
        """
        if connection.features.has_select_for_update:
            list(self.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        return self


class AnswerRecordQuerySet(models.QuerySet["AnswerRecord"]):
    def counting(self) -> "AnswerRecordQuerySet":
        """Records that decide what stands: those that came in time, and late ones that two people let count."""
        return self.filter(Q(late=False) | Q(pk__in=self._agreed()))

    def evidence(self) -> "AnswerRecordQuerySet":
        """Late records that do not count (yet), and say something that no counting record at the same epoch says word for word."""
        same = self.model._default_manager.filter(attempt=OuterRef("attempt"), epoch=OuterRef("epoch"), digest=OuterRef("digest"), late=False)
        return self.filter(~Exists(same), late=True).exclude(pk__in=self._agreed())

    def _agreed(self) -> models.QuerySet[models.Model]:
        named = self.model._meta.get_field("evidence").related_model
        return named.objects.filter(decision__agreed=True).values("record")  # type: ignore[union-attr]
