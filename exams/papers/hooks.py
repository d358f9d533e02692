"""What this room hangs into the frame and into the bank."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from exams.bank.models import Question
from exams.papers import jobs  # noqa: F401  (registers its handlers)
from exams.papers.querysets import drawing_from, sets_holding
from lms.people.states import Act
from lms.web.navigation import Entry, add_entry
from lms.web.panels import Panel, add_panel

add_entry(Entry(name="papers", label=_("Blueprints and papers"), order=142, act=Act.WRITE_CONTENT))


def blueprints_of(request: HttpRequest, question: Question) -> dict[str, Any]:
    """The blueprints that may draw a question, and the papers it stands in."""
    return {"blueprints": drawing_from(question), "paper_sets": sets_holding(question)}


add_panel(Panel(place="question", order=10, template="exams/papers/panel.html", build=blueprints_of))
