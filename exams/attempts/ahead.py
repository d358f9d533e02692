"""What stands on a person's home page about exams: those ahead, those open and not yet sat, and a paper that is being answered."""

from collections.abc import Iterable
from datetime import datetime
from math import ceil

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exams.attempts.models import Attempt
from exams.attempts.reading import due, ended
from exams.sittings.accommodations import terms_between
from exams.sittings.models import Candidate
from exams.sittings.terms import Terms, window
from lms.people.models import Person
from lms.web.todo import Todo


def exams_due(person: Person, now: datetime) -> Iterable[Todo]:
    """Sittings one is admitted to that are ahead or open by one's own terms and not yet sat; a running attempt first (four statements)."""
    used = Count("attempts", filter=Q(attempts__hand_in__isnull=False), distinct=True)
    later = Q(sitting__accommodations__ended_at=None, sitting__accommodations__closes_at__gt=now)
    admitted = Candidate.objects.filter(Q(sitting__closes_at__gt=now) | later, person=person, sitting__cancelled_at=None).distinct()
    waiting = list(admitted.annotate(used=used).filter(used=0).select_related("sitting"))
    if not waiting:
        return
    running = {a.candidate_id: a for a in Attempt.objects.with_state().of_person(person).filter(hand_in__isnull=True).defer("paper") if not ended(a)}
    held = terms_between([(candidate.sitting, person.pk) for candidate in waiting], timezone.localdate(now))
    for candidate in waiting:
        terms, attempt = held[candidate.sitting_id, person.pk], running.get(candidate.pk)
        if attempt is not None:
            yield _running(candidate, terms, attempt)
        elif window(terms, now).state != "late":
            yield _ahead(candidate, terms, now)


def _detail(candidate: Candidate, terms: Terms) -> str:
    place = candidate.sitting.place or _("any computer")
    if candidate.sitting.practice:
        place = _("Practice")
    return _("%(minutes)s minutes, %(place)s") % {"minutes": terms.limit, "place": place} if terms.limit else str(place)


def _running(candidate: Candidate, terms: Terms, attempt: Attempt) -> Todo:
    end = due(attempt)
    return Todo(
        title=candidate.sitting.title, detail=_detail(candidate, terms), due=end, tone="late", primary=True, action=_("Continue the exam"),
        due_label=_("in progress, ends %(time)s") % {"time": timezone.localtime(end).strftime("%H:%M")}, address=reverse("paper", args=[attempt.pk]),
    )  # fmt: skip


def _ahead(candidate: Candidate, terms: Terms, now: datetime) -> Todo:
    """The next edge of the window: as minutes where it is less than an hour away, as day and time before that."""
    stand = window(terms, now)
    is_open, edge = stand.state == "open", stand.edge or terms.closes
    instant = timezone.localtime(edge)
    words = {"day": date_format(instant, "MONTH_DAY_FORMAT"), "time": instant.strftime("%H:%M"), "n": ceil((edge - now).total_seconds() / 60)}
    if stand.soon:
        label = _("closes in %(n)d minutes") if is_open else _("opens in %(n)d minutes")
    else:
        label = _("open until %(day)s %(time)s") if is_open else _("opens %(day)s %(time)s")
    pressing = is_open and not candidate.sitting.practice
    return Todo(
        title=candidate.sitting.title, detail=_detail(candidate, terms), due=edge, tone="due" if pressing else "info", primary=pressing,
        due_label=label % words, address=reverse("exam_entry", args=[candidate.sitting_id]), action=_("Enter the exam"),
    )  # fmt: skip
