"""HR's screens of a year: the board, confirming many in two steps, and one person's year."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exams.assessment import actions
from exams.assessment.board import Board, staff_of, year_in, years
from exams.assessment.forms import AnswerForm, ReturnForm
from exams.assessment.gathering import PersonYear, person_year, person_years
from exams.assessment.handing_on import waiting
from exams.assessment.models import AssessmentRecord, ExportRow, Objection
from exams.assessment.rendering import REASONS, REFUSALS, TONES, row, shown
from exams.assessment.states import Standing
from lms.people.gates import must
from lms.people.models import Person, Unit
from lms.people.scope import may, reach, within
from lms.people.states import Act
from lms.web.requests import SignedInRequest, number, numbers

PER_PAGE = 50


def asked(request: SignedInRequest, act: Act) -> Person:
    """Return who asks; raises PermissionDenied for someone who may do ``act`` nowhere."""
    must(request, act)
    person: Person = request.user
    return person


def export_unit(board: Board) -> Unit | None:
    """Return the unit a batch from this board is for: the one chosen, else the highest within reach of handing on."""
    paths = reach(board.viewer, Act.EXPORT_ASSESSMENT, board.today)
    if board.unit is not None:
        return board.unit if any(board.unit.path.startswith(path) for path in paths) else None
    return Unit.objects.filter(within(paths)).order_by("path").first() if paths else None


@login_required
@require_GET
def board(request: SignedInRequest) -> HttpResponse:
    """Everyone within reach: where their year stands, filters in the address, choosing for bulk confirmation, handing on."""
    viewer = asked(request, Act.CONFIRM_ASSESSMENT)
    shown_board = Board(viewer=viewer, query=request.GET, today=timezone.localdate())
    page = Paginator(shown_board.rows, PER_PAGE).get_page(request.GET.get("page"))
    unit = export_unit(shown_board)
    context = {
        "board": shown_board, "page": page, "rows": [row(view) for view in page], "years": years(shown_board.today), "standings": Standing.choices,
        "export_unit": unit, "to_hand_on": waiting(shown_board.year, unit).count() if unit else 0, "counts": shown_board.counts,
        "filters": filters_of(shown_board),
    }  # fmt: skip
    return render(request, "exams/assessment/board.html", context)


def filters_of(board: Board) -> str:
    """Return the filters as a query string, without the page."""
    kept = QueryDict(mutable=True)
    pairs = {"year": str(board.year), "unit": board.unit.code if board.unit else "", "state": board.state, "met": board.met, "q": board.words}
    kept.update({name: value for name, value in pairs.items() if value})
    return kept.urlencode()


def pairs(values: list[str]) -> dict[int, str]:
    """Read ``id:digest`` pairs; what isn't one is left out."""
    found = {}
    for value in values:
        pk, _colon, digest = value.partition(":")
        if digest and (person := number(pk)) is not None:
            found[person] = digest
    return found


@login_required
@require_http_methods(["GET", "POST"])
def confirm_preview(request: SignedInRequest) -> HttpResponse:
    """Step 1 of confirming many: what would be confirmed, and every exception with its reasons. GET: all the filters leave; POST: those picked."""
    viewer, today = asked(request, Act.CONFIRM_ASSESSMENT), timezone.localdate()
    if request.method == "POST":
        year = year_in(request.POST, today)
        people = staff_of(viewer, year, today).filter(pk__in=list(pairs(request.POST.getlist("pick"))))
        views: list[PersonYear] = list(person_years(people, year, today=today).values())
    else:
        chosen = Board(viewer=viewer, query=request.GET, today=today)
        year, views = chosen.year, chosen.rows
    views = [view for view in views if view.standing != Standing.CONFIRMED]
    reasons = {view.person.pk: actions.reasons_against(view, viewer) for view in views}
    exceptions = [
        {**row(view), "reasons": [REASONS[r] for r in reasons[view.person.pk]], "firm": bool(actions.FIRM.intersection(reasons[view.person.pk]))}
        for view in views if reasons[view.person.pk]
    ]  # fmt: skip
    context = {
        "year": year, "exceptions": exceptions, "clean": [row(view) for view in views if not reasons[view.person.pk]],
        "shown": ",".join(f"{view.person.pk}:{view.digest[: actions.SHOWN]}" for view in views),
    }  # fmt: skip
    return render(request, "exams/assessment/confirm.html", context)


@login_required
@require_POST
def confirm_many(request: SignedInRequest) -> HttpResponse:
    """Step 2: confirm what was shown; people out of reach are not touched."""
    viewer, now = asked(request, Act.CONFIRM_ASSESSMENT), timezone.now()
    today = timezone.localdate(now)
    year, wanted = year_in(request.POST, today), pairs(request.POST.get("shown", "").split(","))
    allowed = set(staff_of(viewer, year, today).filter(pk__in=list(wanted)).values_list("pk", flat=True))
    ticks = request.POST.getlist("tick")
    ticked = allowed if "all" in ticks else set(numbers(ticks))
    outcome = actions.confirm_many({pk: digest for pk, digest in wanted.items() if pk in allowed}, year, ticked=ticked, by=viewer, at=now)
    messages.success(request, _("Confirmed: %(count)s.") % {"count": len(outcome.confirmed)})
    if outcome.left_out:
        changed = sum("changed" in reasons for reasons in outcome.left_out.values())
        text = _("Left out: %(count)s, of these changed since they were shown: %(changed)s. They are still to be confirmed.")
        messages.warning(request, text % {"count": len(outcome.left_out), "changed": changed})
    return redirect(f"{reverse('assessment')}?year={year}")


def within_reach(request: SignedInRequest, year: int, pk: int, act: Act = Act.CONFIRM_ASSESSMENT) -> tuple[Person, PersonYear]:
    """Return (who asks, the person's year); 403 without the act, 404 out of reach or for a year not kept."""
    viewer, today = asked(request, act), timezone.localdate()
    if year not in years(today):
        raise Http404
    person = get_object_or_404(Person.objects.select_related("home_unit"), pk=pk)
    view = person_year(person, year, today=today)
    if view.unit is None or not may(viewer, act, today, view.unit):
        raise Http404
    return viewer, view


def dossier(request: HttpRequest, viewer: Person, view: PersonYear, *, status: int = 200, **forms: object) -> HttpResponse:
    history = AssessmentRecord.objects.filter(person=view.person, year=view.year).select_related("by").defer("lines").order_by("-version")
    context = {
        "view": view, "person": view.person, "year": view.year, "years": years(timezone.localdate()), "tone": TONES[view.standing],
        "lines": shown(view.lines, view.latest.lines if view.latest else ()), "history": history, "own": viewer.pk == view.person.pk,
        "exports": ExportRow.objects.filter(record__person=view.person, record__year=view.year).select_related("batch", "record").order_by("pk"),
        "return_form": ReturnForm(), "answer_form": AnswerForm(), **forms,
    }  # fmt: skip
    return render(request, "exams/assessment/person_year.html", context, status=status)


@login_required
@require_GET
def assessment_person(request: SignedInRequest, year: int, pk: int) -> HttpResponse:
    """One person's year: every line with its reason, rule and evidence; confirm or return; versions; objections."""
    return dossier(request, *within_reach(request, year, pk))


@login_required
@require_POST
def confirm_one(request: SignedInRequest, year: int, pk: int) -> HttpResponse:
    viewer, view = within_reach(request, year, pk)
    try:
        actions.confirm(view.person, year, shown=request.POST.get("shown", ""), by=viewer, at=timezone.now())
    except actions.Refused as refused:
        messages.error(request, REFUSALS[refused.code])
    else:
        messages.success(request, _("The material is confirmed. The person has been told and may object."))
    return redirect("assessment_person", year=year, pk=pk)


@login_required
@require_POST
def return_one(request: SignedInRequest, year: int, pk: int) -> HttpResponse:
    viewer, view = within_reach(request, year, pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return dossier(request, viewer, view, status=422, return_form=form)
    actions.return_record(view.person, year, reason=form.cleaned_data["reason"], by=viewer, at=timezone.now())
    messages.success(request, _("The material is returned for correction. It is in no batch until it is confirmed again."))
    return redirect("assessment_person", year=year, pk=pk)


@login_required
@require_POST
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer an objection to a record within reach."""
    viewer = asked(request, Act.CONFIRM_ASSESSMENT)
    objection = get_object_or_404(Objection.objects.select_related("record"), pk=pk)
    viewer, view = within_reach(request, objection.record.year, objection.record.person_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return dossier(request, viewer, view, status=422, answer_form=form, answering=objection.pk)
    try:
        actions.answer_objection(objection, answer=form.cleaned_data["answer"], by=viewer, at=timezone.now())
    except actions.Refused as refused:
        messages.error(request, REFUSALS[refused.code])
    else:
        messages.success(request, _("The objection is answered; the person has been told. Confirm the material anew when it is right."))
    return redirect("assessment_person", year=view.year, pk=view.person.pk)
