"""The exam room: entry, paper, saving, hand-in, receipt. The paper is one form; scripts only add to it."""

import json
import re
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exams.attempts import actions
from exams.attempts.answers import BadAnswers, answered
from exams.attempts.closing import close_if_over
from exams.attempts.models import AnswerRecord, Attempt, AttemptDevice
from exams.attempts.paging import open_page
from exams.attempts.parts import next_part, part_closed, part_of, posted
from exams.attempts.pulse_views import heard
from exams.attempts.reading import answers_of, due, ended, gone, left, ran_out, until
from exams.attempts.rendering import plain
from exams.attempts.taking_in import seal_of
from lms.statements import NUMBER, Ready
from lms.web.requests import SignedInRequest

KEY = re.compile(r"[A-Za-z0-9_-]{8,40}")
MOST_BYTES = 512 * 1024  # a save of a hundred long fill-ins


MINE = Ready(
    lambda pk, person: Attempt.objects.with_state().filter(pk=pk, candidate__person=person).select_related(
        "candidate__sitting__unit", "candidate__person__home_unit"
    ),
    pk=NUMBER, person=NUMBER,
)  # fmt: skip
DEVICE = Ready(
    lambda attempt, epoch: AttemptDevice.objects.filter(attempt=attempt, epoch=epoch).values_list("device", "by"), attempt=NUMBER, epoch=NUMBER
)
NEWEST = Ready(
    lambda attempt, epoch: AnswerRecord.objects.filter(attempt=attempt, epoch=epoch).values("epoch")
    .annotate(last=Max("seq"), saved_at=Max("received_at")).values_list("last", "saved_at"),
    attempt=NUMBER, epoch=NUMBER,
)  # fmt: skip


def _mine(request: SignedInRequest, pk: int) -> Attempt:
    """The reader's own attempt, closed first if its time is over; anybody else's is not there."""
    attempt = MINE.first(pk=pk, person=request.user.pk)
    if attempt is not None and not ended(attempt) and gone(attempt, timezone.now()):
        close_if_over(attempt.pk, at=timezone.now())
        attempt = MINE.first(pk=pk, person=request.user.pk)
    if attempt is None:
        raise Http404
    return attempt


def remembered(response: HttpResponse, attempt: Attempt, device: str, request: HttpRequest) -> HttpResponse:
    """Remember in this browser that it is the one that writes."""
    path = reverse("paper", args=[attempt.pk])
    response.set_cookie("device", device, max_age=86_400, path=path, httponly=True, samesite="Lax", secure=request.is_secure())
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@gzip_page  # the longest page of the product, on the slowest lines; its token is masked anew each time
def paper(request: SignedInRequest, pk: int) -> HttpResponse:
    """The paper (GET), or what the plain form sends (POST): save progress, go to the check page, or hand in."""
    attempt = _mine(request, pk)
    if request.method == "POST":
        return _take_form(request, attempt)
    if ended(attempt):
        return redirect("receipt", pk=pk)
    if ran_out(attempt, timezone.now()):  # in its grace: nothing is left but handing in
        return redirect("hand_in", pk=pk)
    device = DEVICE.first(attempt=pk, epoch=attempt.epoch)
    if device and device[1]:  # the invigilator freed the seat: whoever of the candidate's browsers comes first goes in
        key = secrets.token_urlsafe(16)
        actions.take_over(pk, device=key, by=request.user, at=timezone.now())
        return remembered(redirect("paper", pk=pk), attempt, key, request)
    if request.COOKIES.get("device") != (device and device[0]):
        return render(request, "exams/attempts/elsewhere.html", {"attempt": attempt, "key": secrets.token_urlsafe(16)})
    return render(request, "exams/attempts/paper.html", _paper_context(attempt))


def _paper_context(attempt: Attempt) -> dict[str, Any]:
    drawn, now = attempt.drawn, timezone.now()
    answers = answers_of([attempt])[attempt.pk]
    last, saved_at = NEWEST.first(attempt=attempt.pk, epoch=attempt.epoch) or (0, None)
    part = part_of(attempt, answers)
    return part | {
        "attempt": attempt, "candidate": attempt.candidate, "sitting": attempt.candidate.sitting, "due": due(attempt),
        "now": now, "left": left(attempt, now), "paused": attempt.paused_at is not None, "cookie": settings.CSRF_COOKIE_NAME,
        "seal": seal_of(attempt.candidate.sitting_id),
        "seq": last + 1, "saved_at": saved_at, "questions": len(drawn.slots),
        "full": plain(drawn.points), "minutes": int((due(attempt) - attempt.started_at).total_seconds() // 60),
    }  # fmt: skip


def _take_form(request: SignedInRequest, attempt: Attempt) -> HttpResponse:
    form, person, now = request.POST, request.user, timezone.now()
    scripted = request.headers.get("Accept") == "application/json"
    receipt = reverse("receipt", args=[attempt.pk])
    if ended(attempt):
        return JsonResponse({"go": receipt}) if scripted else redirect(receipt)
    try:
        place = {"epoch": int(form.get("epoch", "")), "seq": int(form.get("seq", ""))}
        page, items = posted(form, attempt)
        if form.get("do") == "hand_in":
            actions.hand_in(attempt.pk, items=items, by=person, at=now, **place)
            return JsonResponse({"go": receipt}) if scripted else redirect(receipt)
        if form.get("do", "").startswith("next"):
            return next_part(request, attempt, page, items, place)
        ack = actions.save(attempt.pk, items=items, by=person, at=now, renumber=True, **place)
    except (ValueError, BadAnswers):
        reasons = [_("Something in this form could not be saved. Go back in your browser: your answers still stand there.")]
        return render(request, "exams/attempts/refused.html", {"reasons": reasons, "back": reverse("paper", args=[attempt.pk])}, status=400)
    if ack.closed:
        return redirect(receipt)
    if ack.held:
        reasons = [_("The exam is paused: the clock stands still. Wait for the invigilator, then go back in your browser and save again.")]
        return render(request, "exams/attempts/refused.html", {"reasons": reasons, "back": reverse("paper", args=[attempt.pk])}, status=423)
    if ack.shut:
        return part_closed(request, attempt)
    if form.get("do", "").startswith("save"):
        return redirect(reverse("paper", args=[attempt.pk]) + "#" + ("s" + form["do"][4:] if form["do"][4:].isdigit() else "main"))
    return redirect("hand_in", pk=attempt.pk)


@require_POST
def save_answers(request: SignedInRequest, pk: int) -> JsonResponse:
    """One save from the script: ``{"e": epoch, "s": seq, "i": [{"n", "v", "f"}]}``. Acknowledged after commit.

    401 signed out · 400 not a save of this paper · 404 not one's own · 409 ``free``: number again · 409 ``go``: closed, kept as late ·
    423 ``paused``: the clock stands still; kept as evidence, to be sent again when it goes on.
    ``shut`` in an acknowledgement: these questions stand on a page that is not open; kept, but they do not count.
    """
    now = timezone.now()
    if not request.user.is_authenticated:
        return JsonResponse({"error": "signed_out"}, status=401)
    try:
        if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
            raise BadAnswers("Too large.")
        body = json.loads(request.body)
        ack = actions.save(pk, epoch=body["e"], seq=body["s"], items=body["i"], by=request.user, at=now)
    except Attempt.DoesNotExist:
        return JsonResponse({"error": "unknown"}, status=404)
    except actions.Conflict as conflict:
        return JsonResponse({"error": "conflict", "free": conflict.free}, status=409)
    except (BadAnswers, ValueError, KeyError, TypeError, RecursionError):
        return JsonResponse({"error": "malformed"}, status=400)
    if ack.closed:
        return JsonResponse({"error": "closed", "go": reverse("receipt", args=[pk])}, status=409)
    if ack.held:
        return JsonResponse({"error": "paused", "paused": 1, "left": ack.left}, status=423)
    said = {"s": ack.seq, "left": ack.left, "at": int(now.timestamp())} | ({"shut": list(ack.shut)} if ack.shut else {})
    return JsonResponse(said | {name: 1 for name in ("moved", "paused") if getattr(ack, name)})


@require_GET
def clock(request: SignedInRequest, pk: int) -> JsonResponse:
    """How long is left by the server's clock, granted minutes included, and whether it stands still; or where to go when it is over."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": "signed_out"}, status=401)
    return JsonResponse(heard(request.user, pk))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    """The check before handing in, from what is saved: unanswered and flagged, back or confirm. POST hands in."""
    attempt = _mine(request, pk)
    if request.method == "POST" and not ended(attempt):
        actions.hand_in(pk, by=request.user, at=timezone.now())
    if request.method == "POST" or ended(attempt):
        return redirect("receipt", pk=pk)
    drawn, answers = attempt.drawn, answers_of([attempt])[pk]
    cut = attempt.cut
    shown = open_page(cut, attempt.page)
    blank = [n for n in drawn.slots if n not in answers or not answers[n].values]
    context = {
        "attempt": attempt, "sitting": attempt.candidate.sitting, "due": due(attempt), "done": answered(answers), "until": until(attempt),
        "open": [n for n in blank if n in shown], "flagged": [n for n in shown if n in answers and answers[n].flagged],
        "behind": sum(1 for page in cut[: attempt.page - 1] for n in page if n in blank), "ahead": sum(len(page) for page in cut[attempt.page :]),
        "sealed": ran_out(attempt, timezone.now()),
    }  # fmt: skip
    return render(request, "exams/attempts/check.html", context)


@login_required
@require_POST
def continue_here(request: SignedInRequest, pk: int) -> HttpResponse:
    attempt = _mine(request, pk)
    key = request.POST.get("key", "")
    if not KEY.fullmatch(key):
        raise Http404
    if not ended(attempt):
        actions.take_over(pk, device=key, by=request.user, at=timezone.now())
    return remembered(redirect("paper", pk=pk), attempt, key, request)


@login_required
@require_GET
def receipt(request: SignedInRequest, pk: int) -> HttpResponse:
    """Proof that the paper was taken: when, how many answers, the receipt code."""
    attempt = _mine(request, pk)
    if not ended(attempt):
        return redirect("paper", pk=pk)
    context = {"attempt": attempt, "end": attempt.hand_in, "candidate": attempt.candidate, "sitting": attempt.candidate.sitting}
    return render(request, "exams/attempts/receipt.html", context | {"total": len(attempt.drawn.slots)})
