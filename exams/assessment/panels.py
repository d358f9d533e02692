"""What this room shows on lower screens: a panel in a person's file, and what is due on the home page."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from exams.assessment.actions import objection_until
from exams.assessment.board import staff_of
from exams.assessment.models import AssessmentRecord, Objection
from exams.assessment.states import RecordState
from lms.people.models import Person
from lms.people.scope import may, reach, within
from lms.people.states import Act
from lms.policy.figures import NoFigure
from lms.policy.querysets import PolicyBook
from lms.web.todo import Todo


def of_person(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """The versions that count of a person's years, for those who confirm there."""
    today = timezone.localdate()
    if person.home_unit is None or not may(request.user, Act.CONFIRM_ASSESSMENT, today, person.home_unit):  # type: ignore[arg-type]
        return None
    records = AssessmentRecord.objects.filter(person=person).current().select_related("by").defer("lines").order_by("-year")
    return {"person": person, "records": records[:5], "year": today.year}


def due(person: Person, now: datetime) -> Iterable[Todo]:
    """For the person: material one may still object to. For HR: how many are to be confirmed, and objections that wait."""
    return [*_own(person, now), *_of_hr(person, now)]


def _own(person: Person, now: datetime) -> Iterable[Todo]:
    today = timezone.localdate(now)
    records = AssessmentRecord.objects.filter(person=person, year__gte=today.year - 1).current().filter(state=RecordState.CONFIRMED)
    found = list(records.select_related("unit").defer("lines"))
    book = PolicyBook() if found else None
    for row in found:
        try:
            until = objection_until(row, book)
        except NoFigure:
            continue
        if today <= until:
            yield Todo(
                title=_("Check your assessment material of %(year)s") % {"year": row.year},
                detail=_("It has been confirmed; you may object if something is wrong."),
                due=timezone.make_aware(datetime.combine(until, time.max)), due_label=_("open until %(day)s") % {"day": until}, tone="info",
                address=f"{reverse('assessment_mine')}?year={row.year}", action=_("Check it"),
            )  # fmt: skip


def _of_hr(person: Person, now: datetime) -> Iterable[Todo]:
    today = timezone.localdate(now)
    paths = reach(person, Act.CONFIRM_ASSESSMENT, today)
    if not paths:
        return
    year = today.year
    confirmed = AssessmentRecord.objects.filter(year=year).current().filter(state=RecordState.CONFIRMED)
    waiting = staff_of(person, year, today).exclude(pk__in=confirmed.values("person")).count()
    if waiting:
        yield Todo(
            title=_("Assessment material of %(year)s") % {"year": year}, 
            detail=_("People whose material is to be confirmed: %(count)s.") % {"count": waiting},
            due=None, due_label="", tone="", address=reverse("assessment"), action=_("Confirm"),
        )  # fmt: skip
    objections = Objection.objects.filter(within(paths, "record__unit__path"), answered_at=None)
    count = objections.count()
    if count:
        oldest = objections.order_by("at").values_list("record__year", flat=True).first()
        yield Todo(
            title=_("Objections to assessment material"), detail=_("Objections that wait for an answer: %(count)s.") % {"count": count},
            due=None, due_label="", tone="due", address=f"{reverse('assessment')}?year={oldest}&state=objection", action=_("Answer the objection"),
        )  # fmt: skip
