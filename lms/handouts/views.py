"""First passwords on screen: who is meant, how far the work is, and the slips, once."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from lms.exchange.downloads import attachment
from lms.handouts.actions import ask, take
from lms.handouts.choosing import carried, chosen
from lms.handouts.models import Handout
from lms.handouts.rendering import slips_workbook
from lms.people.gates import must
from lms.people.states import Act
from lms.web.requests import SignedInRequest


@login_required
def hand_out(request: SignedInRequest) -> HttpResponse:
    """Say how many people are meant and ask once more; then queue the work. Below: one's own earlier requests."""
    must(request, Act.MANAGE_PEOPLE)
    query, at = request.POST if request.method == "POST" else request.GET, timezone.now()
    people, ticked = chosen(query, by=request.user, at=at), "ticked" in query
    if ticked and not people.exists():
        messages.warning(request, _("Tick the people who are to get a first password first."))
        return redirect("people")
    if "confirm" in request.POST:
        try:
            handout = ask(people, ticked=ticked, by=request.user, at=at)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("hand_out")
        messages.success(request, _("The passwords are made in the background; you may leave this page."))
        return redirect("handout", pk=handout.pk)
    own = Handout.objects.filter(by=request.user.pk).select_related("job").annotate(made=Count("slips", filter=Q(slips__made_at__isnull=False)))
    context = {
        "count": people.count(), "holding": people.count() - people.without_password(at).count() if ticked else 0, "fields": carried(query),
        "ticked": ticked, "of_import": query.get("import", ""), "own": own[:10], "at": at,
    }  # fmt: skip
    return render(request, "lms/handouts/hand_out.html", context)


def _own(request: SignedInRequest, pk: int) -> Handout:
    must(request, Act.MANAGE_PEOPLE)
    return get_object_or_404(Handout.objects.select_related("job"), pk=pk, by=request.user.pk)


@login_required
@require_GET
def handout(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far it is, who got none and why, and the slips to be taken."""
    row = _own(request, pk)
    made = row.slips.filter(made_at__isnull=False).count()
    refused = row.slips.exclude(refused="").select_related("person__home_unit")
    context = {
        "handout": row, "made": made, "waiting": row.slips.filter(made_at=None, refused="").count(),
        "page": Paginator(refused, 50).get_page(request.GET.get("page")), "takable": row.takable(timezone.now()) and made > 0,
    }  # fmt: skip
    return render(request, "lms/handouts/handout.html", context)


@login_required
@require_POST
@sensitive_variables()
def handout_take(request: SignedInRequest, pk: int) -> HttpResponse:
    """The passwords are in this answer and nowhere else."""
    row, form = _own(request, pk), "xlsx" if request.POST.get("form") == "xlsx" else "print"
    try:
        handed = take(row, by=request.user, at=timezone.now(), form=form)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("handout", pk=pk)
    address = settings.SITE_URL.rstrip("/") + reverse("sign_in")
    if form == "xlsx":
        return attachment(slips_workbook(handed, address=address), f"一次性密码条-{pk}.xlsx")
    return render(request, "lms/handouts/slips.html", {"handout": row, "handed": handed, "address": address})
