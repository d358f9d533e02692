"""Where learning shows itself on lower screens."""

from collections.abc import Iterable
from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from courses.plans.panels import due_sentence, hours_ring, path, resume_and_todo
from courses.plans.rendering import learning
from courses.templatetags.hours import hrs
from lms.people.models import Person
from lms.web.navigation import Entry, add_entry
from lms.web.panels import Panel, add_panel
from lms.web.todo import Todo, add_source

SHOWN = 3


def topics_due(person: Person, now: datetime) -> Iterable[Todo]:
    """The next topics of the person's own tiers; due at the year's end."""
    found = learning(person, now)
    last = timezone.localdate(now).replace(month=12, day=31)
    due = timezone.make_aware(datetime.combine(last, time(23, 59)))
    for stop in found.open_topics()[:SHOWN] if found else []:
        yield Todo(
            title=stop.topic.title,
            detail=_("Required · %(hours)s hours · %(done)s of %(all)s lessons learnt")
            % {"hours": hrs(stop.at.hours), "done": stop.at.finished, "all": stop.at.lessons},
            due=due,
            due_label=_("until %(day)s") % {"day": date_format(last, "MONTH_DAY_FORMAT")},
            tone="due" if (last - timezone.localdate(now)).days <= 30 else "",
            address=reverse("topic", args=[stop.topic.key]),
            action=_("Learn"),
        )


add_entry(Entry(name="learn", label=_("Courses"), order=10))
add_source(topics_due)
add_panel(Panel(place="home_top", order=0, template="courses/plans/due.html", build=due_sentence))
add_panel(Panel(place="home", order=10, template="courses/plans/resume.html", build=resume_and_todo))
add_panel(Panel(place="home", order=20, template="courses/plans/ring.html", build=hours_ring))
add_panel(Panel(place="home", order=30, template="courses/plans/path.html", build=path))
