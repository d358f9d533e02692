"""What this room hangs into lower rooms: the sweep, what is due on the home page, the invigilators' entry."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams.attempts import jobs  # noqa: F401  (registers its handler)
from exams.attempts.models import Attempt
from exams.attempts.reading import due, ended
from exams.sittings.models import Candidate
from lms.people.models import Person
from lms.people.states import Act
from lms.web.navigation import Entry, add_entry
from lms.web.todo import Todo, add_source


def exams_due(person: Person, now: datetime) -> Iterable[Todo]:
    """Sittings one is admitted to that are still ahead or open and not yet sat; a running attempt first (two statements)."""
    used = Count("attempts", filter=Q(attempts__hand_in__isnull=False), distinct=True)
    waiting = Candidate.objects.filter(person=person, sitting__cancelled_at=None, sitting__closes_at__gt=now).annotate(used=used)
    running = {a.candidate_id: a for a in Attempt.objects.with_state().of_person(person).filter(hand_in__isnull=True).defer("paper") if not ended(a)}
    for candidate in waiting.filter(used=0, sitting__attempts_allowed__gt=F("used")).select_related("sitting"):
        sitting, attempt = candidate.sitting, running.get(candidate.pk)
        place = sitting.place or _("any computer")
        detail = _("%(minutes)s minutes, %(place)s") % {"minutes": sitting.duration, "place": place}
        if attempt is not None:
            end = timezone.localtime(due(attempt))
            label = _("in progress, ends %(time)s") % {"time": end.strftime("%H:%M")}
            yield Todo(
                title=sitting.title, detail=detail, due=due(attempt), due_label=label, tone="late", address=reverse("paper", args=[attempt.pk]),
                action=_("Continue the exam"), primary=True,
            )  # fmt: skip
            continue
        is_open = sitting.opens_at <= now
        instant = timezone.localtime(sitting.closes_at if is_open else sitting.opens_at)
        words = {"day": date_format(instant, "MONTH_DAY_FORMAT"), "time": instant.strftime("%H:%M")}
        yield Todo(
            title=sitting.title, detail=detail, due=sitting.closes_at if is_open else sitting.opens_at, tone="due" if is_open else "info",
            due_label=(_("open until %(day)s %(time)s") if is_open else _("opens %(day)s %(time)s")) % words,
            address=reverse("exam_entry", args=[sitting.pk]), action=_("Enter the exam"), primary=is_open,
        )  # fmt: skip


add_source(exams_due)
add_entry(Entry(name="watch_list", label=gettext_lazy("Invigilation"), order=144, act=Act.WATCH_SITTINGS))
