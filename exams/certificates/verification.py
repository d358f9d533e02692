"""The public pages: is this certificate real? For anyone, signed out, without JavaScript."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from exams.certificates.filing import known_digests
from exams.certificates.forms import FileForm, VerifyForm
from exams.certificates.masks import masked
from exams.certificates.models import Certificate
from exams.certificates.numbering import normal_code, normal_number
from exams.certificates.shown import show, warning_days
from exams.certificates.throttle import ASKS, too_often


def _slow_down(request: HttpRequest) -> HttpResponse:
    response = render(request, "exams/certificates/verified.html", {"slow": True, "asks": ASKS}, status=429)
    response["Retry-After"] = "60"
    return response


def _digest(file: object) -> str:
    return hashlib.sha256(b"".join(file.chunks())).hexdigest()  # type: ignore[attr-defined]


def _found(form: VerifyForm) -> Certificate | None:
    """The certificate a form points at. Code and file outrank number and name; a wrong name and a wrong number look the same."""
    data = form.cleaned_data
    if data.get("code"):
        return Certificate.objects.filter(code=normal_code(data["code"]) or None).first()
    if data.get("file"):
        return Certificate.objects.filter(file_digest=_digest(data["file"])).first()
    certificate = Certificate.objects.filter(number=normal_number(data["number"])).first()
    given = "".join(data["name"].split())
    return certificate if certificate and "".join(certificate.facts["name"].split()) == given else None


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask by code (also in the address), by number and name, or by file. Names travel in the body, never in an address."""
    data = request.POST if request.method == "POST" else ({"code": request.GET["code"]} if request.GET.get("code") else None)
    form = VerifyForm(data, request.FILES if request.method == "POST" else None)
    if not form.is_bound:
        return render(request, "exams/certificates/verify.html", {"form": VerifyForm()})
    if too_often(request):
        return _slow_down(request)
    if not form.is_valid():
        return render(request, "exams/certificates/verify.html", {"form": form})
    certificate = _found(form)
    if certificate is None:
        return _answer(request, None)
    return redirect("verified", certificate.code)


@require_http_methods(["GET", "HEAD", "POST"])
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """How a certificate stands today; posting its PDF says whether the file is the one we made."""
    if too_often(request):
        return _slow_down(request)
    certificate = Certificate.objects.select_related("type").with_revocation().filter(code=normal_code(code) or None).first()
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    compared = None
    if certificate is not None and request.method == "POST" and form.is_valid():
        compared = _digest(form.cleaned_data["file"]) in known_digests(certificate)
    return _answer(request, certificate, form, compared)


def _answer(request: HttpRequest, certificate: Certificate | None, form: FileForm | None = None, compared: bool | None = None) -> HttpResponse:
    """One page for every answer. It shows the least that proves a certificate: no staff number, no unit, no reason of a revocation."""
    context: dict[str, object] = {"now": timezone.now()}
    if certificate is not None:
        day = timezone.localdate()
        row = show(certificate, day, warning_days(day))
        context |= {"row": row, "certificate": certificate, "name": masked(certificate.facts["name"]), "form": form, "compared": compared}
    return render(request, "exams/certificates/verified.html", context, status=200 if certificate else 404)
