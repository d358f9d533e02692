"""Laying the demo county: places and people first, then what they learnt and proved."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from exams.demo.bank import lay_bank
from exams.demo.clearing import is_loaded
from exams.demo.days import month
from exams.demo.exam_day import lay_attempts
from exams.demo.handwork import lay_handwork
from exams.demo.hours import lay_hours
from exams.demo.notices import lay_notices
from exams.demo.people import Staff, lay_people
from exams.demo.places import CLOSED, DEPARTMENTS, ROOT, TOWNSHIPS, lay_places
from exams.demo.posts import lay_posts, lay_requirements, lay_types
from exams.demo.results import lay_certificates, lay_results
from exams.demo.rooms import TicketToTry, lay_centre, lay_exceptions, lay_seats
from exams.demo.seats import ACCOUNTS, KNOWN
from exams.demo.sittings import cast, lay_sittings, plans
from exams.demo.yearly import lay_yearly
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person, Unit


class LoadRefused(Exception):
    """Something with the demo's names is there already and is not the demo's; ``taken`` lists it."""

    def __init__(self, taken: list[str]) -> None:
        super().__init__("These are taken: " + ", ".join(taken))
        self.taken = taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    units: int
    people: int
    ticket: TicketToTry


def taken() -> list[str]:
    """Return unit codes and staff numbers of the demo that others hold."""
    codes = [ROOT, CLOSED[0], *(code for code, *_ in DEPARTMENTS), *(code for code, *_ in TOWNSHIPS)]
    numbers = [*ACCOUNTS.values(), *(number for number, _name in KNOWN.values())]
    return [
        *Unit.objects.filter(code__in=codes).values_list("code", flat=True),
        *Person.objects.filter(staff_number__in=numbers).values_list("staff_number", flat=True),
    ]


@transaction.atomic
def load(*, today: date, password: str, at: datetime) -> Loaded | None:
    """Lay the county as it stands on ``today``; returns None and changes nothing when it is there already. Raises LoadRefused.

    Rows are inserted in bulk, without the actions and their audit lines: one line says that the demo was loaded, with the keys of
    what neither a person nor a unit of it owns, so that `clearing` finds it. Policy figures, lessons and questions are needed first.
    """
    if is_loaded():
        return None
    conflicts = taken()
    if conflicts:
        raise LoadRefused(conflicts)
    units = lay_places(today)
    posts, new_posts = lay_posts()
    types, new_types = lay_types()
    rules = lay_requirements(posts, types, month(today, -36))
    staff: Staff = lay_people(units, posts, today, password)
    rows = plans(today)
    cast(rows, staff)
    questions = lay_bank(staff, today)
    blueprints, papers = lay_sittings(rows, staff, units, types, today)
    place = lay_centre(units["xinxi"])
    ticket = lay_seats(rows["skill"], place, staff, today)
    lay_exceptions(rows["planned"], staff, today)
    lay_certificates(lay_results(rows, lay_attempts(rows), staff), types, staff)
    lay_handwork(rows["skill"], rows["duty"], staff, today)
    lay_hours(staff, today)
    lay_notices(staff, units, rows, today)
    lay_yearly(staff, units, today)
    detail: dict[str, object] = {"today": today, "posts": new_posts, "types": new_types, "rules": rules}
    detail |= {"blueprints": blueprints, "papers": papers, "questions": questions}
    record(Verb.DEMO_LOADED, units[ROOT], by=None, at=at, detail=detail)
    return Loaded(units=len(units), people=len(staff.everybody), ticket=ticket)
