"""The page of a paper that is open: what of it is shown, what a plain form says about it, and going on to the next."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from exams.attempts.actions import save
from exams.attempts.answers import Answer
from exams.attempts.models import Attempt
from exams.attempts.paging import open_page
from exams.attempts.rendering import items_from, sections_of
from exams.attempts.turning import go_on
from exams.sittings.states import Navigation
from lms.web.requests import SignedInRequest, number


def part_of(attempt: Attempt, answers: Mapping[int, Answer]) -> dict[str, Any]:
    """The sections that are open, with nothing of the others in them, the count of what they hold, and where in the paper they stand."""
    cut = attempt.cut
    shown = open_page(cut, attempt.page)
    done = sum(1 for n in shown if n in answers and answers[n].values)
    return {
        "sections": sections_of(attempt.drawn, answers, shown), "page": attempt.page, "pages": len(cut), "last": attempt.page >= len(cut),
        "one_by_one": attempt.navigation == Navigation.QUESTIONS, "total": len(shown), "done": done, "left_over": len(shown) - done,
        "flags": sum(1 for n in shown if n in answers and answers[n].flagged),
    }  # fmt: skip


def posted(form: QueryDict, attempt: Attempt) -> tuple[int, list[dict[str, object]]]:
    """The page that a plain form came from, and what it says about the questions of that page alone."""
    page = number(form.get("page", "")) or 1
    return page, items_from(form, open_page(attempt.cut, page))


def unanswered(items: list[dict[str, object]]) -> list[object]:
    """The numbers of questions of a form that nothing was said about."""
    return [item["n"] for item in items if not any(str(value).strip() for value in item["v"])]  # type: ignore[attr-defined]


def next_part(request: SignedInRequest, attempt: Attempt, page: int, items: list[dict[str, object]], place: dict[str, int]) -> HttpResponse:
    """Save and go on. With unanswered questions of a part it is asked back once, before anything is left behind.

    Raises `exams.attempts.answers.BadAnswers`.
    """
    now, sure = timezone.now(), request.POST.get("do") == "next_sure"
    lacking = [] if sure else unanswered(items)
    if lacking and page == attempt.page:
        ack = save(attempt.pk, items=items, by=request.user, at=now, renumber=True, **place)
        if not (ack.closed or ack.shut or ack.held):
            context = {"attempt": attempt, "sitting": attempt.candidate.sitting, "open": lacking, "page": page, "seq": ack.seq}
            return render(request, "exams/attempts/turn.html", context)
    else:
        ack = go_on(attempt.pk, page=page, items=[] if sure else items, by=request.user, at=now, **place)
    if ack.closed:
        return redirect("receipt", pk=attempt.pk)
    return part_closed(request, attempt) if ack.shut else redirect("paper", pk=attempt.pk)


def part_closed(request: SignedInRequest, attempt: Attempt) -> HttpResponse:
    """Say that a page was left behind, and show the one that is open."""
    messages.warning(request, _("That page was closed already. What you wrote there is kept, but it does not count. This is the page that is open."))
    return redirect("paper", pk=attempt.pk)
