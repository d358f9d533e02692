"""What this room hangs into the frame: its entry, and sittings that can't be sat as they stand."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams.papers.drawing import shortages
from exams.papers.rendering import sentence
from exams.papers.stock import rows_of, stock
from exams.sittings.models import Sitting
from lms.people.models import Person
from lms.people.scope import reach
from lms.people.states import Act
from lms.web.navigation import Entry, add_entry
from lms.web.todo import Todo, add_source

add_entry(Entry(name="sittings", label=gettext_lazy("Sittings"), order=143, act=Act.MANAGE_SITTINGS))


def in_trouble(person: Person, now: datetime) -> Iterable[Todo]:
    """Coming sittings without candidates, or whose blueprint the bank can no longer fill."""
    day = timezone.localdate(now)
    if not reach(person, Act.MANAGE_SITTINGS, day):
        return
    coming = Sitting.objects.reached_by(person, Act.MANAGE_SITTINGS, day).filter(closes_at__gt=now, cancelled_at=None).described()
    pool = None
    for sitting in coming.prefetch_related("blueprint__rows")[:20]:
        pool = stock() if pool is None else pool
        short = shortages(rows_of(sitting.blueprint), pool)
        if not short and sitting.admitted:  # type: ignore[attr-defined]
            continue
        yield Todo(
            title=sitting.title, detail=sentence(short[0]) if short else _("No candidates yet."), due=sitting.opens_at,
            due_label=_("before it opens"), tone="late" if short else "due", action=_("Put right") if short else _("Add candidates"),
            address=reverse("blueprint", args=[sitting.blueprint_id]) if short else reverse("candidates", args=[sitting.pk]),
        )  # fmt: skip


add_source(in_trouble)
