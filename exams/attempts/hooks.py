"""What this room hangs into lower rooms: the sweep, what is due on the home page, the invigilators' entry."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from exams.attempts import jobs  # noqa: F401  (registers its handler)
from exams.attempts.ahead import exams_due
from exams.attempts.models import Attempt
from exams.attempts.reading import ended, gone
from exams.sittings.models import Candidate
from exams.sittings.tickets_actions import STILL_IN
from lms.people.states import Act
from lms.web.navigation import Entry, add_entry
from lms.web.todo import add_source


def still_writing(candidate: Candidate, at: datetime) -> bool:
    """Whether a ticket opens the door after the close: a paper of the candidate runs on, with minutes added."""
    running = Attempt.objects.with_state().filter(candidate=candidate).defer("paper")
    return any(not ended(attempt) and not gone(attempt, at) for attempt in running)


STILL_IN.append(still_writing)
add_source(exams_due)
add_entry(Entry(name="watch_list", label=gettext_lazy("Invigilation"), order=144, act=Act.WATCH_SITTINGS))
