"""My record 学习档案, and the hours board of HR."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from courses.hours.models import HoursEntry, HoursKind
from courses.hours.querysets import LINE_NAMES, standings
from courses.hours.resources import BOARD, LEDGER, board_rows, ledger_rows
from courses.hours.selection import Chosen
from lms.audit.actions import record as audit
from lms.audit.verbs import Verb
from lms.exchange.downloads import attachment
from lms.exchange.sheets import workbook
from lms.people.gates import must
from lms.people.models import Person, Unit
from lms.people.states import Act
from lms.policy.querysets import PolicyBook
from lms.web.requests import SignedInRequest, number

PAGE = 50
YEARS_SHOWN = 5


def year_of(query: QueryDict, today: date) -> int:
    """Return the year asked for, from 2000 to this one; this year for anything else."""
    year = number(query.get("year", ""))
    return year if year is not None and 2000 <= year <= today.year else today.year


@login_required
@require_GET
def record(request: SignedInRequest) -> HttpResponse:
    """Everything that stands in the ledger about oneself: totals against what is required, each row with its source."""
    today = timezone.localdate()
    year = year_of(request.GET, today)
    person = Person.objects.select_related("home_unit").get(pk=request.user.pk)
    rows = HoursEntry.objects.filter(person=person, earned_on__year=year).select_related("policy", "reverses")
    if request.GET.get("export") == "xlsx":
        return attachment(workbook(LEDGER, ledger_rows(rows), title=_("My record"), frozen=1), f"record-{person.staff_number}-{year}.xlsx")
    standing = standings([person], year=year, day=today, book=PolicyBook())[person.pk]
    kinds = [(HoursKind(kind).label, hours) for kind, hours in sorted(standing.totals.by_kind.items())]
    context = {
        "year": year, "years": range(today.year, today.year - YEARS_SHOWN, -1), "standing": standing, "kinds": kinds, "person": person,
        "lines": [(LINE_NAMES.get(line.key, line.key), line) for line in standing.lines],
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
    }  # fmt: skip
    return render(request, "courses/hours/record.html", context)


@login_required
@require_GET
def hours(request: SignedInRequest) -> HttpResponse:
    """People and their hours of a year against what is required; filters in the address, export of exactly what is shown."""
    today = must(request, Act.SEE_PEOPLE)
    me = request.user
    book = PolicyBook()
    year = year_of(request.GET, today)
    chosen = Chosen.of(request.GET, year=year)
    everyone = chosen.in_scope(by=me, day=today, book=book)
    people = chosen.narrowed(everyone)
    if request.GET.get("export") == "xlsx":
        return _export(request, list(people), year=year, today=today, book=book)
    page = Paginator(people, PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    found = standings(shown, year=year, day=today, book=book)
    context = {
        "page": page, "rows": [(person, found[person.pk]) for person in shown], "chosen": chosen, "year": year,
        "years": range(today.year, today.year - YEARS_SHOWN, -1),
        "units": Unit.objects.reached_by(me, Act.SEE_PEOPLE, today).exclude(kind="village"),
        "met": chosen.people_of(everyone).filter(met=True).count(), "unmet": chosen.people_of(everyone).filter(met=False).count(),
    }  # fmt: skip
    return render(request, "courses/hours/board.html", context)


def _export(request: SignedInRequest, people: list[Person], *, year: int, today: date, book: PolicyBook) -> HttpResponse:
    found = standings(people, year=year, day=today, book=book)
    with transaction.atomic():
        audit(Verb.LIST_EXPORTED, "hours:board", by=request.user, at=timezone.now(), detail={"rows": len(people), "year": year})
    return attachment(workbook(BOARD, board_rows(people, found), title=_("Hours")), f"hours-{year}.xlsx")
