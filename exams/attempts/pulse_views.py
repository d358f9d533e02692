"""What a candidate's browser asks for twice a minute: its clock, and in passing it says how often the page was left."""

import json

from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from exams.attempts.answers import BadAnswers
from exams.attempts.models import Attempt
from exams.attempts.pulse import hear, note_losses, told
from exams.attempts.reading import ended
from lms.people.models import Person
from lms.web.requests import SignedInRequest

MOST_BYTES = 1024


def heard(person: Person, pk: int, losses: dict[str, object] | None = None) -> dict[str, object]:
    """Note the sign of life, and what it says of focus losses; returns what the browser is told. 404 for anybody else's attempt."""
    now = timezone.now()
    mine = Attempt.objects.with_state().of_person(person).select_related("hand_in", "heartbeat").defer("paper")
    attempt = get_object_or_404(mine, pk=pk)
    if ended(attempt):
        return {"go": reverse("receipt", args=[pk])}
    hear(attempt, at=now)
    if losses is not None:
        note_losses(attempt, epoch=losses.get("e"), times=losses.get("f"), longest_ms=losses.get("ms"), at=now)
    return dict(told(attempt, now))


@require_POST
def pulse(request: SignedInRequest, pk: int) -> JsonResponse:
    """``{"e": epoch, "f": times the page was left since last said, "ms": longest of them}``; answers like the clock. 400 for anything else."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": "signed_out"}, status=401)
    try:
        if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
            raise BadAnswers("Too large.")
        said = json.loads(request.body)
        if not isinstance(said, dict):
            raise BadAnswers("Not a pulse.")
        return JsonResponse(heard(request.user, pk, said))
    except (BadAnswers, ValueError, RecursionError):
        return JsonResponse({"error": "malformed"}, status=400)
