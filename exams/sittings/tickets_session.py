"""The doors of the exam room, for whoever comes: by ticket without a password, or signed in.

A ticket session holds a ticket's row and nothing else. It is no sign-in: only below, and only for addresses of the ticket's own exam, the
request gets its person. Everywhere else the browser counts as signed out, so that no screen has to think of tickets.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from exams.sittings import doors_actions
from exams.sittings.models import Candidate, DoorNote, Ticket
from exams.sittings.tickets import AFTER_RECEIPT, AFTERMATH
from exams.sittings.tickets_actions import why_not
from lms.statements import NUMBER, Ready
from lms.web.requests import address_of

OF_SITTING, OF_ATTEMPT = "exams/<int:pk>/", "exams/attempts/<int:pk>/"
# These show no paper that is still being written; the entry says what the start would refuse.
NEVER_REFUSED = frozenset({"exam_entry", "receipt", "paper_clock", "result"})
TAKES_IN = frozenset({"exam_start", "paper_continue"})  # forms that open a paper; every other form saves or hands in and is never refused
AFTER = frozenset({"receipt", "paper_save"})  # what is left of a ticket session once the receipt was shown
SESSION_KEY, DONE = "ticket", "ticket_done"
OF_THE_SITTING = Ready(lambda pk, person: Candidate.objects.filter(sitting=pk, person=person).select_related("sitting"), pk=NUMBER, person=NUMBER)
OF_THE_ATTEMPT = Ready(lambda pk, person: Candidate.objects.filter(attempts=pk, person=person).select_related("sitting"), pk=NUMBER, person=NUMBER)
TO_THE_SITTING = Ready(lambda ticket, pk: _valid().filter(pk=ticket, candidate__sitting=pk), ticket=NUMBER, pk=NUMBER)
TO_THE_ATTEMPT = Ready(lambda ticket, pk: _valid().filter(pk=ticket, candidate__attempts=pk), ticket=NUMBER, pk=NUMBER)


def _valid() -> "QuerySet[Ticket]":
    return Ticket.objects.filter(void_at=None, candidate__person__is_active=True).select_related("candidate__person", "candidate__sitting")


class ExamDoorMiddleware:
    """Turns a ticket into its candidate inside the exam room, and asks network and browser before a paper is shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        shown = match is not None and match.url_name == "receipt" and response.status_code == 200
        if shown and getattr(request, "ticket", None) and not request.session.get(DONE):
            request.session[DONE] = True
            request.session.set_expiry(AFTER_RECEIPT)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or not match.route.startswith((OF_SITTING, OF_ATTEMPT)):
            return None
        candidate: Candidate | None = None
        if not request.user.is_authenticated:
            ticket = _ticket(request, match.route, match.url_name or "", kwargs["pk"])
            if ticket is None:
                return None
            request.ticket, request.user = ticket, ticket.candidate.person  # type: ignore[attr-defined]
            candidate = ticket.candidate
        if not _guarded(request.method or "", match.url_name or ""):
            return None
        if candidate is None:
            here = OF_THE_ATTEMPT if match.route.startswith(OF_ATTEMPT) else OF_THE_SITTING
            candidate = here.first(pk=kwargs["pk"], person=request.user.pk)
        return _asked(request, candidate, match.url_name or "") if candidate else None


def _ticket(request: HttpRequest, route: str, name: str, pk: int) -> Ticket | None:
    """The ticket this browser came in with, if it opens this address now: one statement."""
    held = request.session.get(SESSION_KEY)
    if held is None or (request.session.get(DONE) and name not in AFTER):
        return None
    ticket = (TO_THE_ATTEMPT if route.startswith(OF_ATTEMPT) else TO_THE_SITTING).first(ticket=held, pk=pk)
    now = timezone.now()
    if ticket is None or (now >= ticket.candidate.sitting.closes_at + AFTERMATH and why_not(ticket.candidate, now)):
        return None
    return ticket if route.startswith(OF_ATTEMPT) or not why_not(ticket.candidate, now) else None


def _guarded(method: str, name: str) -> bool:
    return name in TAKES_IN if method == "POST" else name not in NEVER_REFUSED


def _asked(request: HttpRequest, candidate: Candidate, name: str) -> HttpResponse | None:
    """Ask the doors of the sitting; whoever is turned away reads why, and so does the invigilator."""
    away = doors_actions.refusals(request, candidate.sitting)
    if not away:
        return None
    step = DoorNote.Step.START if name == "exam_start" else DoorNote.Step.PAPER
    for reason, _sentence in away:
        doors_actions.note(candidate, step, reason, address=address_of(request), detail=request.headers.get("User-Agent", ""), at=timezone.now())
    return render(request, "exams/sittings/turned_away.html", {"reasons": [sentence for _reason, sentence in away]}, status=403)
