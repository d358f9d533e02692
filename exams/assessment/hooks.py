"""What this room hangs into lower rooms."""

from django.utils.translation import gettext_lazy as _

from exams.assessment import jobs  # noqa: F401  (registers its handler)
from exams.assessment.panels import due, of_person
from lms.people.states import Act
from lms.web.navigation import Entry, add_entry
from lms.web.panels import Panel, add_panel
from lms.web.todo import add_source

add_entry(Entry(name="assessment_mine", label=_("My assessment"), order=50))
add_entry(Entry(name="assessment", label=_("Assessment material"), order=170, act=Act.CONFIRM_ASSESSMENT))
add_panel(Panel(place="person", order=70, template="exams/assessment/person_panel.html", build=of_person))
add_source(due)
