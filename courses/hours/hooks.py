"""Where hours show themselves on lower screens."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.hours.querysets import standings
from lms.people.models import Person
from lms.people.states import Act
from lms.policy.figures import NoFigure
from lms.policy.querysets import PolicyBook
from lms.web.navigation import Entry, add_entry
from lms.web.panels import Panel, add_panel

YEARS = 3


def by_year(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """This year and the two before: done against required."""
    today = timezone.localdate()
    book = PolicyBook()
    try:
        return {"rows": [standings([person], year=year, day=today, book=book)[person.pk] for year in range(today.year, today.year - YEARS, -1)]}
    except NoFigure:
        return None


add_entry(Entry(name="record", label=_("My record"), order=40))
add_entry(Entry(name="hours", label=_("Hours"), order=130, act=Act.SEE_PEOPLE))
add_panel(Panel(place="person", order=20, template="courses/hours/person_panel.html", build=by_year))
