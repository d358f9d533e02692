"""What a candidate sees: their exams with state and result, and one result in full."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from exams.attempts.models import Attempt
from exams.attempts.reading import due, ended
from exams.attempts.timing import over
from exams.marking.grading import percent
from exams.marking.models import Result
from exams.marking.reading import parts_of, released_results, review_of
from exams.sittings.models import Candidate, Review
from lms.people.models import Person
from lms.web.requests import SignedInRequest


def exam_rows(person: Person) -> list[dict[str, Any]]:
    """One row a candidature, newest window first, with its state: four statements, however many there are.

    State: cancelled, soon, open, writing, closed (window over, nothing written), waiting (handed in), released; ``may_start`` beside it.
    """
    now = timezone.now()
    candidatures = Candidate.objects.filter(person=person).select_related("sitting__certificate_type").order_by("-sitting__opens_at", "-pk")
    attempts: dict[int, list[Attempt]] = {}
    for attempt in Attempt.objects.with_state().of_person(person).defer("paper").order_by("number"):
        attempts.setdefault(attempt.candidate_id, []).append(attempt)
    results = {result.attempt_id: result for result in released_results(person)}
    rows = []
    for candidate in candidatures:
        sitting, own = candidate.sitting, attempts.get(candidate.pk, [])
        running = next((a for a in own if not ended(a) and not over(now, due(a))), None)
        in_window, left = sitting.opens_at <= now < sitting.closes_at, sitting.attempts_allowed - len(own)
        known = [results[a.pk] for a in own if a.pk in results]
        if sitting.cancelled_at:
            state = "cancelled"
        elif running:
            state = "writing"
        elif own:
            state = "released" if own[-1].pk in results else "waiting"
        else:
            state = "soon" if now < sitting.opens_at else "open" if in_window else "closed"
        rows.append(
            {
                "candidate": candidate, "sitting": sitting, "state": state, "running": running, "left": left, "results": known, "attempts": own,
                "may_start": in_window and left > 0 and not running and not sitting.cancelled_at,
            }
        )  # fmt: skip
    return rows


@login_required
@require_GET
def my_exams(request: SignedInRequest) -> HttpResponse:
    return render(request, "exams/marking/my_exams.html", {"rows": exam_rows(request.user)})


@login_required
@require_GET
def my_result(request: SignedInRequest, pk: int) -> HttpResponse:
    """One's own released result by attempt: by part and dimension, the pass line, the level; answers where the sitting shows them."""
    found = Result.objects.released().of_person(request.user).select_related(
        "attempt__candidate__sitting", "attempt__hand_in", "run__release"
    )  # fmt: skip
    result = get_object_or_404(found, attempt=pk)
    sitting = result.attempt.candidate.sitting
    context = {
        "result": result, "sitting": sitting, "candidate": result.attempt.candidate, "parts": parts_of(result), "review": review_of(result),
        "percent": percent(result.score, result.full), "knowledge": percent(result.knowledge, result.knowledge_full),
        "operation": percent(result.operation, result.operation_full), "score_only": sitting.review == Review.NEVER,
    }  # fmt: skip
    return render(request, "exams/marking/my_result.html", context)
