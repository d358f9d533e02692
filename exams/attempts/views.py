"""The exam room: entry, paper, saving, hand-in, receipt. The paper is one form; scripts only add to it."""

import json
import re
import secrets
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from exams.attempts import actions
from exams.attempts.answers import BadAnswers, answered
from exams.attempts.closing import close_if_over
from exams.attempts.models import Attempt
from exams.attempts.reading import answers_of, due, ended
from exams.attempts.rendering import items_from, plain, sections_of
from exams.attempts.timing import over, seconds_left
from exams.papers.drawing import NotEnoughQuestions, Paper
from exams.papers.models import BlueprintRow
from exams.sittings.models import Candidate
from lms.web.requests import SignedInRequest

KEY = re.compile(r"[A-Za-z0-9_-]{8,40}")
MOST_BYTES = 512 * 1024  # a save of a hundred long fill-ins


def _mine(request: SignedInRequest, pk: int) -> Attempt:
    """The reader's own attempt, closed first if its time is over; anybody else's is not there."""
    found = Attempt.objects.with_state().of_person(request.user).select_related("candidate__sitting__unit", "candidate__person__home_unit")
    attempt = get_object_or_404(found, pk=pk)
    if not ended(attempt) and over(timezone.now(), due(attempt)):
        close_if_over(attempt.pk, at=timezone.now())
        attempt = get_object_or_404(found, pk=pk)
    return attempt


def _with_device(response: HttpResponse, attempt: Attempt, device: str, request: HttpRequest) -> HttpResponse:
    """Remember in this browser that it is the one that writes."""
    path = reverse("paper", args=[attempt.pk])
    response.set_cookie("device", device, max_age=86_400, path=path, httponly=True, samesite="Lax", secure=request.is_secure())
    return response


@login_required
@require_GET
def entry(request: SignedInRequest, pk: int) -> HttpResponse:
    """What will happen, the self-test, and the start button."""
    candidate = get_object_or_404(Candidate.objects.select_related("sitting__unit"), sitting=pk, person=request.user)
    sitting, now = candidate.sitting, timezone.now()
    attempts = list(Attempt.objects.with_state().filter(candidate=candidate).defer("paper"))
    running = next((a for a in attempts if not ended(a) and not over(now, due(a))), None)
    rows = list(BlueprintRow.objects.filter(blueprint=sitting.blueprint_id).values_list("count", "points"))
    context = {
        "candidate": candidate, "sitting": sitting, "attempts": attempts, "running": running, "key": secrets.token_urlsafe(16),
        "reasons": [] if running else actions.why_not(sitting, len(attempts), now), "left": sitting.attempts_allowed - len(attempts),
        "questions": sum(count for count, _ in rows), "full": plain(sum((count * points for count, points in rows), Decimal(0))), "now": now,
        "wait": seconds_left(now, sitting.opens_at),
    }  # fmt: skip
    return render(request, "exams/attempts/entry.html", context)


@login_required
@require_POST
def begin(request: SignedInRequest, pk: int) -> HttpResponse:
    candidate = get_object_or_404(Candidate.objects.select_related("sitting__blueprint"), sitting=pk, person=request.user)
    key = request.POST.get("key", "")
    if not KEY.fullmatch(key):
        raise Http404
    try:
        attempt = actions.start(candidate, key=key, by=request.user, at=timezone.now())
    except actions.MayNotStart as refusal:
        return render(request, "exams/attempts/refused.html", {"reasons": refusal.reasons, "back": reverse("exam_entry", args=[pk])}, status=409)
    except NotEnoughQuestions:
        reasons = [_("The paper could not be made: the question bank is short. Tell the invigilator; your attempt has not begun.")]
        return render(request, "exams/attempts/refused.html", {"reasons": reasons, "back": reverse("exam_entry", args=[pk])}, status=503)
    response = redirect("paper", pk=attempt.pk)
    return _with_device(response, attempt, key, request) if attempt.start_key == key else response


@login_required
def paper(request: SignedInRequest, pk: int) -> HttpResponse:
    """The paper (GET), or what the plain form sends (POST): save progress, go to the check page, or hand in."""
    attempt = _mine(request, pk)
    if request.method == "POST":
        return _take_form(request, attempt)
    if ended(attempt):
        return redirect("receipt", pk=pk)
    device = attempt.devices.filter(epoch=attempt.epoch).values_list("device", flat=True).first()
    if request.COOKIES.get("device") != device:
        return render(request, "exams/attempts/elsewhere.html", {"attempt": attempt, "key": secrets.token_urlsafe(16)})
    return render(request, "exams/attempts/paper.html", _paper_context(attempt))


def _paper_context(attempt: Attempt) -> dict[str, Any]:
    drawn, now = Paper.from_json(attempt.paper), timezone.now()
    answers = answers_of([attempt])[attempt.pk]
    newest = attempt.answers.filter(epoch=attempt.epoch).aggregate(seq=Max("seq"), at=Max("received_at"))
    sections = sections_of(drawn, answers)
    return {
        "attempt": attempt, "candidate": attempt.candidate, "sitting": attempt.candidate.sitting, "sections": sections, "due": due(attempt),
        "now": now, "left": seconds_left(now, due(attempt)), "cookie": settings.CSRF_COOKIE_NAME, "left_over": len(drawn.slots) - answered(answers),
        "seq": (newest["seq"] or 0) + 1, "saved_at": newest["at"], "total": len(drawn.slots),
        "done": answered(answers), "flags": sum(1 for answer in answers.values() if answer.flagged), "full": plain(drawn.points),
    }  # fmt: skip


def _take_form(request: SignedInRequest, attempt: Attempt) -> HttpResponse:
    form, person, now = request.POST, request.user, timezone.now()
    scripted = request.headers.get("Accept") == "application/json"
    receipt = reverse("receipt", args=[attempt.pk])
    if ended(attempt):
        return JsonResponse({"go": receipt}) if scripted else redirect(receipt)
    try:
        place = {"epoch": int(form.get("epoch", "")), "seq": int(form.get("seq", ""))}
        items = items_from(form, Paper.from_json(attempt.paper))
        if form.get("do") == "hand_in":
            actions.hand_in(attempt.pk, items=items, by=person, at=now, **place)
            return JsonResponse({"go": receipt}) if scripted else redirect(receipt)
        ack = actions.save(attempt.pk, items=items, by=person, at=now, renumber=True, **place)
    except (ValueError, BadAnswers):
        reasons = [_("Something in this form could not be saved. Go back in your browser: your answers still stand there.")]
        return render(request, "exams/attempts/refused.html", {"reasons": reasons, "back": reverse("paper", args=[attempt.pk])}, status=400)
    if ack.closed:
        return redirect(receipt)
    if form.get("do", "").startswith("save"):
        return redirect(reverse("paper", args=[attempt.pk]) + "#" + ("s" + form["do"][4:] if form["do"][4:].isdigit() else "main"))
    return redirect("hand_in", pk=attempt.pk)


@require_POST
def save_answers(request: SignedInRequest, pk: int) -> JsonResponse:
    """One save from the script: ``{"e": epoch, "s": seq, "i": [{"n", "v", "f"}]}``. Acknowledged after commit.

    401 signed out · 400 not a save of this paper · 404 not one's own · 409 ``free``: number again · 409 ``go``: closed, kept as late.
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
    said = {"s": ack.seq, "left": ack.left, "at": int(now.timestamp())}
    return JsonResponse(said | {"moved": 1} if ack.moved else said)


@require_GET
def clock(request: SignedInRequest, pk: int) -> JsonResponse:
    """How long is left by the server's clock, granted minutes included; or where to go when it is over."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": "signed_out"}, status=401)
    attempt = get_object_or_404(Attempt.objects.with_state().of_person(request.user).defer("paper"), pk=pk)
    if ended(attempt):
        return JsonResponse({"go": reverse("receipt", args=[pk])})
    now = timezone.now()
    return JsonResponse({"left": seconds_left(now, due(attempt)), "e": attempt.epoch, "at": int(now.timestamp())})


@login_required
def check(request: SignedInRequest, pk: int) -> HttpResponse:
    """The check before handing in, from what is saved: unanswered and flagged, back or confirm. POST hands in."""
    attempt = _mine(request, pk)
    if request.method == "POST" and not ended(attempt):
        actions.hand_in(pk, by=request.user, at=timezone.now())
    if request.method == "POST" or ended(attempt):
        return redirect("receipt", pk=pk)
    slots, answers = Paper.from_json(attempt.paper).slots, answers_of([attempt])[pk]
    context = {
        "attempt": attempt, "sitting": attempt.candidate.sitting, "due": due(attempt), "done": answered(answers),
        "open": [n for n in slots if n not in answers or not answers[n].values], "flagged": [n for n in slots if n in answers and answers[n].flagged],
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
    return _with_device(redirect("paper", pk=pk), attempt, key, request)


@login_required
@require_GET
def receipt(request: SignedInRequest, pk: int) -> HttpResponse:
    """Proof that the paper was taken: when, how many answers, the receipt code."""
    attempt = _mine(request, pk)
    if not ended(attempt):
        return redirect("paper", pk=pk)
    context = {"attempt": attempt, "end": attempt.hand_in, "candidate": attempt.candidate, "sitting": attempt.candidate.sitting}
    return render(request, "exams/attempts/receipt.html", context | {"total": len(Paper.from_json(attempt.paper).slots)})
