"""What this room hangs into the frame: its entry, and sittings that can't be sat as they stand."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams.papers.sources import address_of, lacking
from exams.sittings.models import Sitting
from lms.people.models import Person
from lms.people.scope import reach
from lms.people.states import Act
from lms.web.navigation import Entry, add_entry
from lms.web.todo import Todo, add_source

add_entry(Entry(name="places", label=gettext_lazy("Places"), order=142, act=Act.MANAGE_SITTINGS))
add_entry(Entry(name="sittings", label=gettext_lazy("Sittings"), order=143, act=Act.MANAGE_SITTINGS))


def in_trouble(person: Person, now: datetime) -> Iterable[Todo]:
    """Coming sittings without candidates, or whose blueprint the bank can no longer fill."""
    day = timezone.localdate(now)
    if not reach(person, Act.MANAGE_SITTINGS, day):
        return
    coming = Sitting.objects.reached_by(person, Act.MANAGE_SITTINGS, day).filter(closes_at__gt=now, cancelled_at=None).described()
    for sitting in coming.prefetch_related("blueprint__rows")[:20]:
        short = lacking(sitting.source, day)
        if not short and sitting.admitted:  # type: ignore[attr-defined]
            continue
        yield Todo(
            title=sitting.title, detail=short[0] if short else _("No candidates yet."), due=sitting.opens_at,
            due_label=_("before it opens"), tone="late" if short else "due", action=_("Put right") if short else _("Add candidates"),
            address=address_of(sitting.source) if short else reverse("candidates", args=[sitting.pk]),
        )  # fmt: skip


add_source(in_trouble)
