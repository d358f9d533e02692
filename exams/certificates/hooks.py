"""What this room hangs into lower rooms."""

from django.utils.translation import gettext_lazy as _

from exams.certificates import jobs  # noqa: F401  (registers its handlers)
from exams.certificates.counting import lift, numbers
from exams.certificates.panels import my_certificates, of_person
from lms.people.states import Act
from lms.web.checkpoint import counts
from lms.web.navigation import Entry, add_entry
from lms.web.panels import Panel, add_panel

add_entry(Entry(name="certificates", label=_("Certificates"), order=30))
add_entry(Entry(name="certificates_all", label=_("Certificate register"), order=145, act=Act.SEE_COVERAGE))
add_panel(Panel(place="home", order=50, template="exams/certificates/home_panel.html", build=my_certificates))
add_panel(Panel(place="person", order=50, template="exams/certificates/person_panel.html", build=of_person))
counts(numbers, lift)
