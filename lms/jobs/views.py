"""Jobs on screen: how far, cancel, what came of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lms.jobs.actions import cancel
from lms.jobs.handlers import EVERY
from lms.jobs.models import Job
from lms.jobs.states import JobState
from lms.people.scope import may
from lms.people.states import Act
from lms.web.requests import SignedInRequest


def jobs_of(request: SignedInRequest) -> QuerySet[Job]:
    """One's own jobs; all of them for those who look after jobs."""
    rows = Job.objects.select_related("by")
    return rows if may(request.user, Act.SEE_JOBS, timezone.localdate()) else rows.filter(by=request.user.pk)


@login_required
@require_GET
def jobs(request: SignedInRequest) -> HttpResponse:
    rows, state = jobs_of(request), request.GET.get("state", "")
    if "sweeps" not in request.GET:
        rows = rows.exclude(Q(kind__in=list(EVERY)) & Q(state=JobState.DONE))
    if state in JobState.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(request, "lms/jobs/jobs.html", {"page": page, "state": state, "states": JobState.choices, "sweeps": "sweeps" in request.GET})


@login_required
@require_GET
def job(request: SignedInRequest, pk: int) -> HttpResponse:
    return render(request, "lms/jobs/job_page.html", {"job": get_object_or_404(jobs_of(request), pk=pk)})


@login_required
@require_GET
def job_state(request: SignedInRequest, pk: int) -> JsonResponse:
    """What the bar needs to move: under 200 bytes, one query beside the session's."""
    row = get_object_or_404(jobs_of(request), pk=pk)
    return JsonResponse({"done": row.done, "total": row.total, "finished": not row.unfinished, "state": row.get_state_display()})


@login_required
@require_POST
def job_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(jobs_of(request), pk=pk)
    if row.unfinished:
        cancel(row, by=request.user, at=timezone.now())
        messages.success(request, _("The job was asked to stop; what it has done so far stands."))
    return redirect("job", pk=pk)
