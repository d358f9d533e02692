"""What this room hangs into lower rooms: navigation, the marking job, results in a person's file."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exams.marking import jobs  # noqa: F401  (registers its handler)
from exams.marking.facility import past_of
from exams.marking.queue import marking_due
from exams.marking.reading import released_results
from exams.papers.past import add_past
from lms.people.models import Person
from lms.people.scope import may
from lms.people.states import Act
from lms.web.navigation import Entry, add_entry
from lms.web.panels import Panel, add_panel
from lms.web.todo import add_source

NEWEST = 10  # results shown in a person's file; the rest stands under Results


def person_panel(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """Released results, for those who may see results of the person's unit."""
    viewer = request.user
    if not isinstance(viewer, Person) or person.home_unit is None or not may(viewer, Act.SEE_RESULTS, timezone.localdate(), person.home_unit):
        return None
    return {"results": list(released_results(person)[:NEWEST])}  # type: ignore[index]


add_past(past_of)
add_source(marking_due)
add_entry(Entry(name="exams", label=_("Exams"), order=20))
add_entry(Entry(name="stations", label=_("Practical stations"), order=146, act=Act.WATCH_SITTINGS))
add_entry(Entry(name="marking", label=_("Marking"), order=148, act=Act.MARK_ANSWERS))
add_entry(Entry(name="results", label=_("Results"), order=150, act=Act.SEE_RESULTS))
add_panel(Panel(place="person", order=40, template="exams/marking/person_panel.html", build=person_panel))
