"""What the lessons hang into lower rooms: the way to the admin in which they are written."""

from django.utils.translation import gettext_lazy as _

from lms.people.states import Act
from lms.web.navigation import Entry, add_entry

add_entry(Entry(name="wagtailadmin_home", label=_("Write lessons"), order=140, act=Act.WRITE_CONTENT))
