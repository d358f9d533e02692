"""Which people the hours board shows: the filters of its address."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from courses.hours.querysets import with_standing
from lms.people.models import Person
from lms.people.states import Act
from lms.policy.querysets import PolicyBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The filters as chosen: a unit's code, ``met`` yes or no, a piece of name, initials or staff number."""

    year: int
    unit: str
    met: str
    q: str

    @classmethod
    def of(cls, query: QueryDict, *, year: int) -> "Chosen":
        met = query.get("met", "")
        return cls(year=year, unit=query.get("unit", ""), met=met if met in {"yes", "no"} else "", q=query.get("q", "").strip()[:40])

    def in_scope(self, *, by: Person, day: date, book: PolicyBook) -> "QuerySet[Any]":
        """Active people of the units this person may see, with their standing."""
        people = Person.objects.reached_by(by, Act.SEE_PEOPLE, day).filter(left_on=None).select_related("home_unit")
        return with_standing(people, year=self.year, day=day, book=book).order_by("home_unit__path", "staff_number")

    def people_of(self, people: "QuerySet[Any]") -> "QuerySet[Any]":
        """Narrow by unit and by name; a unit includes those below it."""
        if self.unit:
            people = people.filter(Q(home_unit__code=self.unit) | Q(home_unit__path__contains=f"{self.unit}/"))
        if self.q:
            people = people.filter(Q(name__icontains=self.q) | Q(staff_number__startswith=self.q) | Q(pinyin__istartswith=self.q))
        return people

    def narrowed(self, people: "QuerySet[Any]") -> "QuerySet[Any]":
        people = self.people_of(people)
        return people.filter(met=self.met == "yes") if self.met else people
