"""Results for staff: which sittings, one sitting's table and histogram, export, release."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from exams.attempts.models import Attempt
from exams.marking.actions import NothingToRelease, in_hand, mark_sitting, release
from exams.marking.states import Level
from exams.marking.tables import columns, filtered, histogram, lines, rows_for, shown_run, sittings_for
from exams.sittings.models import Candidate, Sitting
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.exchange.downloads import attachment
from lms.exchange.sheets import workbook
from lms.people.models import Person, Unit
from lms.people.scope import may, reach, within
from lms.people.states import Act
from lms.policy.figures import NoFigure
from lms.web.requests import SignedInRequest

PER_PAGE = 50


def _viewer(request: SignedInRequest) -> Person:
    person = request.user
    if not may(person, Act.SEE_RESULTS, timezone.localdate()):
        raise PermissionDenied
    return person


@login_required
@require_GET
def results(request: SignedInRequest) -> HttpResponse:
    """Every sitting with results of people in reach."""
    listed = sittings_for(_viewer(request), timezone.localdate())
    q = request.GET.get("q", "").strip()
    if q:
        listed = listed.filter(title__icontains=q)
    page = Paginator(listed, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "exams/marking/results.html", {"page": page, "q": q})


@login_required
@require_GET
def sitting_results(request: SignedInRequest, pk: int) -> HttpResponse:
    """One sitting: histogram with pass line, table, filters in the address; ``?format=xlsx`` gives exactly the rows shown, all pages."""
    viewer, day = _viewer(request), timezone.localdate()
    sitting = get_object_or_404(sittings_for(viewer, day), pk=pk)
    shown = shown_run(sitting, viewer, day)
    given = {name: request.GET.get(name, "") for name in ("q", "unit", "outcome", "level")}
    rows = filtered(rows_for(shown.run, viewer, day), given)
    if request.GET.get("format") == "xlsx":
        return _export(rows, sitting, viewer, given)
    scores = list(rows.order_by().values_list("score", "full", "passed"))
    units = Unit.objects.filter(within(reach(viewer, Act.SEE_RESULTS, day)), people__candidatures__sitting=sitting).distinct()
    context = {
        "sitting": sitting, "shown": shown, "given": given, "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")), "units": units,
        "levels": Level.choices, "chart": histogram([(s, f) for s, f, _p in scores], sitting.pass_percent), "count": len(scores),
        "passed": sum(1 for *_rest, p in scores if p), "candidates": Candidate.objects.filter(sitting=sitting).count(),
        "writing": Attempt.objects.filter(candidate__sitting=sitting, hand_in__isnull=True).count(),
        "waiting": in_hand().filter(sitting=sitting).count(), "may_mark": may(viewer, Act.MARK_ANSWERS, day, sitting.unit),
        "mean": round(sum(s * 100 / f for s, f, _p in scores if f) / len(scores), 1) if scores else None,
    }  # fmt: skip
    return render(request, "exams/marking/sitting_results.html", context)


def _export(rows, sitting: Sitting, viewer: Person, given: dict[str, str]) -> HttpResponse:
    cells = lines(rows)
    body = workbook(columns(), cells, title=sitting.title)
    with transaction.atomic():
        detail = {"list": "results", "rows": len(cells), "filters": {k: v for k, v in given.items() if v}}
        record(Verb.LIST_EXPORTED, sitting, by=viewer, at=timezone.now(), detail=detail)
    return attachment(body, f"results-{sitting.pk}-{timezone.localdate():%Y%m%d}.xlsx")


@login_required
@require_POST
def release_results(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign off what is marked, by name, after the box was ticked."""
    person, day, now = request.user, timezone.localdate(), timezone.now()
    if not may(person, Act.RELEASE_RESULTS, day):
        raise PermissionDenied
    sitting = get_object_or_404(Sitting.objects.select_related("unit", "pass_policy"), pk=pk)
    if not may(person, Act.RELEASE_RESULTS, day, sitting.unit):
        raise Http404
    if not request.POST.get("sure"):
        messages.error(request, _("Tick the box to confirm the release."))
        return redirect("sitting_results", pk=pk)
    try:
        mark_sitting(sitting, by=person, at=now)
        release(sitting, by=person, at=now)
        messages.success(request, _("The results are released. Certificates are being issued."))
    except NothingToRelease as refused:
        waits = ngettext("%(n)d answer waits for a marker.", "%(n)d answers wait for a marker.", refused.waiting) % {"n": refused.waiting}
        messages.error(request, waits if refused.waiting else _("There is nothing to release."))
    except NoFigure:
        messages.error(request, _("A policy figure for the operating level is missing on the day of a hand-in. HR sets it under policy figures."))
    return redirect("sitting_results", pk=pk)
