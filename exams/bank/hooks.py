"""What this room hangs into the frame."""

from django.utils.translation import gettext_lazy as _

from lms.people.states import Act
from lms.web.navigation import Entry, add_entry

add_entry(Entry(name="bank", label=_("Question bank"), order=141, act=Act.WRITE_CONTENT))
