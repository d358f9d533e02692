"""What we can say about hours: ledgers of many people at once, and where each person stands against the year."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Case, DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from courses.hours.models import ONLINE_KINDS, HoursEntry
from courses.hours.requiring import DIVISION, FIVE_YEARS, YEAR, keys_for, lines, years_of
from courses.hours.summing import Entry, Line, Totals, expected_today, totals, window
from lms.people.models import Appointment, Person
from lms.people.states import Rank, Tier
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook

ONLINE = frozenset(kind.value for kind in ONLINE_KINDS)
HOURS = DecimalField(max_digits=8, decimal_places=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one person stands in one year: totals of the year, the requirement lines (the first decides), what is due by the day."""

    year: int
    tiers: frozenset[str]
    totals: Totals
    lines: list[Line]
    due_by_now: Decimal

    @property
    def deciding(self) -> Line:
        return self.lines[0]

    @property
    def met(self) -> bool:
        return self.deciding.met


def tiers_of(people: Iterable[int], day: date) -> dict[int, frozenset[str]]:
    """Return the training tiers each person belongs to by the posts held on ``day``. One query."""
    found: dict[int, set[str]] = defaultdict(set)
    for person, tier in Appointment.objects.on(day).filter(person__in=list(people), voided=False).values_list("person", "post__tier"):
        found[person].add(tier)
    return {person: frozenset(found.get(person, ())) for person in people}


def ledgers(people: Iterable[int], *, first: date, last: date) -> dict[int, list[Entry]]:
    """Return each person's entries earned from ``first`` to ``last``, both included. One query."""
    found: dict[int, list[Entry]] = defaultdict(list)
    rows = HoursEntry.objects.filter(person__in=list(people), earned_on__range=(first, last))
    for person, kind, hours, earned_on, tier, professional in rows.values_list("person", "kind", "hours", "earned_on", "tier", "professional"):
        found[person].append(Entry(kind=kind, hours=hours, earned_on=earned_on, tier=tier, professional=professional))
    return found


def reckoning_day(year: int, day: date) -> date:
    """The day whose figures and posts count for ``year``: its last, or today while it runs."""
    return min(day, date(year, 12, 31)) if day.year >= year else date(year, 1, 1)


def standings(people: Sequence[Person], *, year: int, day: date, book: PolicyBook) -> dict[int, Standing]:
    """Return where each person stands in ``year``, seen on ``day``. Two queries for any number of people.

    Fetch the people with their ``home_unit``. Raises `lms.policy.figures.NoFigure` where a figure is not set.
    """
    when = reckoning_day(year, day)
    keys = [person.pk for person in people]
    tiers = tiers_of(keys, when)
    rows = ledgers(keys, first=window(year, 5)[0], last=date(year, 12, 31))
    return {
        person.pk: _standing(person, year=year, when=when, tiers=tiers[person.pk], entries=rows.get(person.pk, []), book=book) for person in people
    }


def _standing(person: Person, *, year: int, when: date, tiers: frozenset[str], entries: list[Entry], book: PolicyBook) -> Standing:
    technical = Tier.TECHNICAL.value in tiers
    path = person.home_unit.path if person.home_unit else ""
    figures = {key: book(Key(key), when, path) for key in keys_for(rank=person.rank, technical=technical)}
    first, last = window(year, 1)
    of_year = totals(entries, first=first, last=last, online_kinds=ONLINE, own_tiers=tiers)
    first, last = window(year, years_of(person.rank))
    of_window = totals(entries, first=first, last=last, online_kinds=ONLINE, own_tiers=tiers)
    held = lines(rank=person.rank, technical=technical, figures=figures, of_year=of_year, of_window=of_window)
    due = expected_today(held[0].needed, year=year, years=held[0].years, day=when)
    return Standing(year=year, tiers=tiers, totals=of_year, lines=held, due_by_now=due)


def with_standing(people: "QuerySet[Person]", *, year: int, day: date, book: PolicyBook) -> "QuerySet[Any]":
    """Annotate ``done``, ``needed`` and ``met`` of the deciding line in the database, so that lists can be filtered and paged by them."""
    when = reckoning_day(year, day)

    def earned(years: int) -> Coalesce:
        rows = HoursEntry.objects.filter(person=OuterRef("pk"), earned_on__range=window(year, years)).order_by()
        return Coalesce(
            Subquery(rows.values("person").annotate(sum=Sum("hours")).values("sum"), output_field=HOURS), Value(Decimal(0)), output_field=HOURS
        )

    def needed(key: str) -> Case:
        known = [figure for figure in book.figures if figure.key == key and figure.in_force(when)]
        known.sort(key=lambda figure: (len(figure.unit_path), figure.valid_from, figure.id), reverse=True)
        cases = [When(Q(home_unit__path__startswith=figure.unit_path), then=Value(figure.value)) for figure in known if figure.unit_path]
        everywhere = next((figure.value for figure in known if not figure.unit_path), Decimal(0))
        return Case(*cases, default=Value(everywhere), output_field=HOURS)

    division = Q(rank=Rank.DIVISION)
    assert Rank.DIVISION.value == DIVISION
    return people.annotate(
        done=Case(When(division, then=earned(5)), default=earned(1), output_field=HOURS),
        needed=Case(When(division, then=needed(FIVE_YEARS)), default=needed(YEAR), output_field=HOURS),
    ).annotate(met=Case(When(done__gte=F("needed"), then=Value(True)), default=Value(False), output_field=BooleanField()))


LINE_NAMES: dict[str, str | Promise] = {
    "hours.year": _("Hours of the year"),
    "hours.five_years": _("Hours in five years"),
    "hours.online": _("Online hours"),
    "hours.technical_share": _("Professional subjects"),
}
