"""What this room hangs into lower rooms."""

from django.utils.translation import gettext_lazy as _

from exams.compliance import candidates
from exams.compliance.panels import certificates_missing, my_unit, of_unit
from exams.sittings.sources import Source, add_source
from lms.people.checks import add_check
from lms.people.states import Act
from lms.web.navigation import Entry, add_entry
from lms.web.panels import Panel, add_panel

add_entry(Entry(name="coverage", label=_("Coverage"), order=140, act=Act.SEE_COVERAGE))
add_entry(Entry(name="requirements", label=_("Requirements"), order=160, act=Act.MANAGE_REQUIREMENTS))
add_panel(Panel(place="home", order=5, template="exams/compliance/home_panel.html", build=my_unit))
add_panel(Panel(place="unit", order=20, template="exams/compliance/unit_panel.html", build=of_unit))
add_check(certificates_missing)
add_source(Source(name="lacking", label=_("whose post calls for a certificate"), choices=candidates.choices, people=candidates.people))
