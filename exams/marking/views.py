"""What a candidate sees: their exams with state and result, and one result in full."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from exams.attempts.models import Attempt, HandIn
from exams.attempts.reading import ended, gone
from exams.marking.grading import percent
from exams.marking.reading import parts_of, practised_results, released_results, result_of, review_of, seen_of
from exams.sittings.accommodations import terms_between
from exams.sittings.models import Candidate
from exams.sittings.states import Review
from exams.sittings.terms import window
from lms.people.models import Person
from lms.web.requests import SignedInRequest


def exam_rows(person: Person) -> list[dict[str, Any]]:
    """One row a candidature, newest window first, with its state: seven statements, however many there are.

    State: cancelled, soon, open, writing, closed (window over, nothing written), waiting (handed in), lapsed, released; ``may_start`` beside it.
    The window and what is left are those of the person's own terms. Results of a practice are there as soon as they are marked.
    """
    now = timezone.now()
    candidatures = Candidate.objects.filter(person=person).select_related("sitting__certificate_type").order_by("-sitting__opens_at", "-pk")
    attempts: dict[int, list[Attempt]] = {}
    for attempt in Attempt.objects.with_state().of_person(person).defer("paper").order_by("number"):
        attempts.setdefault(attempt.candidate_id, []).append(attempt)
    results = {result.attempt_id: result for result in (*practised_results(person), *released_results(person))}
    held = terms_between([(candidate.sitting, person.pk) for candidate in candidatures], timezone.localdate(now))
    rows = []
    for candidate in candidatures:
        sitting, own = candidate.sitting, attempts.get(candidate.pk, [])
        terms = held[sitting.pk, person.pk]
        running = next((a for a in own if not ended(a) and not gone(a, now)), None)
        stand, left = window(terms, now).state, terms.attempts - len(own)
        known = [results[a.pk] for a in own if a.pk in results]
        if sitting.cancelled_at:
            state = "cancelled"
        elif running:
            state = "writing"
        elif own:
            lapsed = ended(own[-1]) and own[-1].hand_in.how == HandIn.How.LAPSED
            state = "released" if own[-1].pk in results else "lapsed" if lapsed else "waiting"
        else:
            state = {"early": "soon", "open": "open", "late": "closed"}[stand]
        rows.append(
            {
                "candidate": candidate, "sitting": sitting, "state": state, "running": running, "left": left, "results": known, "attempts": own,
                "terms": terms, "may_start": stand == "open" and (left > 0 or not terms.attempts) and not running and not sitting.cancelled_at,
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
    result, released = result_of(request.user, pk)
    if result is None:
        raise Http404
    sitting = result.attempt.candidate.sitting
    shows = seen_of(result, released=released, now=timezone.now())
    if not (shows.marks or shows.answers):
        raise Http404
    context = {
        "result": result, "sitting": sitting, "candidate": result.attempt.candidate, "shows": shows,
        "parts": parts_of(result) if shows.parts else [], "review": review_of(result, shows),
        "percent": percent(result.score, result.full), "knowledge": percent(result.knowledge, result.knowledge_full),
        "operation": percent(result.operation, result.operation_full), "score_only": sitting.review in {Review.NEVER, Review.PARTS},
    }  # fmt: skip
    return render(request, "exams/marking/my_result.html", context)
