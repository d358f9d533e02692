"""Ledgers and boards as spreadsheets."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.hours.models import HoursEntry
from courses.hours.querysets import Standing
from lms.exchange.sheets import Column
from lms.people.models import Person

LEDGER = [
    Column(key="earned_on", heading=gettext_lazy("Earned on"), kind="date"),
    Column(key="title", heading=gettext_lazy("For")),
    Column(key="kind", heading=gettext_lazy("Kind")),
    Column(key="hours", heading=gettext_lazy("Hours"), kind="number"),
    Column(key="policy", heading=gettext_lazy("By the rule")),
]
BOARD = [
    Column(key="staff_number", heading=gettext_lazy("Staff number"), text=True),
    Column(key="name", heading=gettext_lazy("Full name")),
    Column(key="unit", heading=gettext_lazy("Unit")),
    Column(key="needed", heading=gettext_lazy("Required"), kind="number"),
    Column(key="done", heading=gettext_lazy("Done"), kind="number"),
    Column(key="missing", heading=gettext_lazy("Missing"), kind="number"),
    Column(key="online", heading=gettext_lazy("Online hours"), kind="number"),
    Column(key="offline", heading=gettext_lazy("Offline hours"), kind="number"),
    Column(key="state", heading=gettext_lazy("State")),
    Column(key="source", heading=gettext_lazy("By the rule")),
]


def ledger_rows(entries: Iterable[HoursEntry]) -> Iterator[list[Any]]:
    """Yield the cells of `LEDGER`, one row an entry."""
    for entry in entries:
        yield [entry.earned_on, entry.title, entry.get_kind_display(), entry.hours, entry.policy.source if entry.policy else ""]


def board_rows(people: Iterable[Person], found: Mapping[int, Standing]) -> Iterator[list[Any]]:
    """Yield the cells of `BOARD`, one row a person; ``found`` holds each one's standing by primary key."""
    for person in people:
        standing = found[person.pk]
        line = standing.deciding
        yield [
            person.staff_number, person.name, person.home_unit.name if person.home_unit else "", line.needed, line.done, line.missing,
            standing.totals.online, standing.totals.offline, _("Met") if line.met else _("Not met"), line.source,
        ]  # fmt: skip
