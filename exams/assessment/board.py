"""HR's view of one year: who is on it, how they stand, and which rows the filters leave."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.functional import cached_property

from exams.assessment.gathering import PersonYear, key_day, person_years
from exams.assessment.material import gaps
from exams.assessment.states import Standing
from lms.people.models import Appointment, Person, Unit
from lms.people.querysets import PersonQuerySet
from lms.people.scope import reach, within
from lms.people.states import Act, UnitKind
from lms.web.requests import number

YEARS_BACK = 5  # the five-year window of division rank: older years are settled


def years(today: date) -> list[int]:
    """Return the years kept on the board, the running one first."""
    return list(range(today.year, today.year - YEARS_BACK - 1, -1))


def year_in(data: QueryDict, today: date) -> int:
    """Return the year asked for, or the running one."""
    year = number(data.get("year", ""))
    return year if year in years(today) else today.year


def staff_of(person: Person, year: int, today: date, act: Act = Act.CONFIRM_ASSESSMENT) -> PersonQuerySet:
    """People whose main appointment on the key day lies where ``person`` may do ``act``."""
    held = Appointment.objects.on(key_day(year, today)).main().filter(voided=False).reached_by(person, act, today)
    return Person.objects.filter(pk__in=held.values("person")).select_related("home_unit").order_by("staff_number")


@dataclass(slots=False, kw_only=True)
class Board:
    """The rows of one year for one HR person. ``query`` holds ``year``, ``unit`` (code), ``state``, ``met`` (met, gaps) and ``q``."""

    viewer: Person
    query: QueryDict
    today: date
    year: int = field(init=False)

    def __post_init__(self) -> None:
        self.year = year_in(self.query, self.today)
        self.state = self.query.get("state", "") if self.query.get("state") in {*Standing.values, "objection"} else ""
        self.met = self.query.get("met", "") if self.query.get("met") in {"met", "gaps"} else ""
        self.words = self.query.get("q", "").strip()

    @cached_property
    def units(self) -> list[Unit]:
        """Units the viewer may choose from; village points are found under their township."""
        paths = reach(self.viewer, Act.CONFIRM_ASSESSMENT, self.today)
        return list(Unit.objects.filter(within(paths)).exclude(kind=UnitKind.VILLAGE).order_by("path"))

    @cached_property
    def unit(self) -> Unit | None:
        """The unit chosen, or None for everyone within reach."""
        return next((unit for unit in self.units if unit.code == self.query.get("unit")), None)

    @cached_property
    def everyone(self) -> list[PersonYear]:
        """Every row of the year and unit, by unit and staff number."""
        people = staff_of(self.viewer, self.year, self.today)
        if self.unit:
            held = Appointment.objects.on(key_day(self.year, self.today)).main().filter(voided=False, unit__path__startswith=self.unit.path)
            people = people.filter(pk__in=held.values("person"))
        rows = person_years(people, self.year, today=self.today).values()
        return sorted(rows, key=lambda row: (row.unit.path if row.unit else "", row.person.staff_number))

    @cached_property
    def rows(self) -> list[PersonYear]:
        """The rows the filters leave."""
        return [row for row in self.everyone if self._fits(row)]

    def _fits(self, row: PersonYear) -> bool:
        words, person = self.words.casefold(), row.person
        if words and words not in person.name.casefold() and words not in person.staff_number and not person.pinyin.casefold().startswith(words):
            return False
        if self.state == "objection":
            return bool(row.waiting)
        if self.state and row.standing != self.state:
            return False
        return not self.met or (self.met == "gaps") == bool(gaps(row.lines))

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many stand where, and how many objections wait; of everyone, whatever the filters."""
        found: dict[str, Any] = {state.value: 0 for state in Standing}
        for row in self.everyone:
            found[row.standing.value] += 1
        return {**found, "objections": sum(len(row.waiting) for row in self.everyone), "people": len(self.everyone)}
