"""What a person sees of themself: the same text HR sees, what was confirmed, what was handed on, and a way to object."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from exams.assessment import actions
from exams.assessment.board import year_in, years
from exams.assessment.forms import ObjectionForm
from exams.assessment.gathering import PersonYear, person_year
from exams.assessment.models import AssessmentRecord, ExportRow
from exams.assessment.rendering import REFUSALS, TONES, shown
from exams.assessment.rows import HEADINGS
from exams.assessment.states import RecordState, Standing
from lms.exchange.downloads import attachment
from lms.exchange.sheets import Column, workbook
from lms.people.models import Person
from lms.people.scope import may
from lms.people.states import Act
from lms.policy.figures import NoFigure
from lms.web.requests import SignedInRequest, number

COPY_COLUMNS = [
    Column(key="heading", heading="事项"), Column(key="value", heading="内容"),
    Column(key="sentence", heading="说明"), Column(key="rules", heading="依据"),
]  # fmt: skip


def own_year(person: Person, year: int, today: date) -> PersonYear:
    """Return one's own year, with the home unit as it stands now."""
    return person_year(Person.objects.select_related("home_unit").get(pk=person.pk), year, today=today)


def page(request: SignedInRequest, year: int, *, form: ObjectionForm | None = None, status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    view = own_year(request.user, year, today)
    latest = view.latest
    confirmed = latest if latest and latest.state == RecordState.CONFIRMED else None
    try:
        until = actions.objection_until(confirmed) if confirmed else None
    except NoFigure:
        until = None
    exports = ExportRow.objects.filter(record__person=view.person, record__year=year).select_related("batch__unit", "record").order_by("pk")
    context = {
        "view": view, "year": year, "years": years(today), "tone": TONES[view.standing], "confirmed": confirmed, "until": until,
        "lines": shown(confirmed.lines if confirmed else view.lines),
        "now_lines": shown(view.lines, confirmed.lines) if confirmed and view.standing == Standing.CHANGED else [],
        "may_object": bool(confirmed and until and today <= until and not view.waiting), "form": form or ObjectionForm(),
        "exports": [(row, [(h.text, row.cells.get(h.name, "")) for h in HEADINGS]) for row in exports],
    }  # fmt: skip
    return render(request, "exams/assessment/mine.html", context, status=status)


@login_required
@require_GET
def mine(request: SignedInRequest) -> HttpResponse:
    """One's own year."""
    return page(request, year_in(request.GET, timezone.localdate()))


@login_required
@require_POST
def objecting(request: SignedInRequest) -> HttpResponse:
    """Object to the confirmed version that counts."""
    now = timezone.now()
    year = year_in(request.POST, timezone.localdate(now))
    confirmed = get_object_or_404(
        AssessmentRecord.objects.select_related("unit"), pk=number(request.POST.get("record", "")), person=request.user, year=year
    )
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return page(request, year, form=form, status=422)
    try:
        actions.lodge_objection(confirmed, text=form.cleaned_data["text"], by=request.user, at=now)
    except actions.Refused as refused:
        messages.error(request, REFUSALS[refused.code])
    else:
        messages.success(request, _("Your objection has been recorded. HR answers it in writing; you will find the answer here."))
    return redirect(f"{reverse('assessment_mine')}?year={year}")


@login_required
@require_GET
def copy(request: SignedInRequest) -> HttpResponse:
    """A copy of what is held on oneself for a year (个人信息保护法 art. 45), as xlsx."""
    year = year_in(request.GET, timezone.localdate())
    view = own_year(request.user, year, timezone.localdate())
    lines = view.latest.lines if view.latest else view.lines
    rows = [[line["heading"], line["value"], line["sentence"], "；".join(rule["text"] for rule in line["rules"])] for line in lines]
    rows += [["学时记录", entry["label"], "", ""] for line in lines if line["key"] == "hours_by_kind" for entry in line["evidence"]]
    content = workbook(COPY_COLUMNS, rows, title=f"{year}", frozen=1)
    return attachment(content, f"assessment-{year}.xlsx")


@login_required
@require_GET
def sheet(request: SignedInRequest, year: int, pk: int) -> HttpResponse:
    """The training register sheet 培训登记表 of a person and year, for printing: one's own, or within reach of confirming."""
    today = timezone.localdate()
    person = get_object_or_404(Person.objects.select_related("home_unit"), pk=pk)
    if year not in years(today):
        raise Http404
    view = person_year(person, year, today=today)
    viewer: Person = request.user
    if viewer.pk != pk and not (view.unit and may(viewer, Act.CONFIRM_ASSESSMENT, today, view.unit)):
        raise Http404
    confirmed = view.latest if view.latest and view.latest.state == RecordState.CONFIRMED else None
    context = {"view": view, "person": person, "year": year, "confirmed": confirmed, "lines": shown(confirmed.lines if confirmed else view.lines)}
    return render(request, "exams/assessment/sheet.html", context)
