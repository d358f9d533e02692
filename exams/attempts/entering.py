"""The door to an exam: what is said before the clock starts, and the start itself."""

import secrets
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from exams.attempts.actions import EARLIER, MayNotStart, held_by, last_end, start, why_not
from exams.attempts.models import Attempt
from exams.attempts.reading import ended, gone
from exams.attempts.rendering import plain
from exams.attempts.timing import seconds_left
from exams.attempts.views import KEY, remembered
from exams.papers.drawing import NotEnoughQuestions
from exams.papers.sources import size_of
from exams.sittings.models import Candidate
from exams.sittings.terms import Terms, window
from lms.statements import NUMBER, Ready
from lms.web.requests import SignedInRequest

COMING: Ready[Candidate] = Ready(
    lambda sitting, person: Candidate.objects.filter(sitting=sitting, person=person).select_related(
        "person", "sitting__unit", "sitting__blueprint", "sitting__paper_set"
    ),
    sitting=NUMBER, person=NUMBER,
)  # fmt: skip


def _candidate(request: SignedInRequest, sitting: int) -> Candidate:
    """The reader as a candidate of a sitting; who is none gets a 404."""
    candidate = COMING.first(sitting=sitting, person=request.user.pk)
    if candidate is None:
        raise Http404
    return candidate


@login_required
@require_GET
def entry(request: SignedInRequest, pk: int) -> HttpResponse:
    """What will happen, the self-test, and the start button. Looking begins nothing."""
    candidate, now = _candidate(request, pk), timezone.now()
    attempts = EARLIER.all(candidate=candidate.pk)
    running = next((a for a in attempts if not ended(a) and not gone(a, now)), None)
    context = _announced(candidate, held_by(candidate, now), attempts, now)
    if running:
        context["reasons"] = []
    return render(request, "exams/attempts/entry.html", context | {"running": running, "key": secrets.token_urlsafe(16)})


def _announced(candidate: Candidate, terms: Terms, attempts: list[Attempt], now: datetime) -> dict[str, Any]:
    """Everything that is said about an exam before its clock starts, by the terms that hold for this person."""
    sitting, (questions, full) = candidate.sitting, size_of(candidate.sitting.source)
    return {
        "candidate": candidate, "sitting": sitting, "terms": terms, "window": window(terms, now), "attempts": attempts, "now": now,
        "questions": questions, "full": plain(full), "left": max(0, terms.attempts - len(attempts)), "wait": seconds_left(now, terms.opens),
        "reasons": why_not(sitting, terms, len(attempts), now, last_end(attempts)), "excepted": terms != sitting.terms,
    }  # fmt: skip


@login_required
@require_POST
def begin(request: SignedInRequest, pk: int) -> HttpResponse:
    """Start the clock, once for a key, or say every reason why not."""
    candidate = _candidate(request, pk)
    key = request.POST.get("key", "")
    if not KEY.fullmatch(key):
        raise Http404
    try:
        attempt = start(candidate, key=key, by=request.user, at=timezone.now())
    except MayNotStart as refusal:
        return render(request, "exams/attempts/refused.html", {"reasons": refusal.reasons, "back": reverse("exam_entry", args=[pk])}, status=409)
    except NotEnoughQuestions:
        reasons = [_("The paper could not be made: the question bank is short. Tell the invigilator; your attempt has not begun.")]
        return render(request, "exams/attempts/refused.html", {"reasons": reasons, "back": reverse("exam_entry", args=[pk])}, status=503)
    response = redirect("paper", pk=attempt.pk)
    return remembered(response, attempt, key, request) if attempt.start_key == key else response
