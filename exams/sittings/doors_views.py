"""Screens of the doors of a sitting: from where and with which browser, and who was turned away."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from exams.sittings.doors import BadLine, inside, keys_in, networks_in
from exams.sittings.doors_actions import set_doors
from exams.sittings.holding import held
from exams.sittings.models import DoorNote
from exams.sittings.querysets import called
from exams.sittings.seating_views import seen
from exams.sittings.tickets_views import ticketed
from lms.web.requests import SignedInRequest, address_of

PER_PAGE = 100


class DoorsForm(forms.Form):
    networks = forms.CharField(
        label=gettext_lazy("Network ranges"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One on each line, for example 10.20.3.0/24. Empty: from everywhere."),
    )  # fmt: skip
    browser_keys = forms.CharField(
        label=gettext_lazy("Keys of Safe Exam Browser"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Config keys or browser exam keys, 64 characters each, one on each line. Empty: any browser."),
    )  # fmt: skip

    def clean_networks(self) -> str:
        try:
            networks_in(self.cleaned_data["networks"])
        except BadLine as bad:
            raise ValidationError(_("“%(line)s” is no network range. Write for example 10.20.3.0/24."), params={"line": bad}) from None
        return str(self.cleaned_data["networks"])

    def clean_browser_keys(self) -> str:
        try:
            keys_in(self.cleaned_data["browser_keys"])
        except BadLine as bad:
            raise ValidationError(_("“%(line)s” is no key: a key has 64 digits from 0 to 9 and a to f."), params={"line": str(bad)[:80]}) from None
        return str(self.cleaned_data["browser_keys"])


@login_required
@require_http_methods(["GET", "POST"])
def sitting_doors(request: SignedInRequest, pk: int) -> HttpResponse:
    """Network ranges and browser keys. It says what address the reader has, and whether that would be let in."""
    found = get_object_or_404(held(request), pk=pk)
    start = {"networks": found.networks, "browser_keys": found.browser_keys}
    form = DoorsForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        set_doors(found, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("The doors of this sitting are saved. They count at once."))
        return redirect("sitting_doors", pk=pk)
    address = address_of(request)
    here = inside(address, networks_in(found.networks)) if found.networks else None
    return render(request, "exams/sittings/doors.html", {"sitting": found, "form": form, "address": address, "here": here})


@login_required
@require_GET
def door_log(request: SignedInRequest, pk: int) -> HttpResponse:
    """For the invigilator: who was turned away and why, and a new ticket for who lost theirs."""
    found = get_object_or_404(seen(request), pk=pk)
    asked, reason = request.GET.get("q", "").strip(), request.GET.get("reason", "")
    rows = DoorNote.objects.filter(sitting=found).select_related("candidate__person__home_unit")
    rows = rows.filter(reason=reason) if reason in DoorNote.Reason.values else rows
    sought: Any = []
    if asked:
        sought = ticketed(found).filter(called(asked))[:20]
        rows = rows.filter(candidate__in=found.candidates.filter(called(asked)))
    context = {
        "sitting": found, "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")), "q": asked, "reason": reason, "sought": sought,
        "reasons": DoorNote.Reason.choices, "over": found.done_with(timezone.now()),
    }  # fmt: skip
    return render(request, "exams/sittings/door_log.html", context)
