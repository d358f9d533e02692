"""The door for files: one question's file. A script is told what the answer is to say; the plain form saves the file with its page."""

from django.core.cache import cache
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from exams.attempts import actions
from exams.attempts.answers import BadAnswers
from exams.attempts.models import Attempt
from exams.attempts.parts import posted
from exams.attempts.uploads import NotTaken, take_file
from exams.bank.kinds.upload.files import MEGABYTE, MOST_MEGABYTES
from lms.web.requests import SignedInRequest, number

MOST_BODY = (MOST_MEGABYTES + 2) * MEGABYTE  # a file and a page of answers
ASKS, WINDOW = 30, 60  # files of one person in so many seconds


@csrf_exempt  # the token is checked below, once the size is known: to look for it the whole body is read
@require_POST
def upload(request: SignedInRequest, pk: int, n: int) -> HttpResponse:
    """Take one file. 401 signed out · 404 not one's own · 400 refused, with the sentence · 409 late: kept, does not count · 413, 429."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": "signed_out"}, status=401) if _scripted(request) else redirect(f"{reverse('sign_in')}?next={reverse('exams')}")
    if (number(request.headers.get("Content-Length") or "0") or 0) > MOST_BODY:
        return _refusal(request, pk, _("The file is too large: at most %(n)d MB.") % {"n": MOST_MEGABYTES}, 413)
    return _taken(request, pk, n)


@csrf_protect
def _taken(request: SignedInRequest, pk: int, n: int) -> HttpResponse:
    person, now = request.user, timezone.now()
    attempt = Attempt.objects.with_state().of_person(person).filter(pk=pk).first()
    if attempt is None:
        raise Http404
    if _too_often(person.pk):
        return _refusal(request, pk, _("Too many files at once. Wait a minute and try again."), 429)
    file = request.FILES.get("file") or request.FILES.get(f"file{n}")
    if file is None:
        return _refusal(request, pk, _("Choose a file first."), 400)
    try:
        kept = take_file(pk, n, name=file.name or "", content=file.read(), by=person, at=now)
    except NotTaken as refused:
        return _refusal(request, pk, str(refused.reason), 400)
    if kept.late:
        return _refusal(request, pk, _("The file came too late to count. It is kept; tell the invigilator."), 409)
    if _scripted(request):
        return JsonResponse({"file": kept.value})
    form = request.POST.copy()
    form[f"q{n}.file"] = kept.value
    try:
        items = posted(form, attempt)[1]
        ack = actions.save(pk, epoch=int(form.get("epoch", "")), seq=int(form.get("seq", "")), items=items, by=person, at=now, renumber=True)
    except (ValueError, BadAnswers):
        return _refusal(request, pk, _("Something in this form could not be saved. Go back in your browser: your answers still stand there."), 400)
    return redirect("receipt", pk=pk) if ack.closed else redirect(reverse("paper", args=[pk]) + f"#q{n}")


def _scripted(request: SignedInRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _refusal(request: SignedInRequest, pk: int, reason: str, status: int) -> HttpResponse:
    if _scripted(request):
        return JsonResponse({"error": reason}, status=status)
    return render(request, "exams/attempts/refused.html", {"reasons": [reason], "back": reverse("paper", args=[pk])}, status=status)


def _too_often(person: int) -> bool:
    key = f"upload:{person}"
    cache.add(key, 0, WINDOW)
    try:
        return bool(cache.incr(key) > ASKS)
    except ValueError:  # it ran out between the two calls
        return False
