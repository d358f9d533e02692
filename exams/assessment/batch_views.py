"""Batches: making one, the list, one batch with its files and corrections."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from exams.assessment.board import Board
from exams.assessment.handing_on import corrected_since, intact, record_fetched, rows_with_identity, waiting
from exams.assessment.jobs import EXPORT
from exams.assessment.models import ExportBatch
from exams.assessment.resources import file_of
from exams.assessment.rows import HEADINGS
from exams.assessment.views import asked, export_unit
from lms.exchange.downloads import attachment
from lms.jobs.actions import enqueue
from lms.jobs.models import Job
from lms.people.models import Person
from lms.people.scope import may, reach, within
from lms.people.states import Act
from lms.web.requests import SignedInRequest

PER_PAGE = 50
RECENT = timedelta(minutes=10)  # how long the end of a job is still shown above the list


@login_required
@require_POST
def export(request: SignedInRequest) -> HttpResponse:
    """Ask for a batch of everything confirmed and not yet handed on, of the unit chosen on the board."""
    viewer, now = asked(request, Act.EXPORT_ASSESSMENT), timezone.now()
    board = Board(viewer=viewer, query=request.POST, today=timezone.localdate(now))
    unit = export_unit(board)
    if unit is None:
        raise PermissionDenied
    count = waiting(board.year, unit).count()
    if not count:
        messages.warning(request, _("Nothing confirmed waits to be handed on. Batches made earlier are below."))
        return redirect("assessment_batches")
    title = _("Assessment batch %(year)s, %(unit)s") % {"year": board.year, "unit": unit.name}
    enqueue(EXPORT, title=title, by=viewer, at=now, key=f"{EXPORT}:{board.year}:{unit.pk}", total=count, year=board.year, unit=unit.pk)
    return redirect("assessment_batches")


@login_required
@require_GET
def batches(request: SignedInRequest) -> HttpResponse:
    """Batches within reach, newest first; a batch being made is shown above and the page looks again by itself."""
    viewer, today = asked(request, Act.EXPORT_ASSESSMENT), timezone.localdate()
    found = ExportBatch.objects.filter(within(reach(viewer, Act.EXPORT_ASSESSMENT, today), "unit__path"))
    found = found.select_related("unit", "by", "corrects").annotate(size=Count("rows")).order_by("-pk")
    jobs = list(Job.objects.filter(kind=EXPORT, by=viewer, created_at__gte=timezone.now() - RECENT)[:3])
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    response = render(request, "exams/assessment/batches.html", {"page": page, "jobs": jobs})
    if any(job.unfinished for job in jobs):
        response["Refresh"] = "2"
    return response


def batch_in_reach(request: SignedInRequest, pk: int) -> tuple[Person, ExportBatch]:
    viewer = asked(request, Act.EXPORT_ASSESSMENT)
    found = get_object_or_404(ExportBatch.objects.select_related("unit", "by", "corrects"), pk=pk)
    if not may(viewer, Act.EXPORT_ASSESSMENT, timezone.localdate(), found.unit):
        raise Http404
    return viewer, found


@login_required
@require_GET
def batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """One batch: its rows as handed on, its digest and whether they still fit, files, and what was confirmed anew since."""
    viewer, found = batch_in_reach(request, pk)
    rows = list(found.rows.select_related("record"))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "batch": found, "page": page, "intact": intact(found, rows), "corrections": found.corrections.all(),
        "to_correct": corrected_since(found).count(),
        "headings": HEADINGS, "rows": [(row, [row.cells.get(h.name, "") for h in HEADINGS]) for row in page],
        "may_reveal": may(viewer, Act.REVEAL_IDENTITY, timezone.localdate(), found.unit),
    }  # fmt: skip
    return render(request, "exams/assessment/batch.html", context)


@login_required
@require_GET
def batch_file(request: SignedInRequest, pk: int, extension: str) -> HttpResponse:
    """The batch as xlsx or CSV: the same bytes every time. Who fetched it is recorded."""
    viewer, found = batch_in_reach(request, pk)
    content, _type = file_of(found, found.rows.all(), extension)
    record_fetched(found, extension, by=viewer, at=timezone.now())
    return attachment(content, f"{found.number}.{extension}")


@login_required
@require_POST
def batch_file_identity(request: SignedInRequest, pk: int) -> HttpResponse:
    """The batch as xlsx with full identity numbers, for those who may see them; recorded person by person."""
    viewer, found = batch_in_reach(request, pk)
    if not may(viewer, Act.REVEAL_IDENTITY, timezone.localdate(), found.unit):
        raise PermissionDenied
    rows = rows_with_identity(found, by=viewer, at=timezone.now())
    content, _type = file_of(found, rows, "xlsx")
    return attachment(content, f"{found.number}-identity.xlsx")


@login_required
@require_POST
def correct(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for a batch that corrects this one."""
    viewer, found = batch_in_reach(request, pk)
    count = corrected_since(found).count()
    if not count:
        messages.warning(request, _("Nothing of this batch was confirmed anew since it was handed on."))
        return redirect("assessment_batch", pk=pk)
    title = _("Correction of batch %(number)s") % {"number": found.number}
    enqueue(EXPORT, title=title, by=viewer, at=timezone.now(), key=f"{EXPORT}:corrects:{pk}", total=count, corrects=pk)
    return redirect("assessment_batches")
