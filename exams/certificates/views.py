"""Screens of the certificates room for those who sign in: one's own, the register, the file."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import storages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from exams.certificates import jobs
from exams.certificates.actions import revoke
from exams.certificates.filing import address_of
from exams.certificates.forms import RevokeForm
from exams.certificates.models import Certificate
from exams.certificates.register import chosen, filters, paths_of, reached, sheet
from exams.certificates.shown import show, show_all, warning_days
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.exchange.downloads import attachment
from lms.jobs.actions import enqueue
from lms.people.scope import may
from lms.people.states import Act
from lms.web.requests import SignedInRequest

PER_PAGE = 50


@login_required
@require_GET
def mine(request: SignedInRequest) -> HttpResponse:
    """One's own certificates: how long they hold, the file, the address to show others."""
    day, person = timezone.localdate(), request.user
    rows = Certificate.objects.filter(person=person).select_related("type", "policy").with_revocation().order_by("-valid_from", "-pk")
    warn = warning_days(day, path=person.home_unit.path if person.home_unit else "")
    shown = [(row, address_of(row.certificate)) for row in show_all(rows, day, warn)]
    return render(request, "exams/certificates/mine.html", {"rows": shown, "warn": warn})


@login_required
@require_GET
def register(request: SignedInRequest) -> HttpResponse:
    """All certificates of one's reach, filtered by the address; ``export=xlsx`` gives exactly what is shown."""
    day, person = timezone.localdate(), request.user
    if not paths_of(person, day):
        raise PermissionDenied
    warn = warning_days(day)
    form = filters(request.GET, person, day)
    rows = chosen(reached(person, day), form, day, warn).select_related("type", "person").with_revocation()
    if request.GET.get("export") == "xlsx":
        lines = show_all(rows, day, warn)
        with transaction.atomic():
            record(Verb.LIST_EXPORTED, "list:certificates", by=person, at=timezone.now(), detail={"rows": len(lines)})
        return attachment(sheet(lines), f"certificates-{day}.xlsx")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    managed = may(person, Act.MANAGE_CERTIFICATES, day)
    blocked = jobs.blocked(paths_of(person, day))
    context = {"form": form, "page": page, "rows": show_all(page, day, warn), "managed": managed, "blocked": blocked}
    return render(request, "exams/certificates/register.html", context)


def _reached(request: SignedInRequest, number: str) -> Certificate:
    return get_object_or_404(
        reached(request.user, timezone.localdate()).select_related("type", "person__home_unit", "policy", "result").with_revocation(),
        number=number,
    )


@login_required
@require_GET
def one(request: SignedInRequest, number: str) -> HttpResponse:
    """One certificate for staff: what stands on it, what befell it, and the means to revoke it or draw its file anew."""
    return _one(request, number, None)


def _one(request: SignedInRequest, number: str, form: RevokeForm | None) -> HttpResponse:
    day, person = timezone.localdate(), request.user
    if not paths_of(person, day):
        raise PermissionDenied
    certificate = _reached(request, number)
    home = certificate.person.home_unit
    context = {
        "row": show(certificate, day, warning_days(day, path=home.path if home else "")),
        "certificate": certificate,
        "address": address_of(certificate),
        "events": certificate.events.select_related("by").order_by("pk"),
        "managed": may(person, Act.MANAGE_CERTIFICATES, day, home),
        "form": form or RevokeForm(day=day),
    }
    return render(request, "exams/certificates/one.html", context)


def _managed(request: SignedInRequest, number: str) -> Certificate:
    """The certificate, for someone who may manage it: another unit's is not there, a missing right is refused."""
    day, person = timezone.localdate(), request.user
    if not may(person, Act.MANAGE_CERTIFICATES, day):
        raise PermissionDenied
    certificate = _reached(request, number)
    if not may(person, Act.MANAGE_CERTIFICATES, day, certificate.person.home_unit):
        raise Http404
    return certificate


@login_required
@require_POST
def revoke_one(request: SignedInRequest, number: str) -> HttpResponse:
    certificate = _managed(request, number)
    form = RevokeForm(request.POST, day=timezone.localdate())
    if form.is_valid():
        try:
            revoke(certificate, on=form.cleaned_data["on"], reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Certificate %(number)s is revoked; the public page says so from now on.") % {"number": number})
            return redirect("certificate", number)
    return _one(request, number, form)


@login_required
@require_POST
def draw_again(request: SignedInRequest, number: str) -> HttpResponse:
    """Have the file made anew from the frozen facts."""
    certificate = _managed(request, number)
    enqueue(
        jobs.RENDER,
        title=number,
        by=request.user,
        at=timezone.now(),
        key=f"certificates.again:{certificate.pk}",
        certificate=certificate.pk,
        again=True,
    )
    messages.success(request, _("The file of %(number)s is being made anew; reload this page in a moment.") % {"number": number})
    return redirect("certificate", number)


@login_required
@require_GET
def file(request: SignedInRequest, number: str) -> FileResponse:
    """The PDF, for its holder and for staff who reach them; for everyone else it is not there."""
    person = request.user
    certificate = Certificate.objects.select_related("person__home_unit").filter(number=number).first()
    if certificate is None or (certificate.person_id != person.pk and not reached(person, timezone.localdate()).filter(pk=certificate.pk).exists()):
        raise Http404
    if not certificate.file or not storages["private"].exists(certificate.file):
        raise Http404(_("The file is still being made; try again in a minute."))
    return FileResponse(storages["private"].open(certificate.file), as_attachment=True, filename=f"{number}.pdf", content_type="application/pdf")
