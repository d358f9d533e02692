"""Who is meant: the people ticked in the list, those of an import, or everyone under the list's filters."""

from datetime import datetime

from django.http import QueryDict
from django.utils import timezone

from lms.exchange.models import ImportBatch, Verdict
from lms.people.listing import Wanted, people_wanted
from lms.people.models import Person
from lms.people.querysets import PersonQuerySet
from lms.people.states import Act
from lms.web.requests import number, numbers

MOST_TICKED = 200  # a page of the list holds no more
CARRIED = ("ticked", "s", "import", "q", "unit", "post", "tier", "state")  # from the list to the confirmation, and on


def chosen(query: QueryDict, *, by: Person, at: datetime) -> PersonQuerySet:
    """Return the people whom ``by`` may hand a first password to; unless ticked by name, only those without a password."""
    day = timezone.localdate(at)
    reached = Person.objects.reached_by(by, Act.MANAGE_PEOPLE, day).filter(is_active=True).exclude(pk=by.pk)
    if "ticked" in query:
        return reached.filter(pk__in=numbers(query.getlist("s")[:MOST_TICKED]))
    lacking = reached.without_password(at)
    if "import" in query:
        batch = ImportBatch.objects.filter(pk=number(query.get("import", "")) or 0, by=by).first()
        if batch is None:
            return lacking.none()
        added = batch.rows.filter(verdict=Verdict.CREATE, effect__person__isnull=False).values_list("effect__person", flat=True)
        return lacking.filter(pk__in=[int(person) for person in added])
    wanted = people_wanted(Wanted.of(query), by=by, day=day).prefetch_related(None).order_by()
    return lacking.filter(pk__in=wanted.values("pk"))


def carried(query: QueryDict) -> list[tuple[str, str]]:
    """Return what of the address or form says who is meant, for hidden fields."""
    return [(name, value) for name in CARRIED for value in query.getlist(name)[:MOST_TICKED] if value]
