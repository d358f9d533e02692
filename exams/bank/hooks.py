"""What this room hangs into the frame."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.bank.models import Question
from exams.bank.standing import for_review_by
from lms.people.models import Person
from lms.people.scope import may
from lms.people.states import Act
from lms.web.navigation import Entry, add_entry
from lms.web.todo import Todo, add_source


def reviews_waiting(person: Person, now: datetime) -> Iterable[Todo]:
    """How many drafts wait for a person who writes content (one statement; none for everyone else)."""
    if not may(person, Act.WRITE_CONTENT, timezone.localdate(now)):
        return
    waiting = for_review_by(Question.objects.all(), person).count()
    if waiting:
        yield Todo(
            title=gettext("Questions that wait for your review: %(n)d") % {"n": waiting},
            detail=_("Another person than the author reads each before papers may hold it."), due=None, due_label="", tone="info",
            address=f"{reverse('bank')}?state=mine", action=_("Review"),
        )  # fmt: skip


add_source(reviews_waiting)
add_entry(Entry(name="bank", label=_("Question bank"), order=141, act=Act.WRITE_CONTENT))
