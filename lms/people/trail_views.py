"""The auditor's screen: who did what to what, when, and whether the chain is whole. Read only."""

from datetime import date, datetime, time, timedelta

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from lms.audit.models import AuditHead, AuditRow
from lms.audit.reading import fault_of_the_trail
from lms.audit.verbs import Verb
from lms.people.gates import must
from lms.people.models import Person
from lms.people.names import tidy
from lms.people.states import Act
from lms.web.requests import SignedInRequest


@login_required
@require_GET
def audit(request: SignedInRequest) -> HttpResponse:
    """Filters in the address: verb, actor (staff number), subject (``kind:id``), from and to day. Checking the chain is asked for."""
    must(request, Act.READ_AUDIT)
    rows = AuditRow.objects.select_related("actor").order_by("-number")
    asked = {name: tidy(request.GET.get(name, "")) for name in ("verb", "actor", "subject", "from", "to")}
    if asked["verb"] in Verb.values:
        rows = rows.filter(verb=asked["verb"])
    if asked["actor"]:
        rows = rows.filter(actor__in=Person.objects.filter(staff_number=asked["actor"]))
    if asked["subject"]:
        rows = rows.filter(subject=asked["subject"]) if ":" in asked["subject"] else rows.filter(subject__startswith=asked["subject"] + ":")
    if start := _midnight(asked["from"], 0):
        rows = rows.filter(at__gte=start)
    if end := _midnight(asked["to"], 1):
        rows = rows.filter(at__lt=end)
    context = {
        "page": Paginator(rows, 50).get_page(request.GET.get("page")),
        "asked": asked,
        "verbs": Verb.choices,
        "head": AuditHead.objects.filter(id=1).first(),
        "checked": "check" in request.GET,
        "fault": fault_of_the_trail() if "check" in request.GET else None,
    }
    return render(request, "lms/audit/audit.html", context)


def _midnight(text: str, later: int) -> datetime | None:
    try:
        day = date.fromisoformat(text) + timedelta(days=later)
    except (ValueError, OverflowError):
        return None
    return timezone.make_aware(datetime.combine(day, time.min))
