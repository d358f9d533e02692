"""What we can say about sittings."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from lms.people.models import Person
from lms.people.scope import reach, within
from lms.people.states import Act

if TYPE_CHECKING:
    from exams.sittings.models import Sitting  # noqa: F401


def called(asked: str) -> Q:
    """Candidates by part of their name, the beginning of their staff number, or part of their candidate number."""
    return Q(person__name__icontains=asked) | Q(person__staff_number__startswith=asked) | Q(number__contains=asked)


class SittingQuerySet(models.QuerySet["Sitting"]):
    def reached_by(self, person: Person, act: Act, day: date) -> "SittingQuerySet":
        """Sittings held by units to which ``person`` may do ``act``."""
        return self.filter(within(reach(person, act, day), "unit__path"))

    def described(self) -> "SittingQuerySet":
        """With blueprint, unit, type, the number of candidates, and what the state depends on: ``started``, ``unmarked``, ``was_released``."""
        same = self.model._default_manager.filter(pk=OuterRef("pk"))
        waiting = same.filter(candidates__attempts__isnull=False, candidates__attempts__results__isnull=True)
        waiting = waiting.filter(~Q(candidates__attempts__hand_in__how="lapsed") | Q(candidates__attempts__hand_in=None))
        return (
            self.select_related("blueprint", "paper_set", "unit", "certificate_type")
            .annotate(
                admitted=Count("candidates", distinct=True),
                started=Exists(same.filter(candidates__attempts__isnull=False)),
                unmarked=Exists(waiting),
                was_released=Exists(same.filter(releases__isnull=False)),
            )
            .order_by("-opens_at", "-pk")
        )

    def in_state(self, state: str, now: datetime) -> "SittingQuerySet":
        """Those of `described` that are in a state at ``now``; the same rule as `states.state_at`."""
        if state == "cancelled":
            return self.filter(cancelled_at__isnull=False)
        marked = Q(started=True, unmarked=False)
        conditions = {
            "planned": Q(opens_at__gt=now),
            "open": Q(opens_at__lte=now, closes_at__gt=now),
            "released": Q(closes_at__lte=now, was_released=True),
            "marked": Q(closes_at__lte=now, was_released=False) & marked,
            "closed": Q(closes_at__lte=now, was_released=False) & ~marked,
        }
        return self.filter(conditions.get(state, Q()), cancelled_at=None)
