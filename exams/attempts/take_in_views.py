"""Taking an answer file in: chosen, looked at, then done. Between the two the file waits in the form itself, in base64: nothing is kept halfway."""

import base64
import binascii
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exams.attempts.bundles import BadFile, envelope
from exams.attempts.forms import FileForm
from exams.attempts.models import Attempt
from exams.attempts.taking_in import Plan, plan, read, take_in
from exams.attempts.watching import watched_sitting
from exams.sittings.models import Sitting
from lms.web.requests import SignedInRequest

REASONS = {
    "size": _("This file is larger than 1 MB: it is no answer file."),
    "form": _("This is no answer file. Choose the file that the candidate's page offered for download."),
    "version": _("This answer file was written by another version of this program."),
    "seal": _("This file cannot be opened here: it was changed on the way, or it belongs to another exam."),
    "content": _("This file does not fit: it says it is of another attempt, another person or another browser."),
}
WHY_LATE = {
    "plain": _("The file is not sealed. Its answers are kept; they count only if two people say so."),
    "grace": _("The file came after the grace for answer files. Its answers are kept; they count only if two people say so."),
    "released": _("The result is released. The answers are kept as evidence and change nothing."),
    "entries": _("Some answers were written after the end or during a pause. They are kept; they count only if two people say so."),
}


def _look(sitting: Sitting, content: bytes) -> Plan:
    """What the file would do, for an attempt of this sitting. Raises BadFile."""
    found = Attempt.objects.with_state().filter(pk=envelope(content).attempt, candidate__sitting=sitting)
    attempt = found.select_related("hand_in", "candidate__person", "candidate__sitting__unit").first()
    if attempt is None:
        raise BadFile("content")
    return plan(attempt, *read(content, sitting.pk), at=timezone.now())


@login_required
def take_in_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose a file (GET), see what it holds (POST with the file), take it in (POST with what was shown)."""
    sitting = watched_sitting(request, pk)
    sure = request.method == "POST" and bool(request.POST.get("content"))
    form = FileForm(request.POST, request.FILES) if request.method == "POST" and not sure else FileForm()
    context: dict[str, Any] = {"sitting": sitting, "form": form}
    if request.method != "POST" or (not sure and not form.is_valid()):
        return render(request, "exams/attempts/file.html", context, status=400 if form.errors else 200)
    try:
        content = base64.b64decode(request.POST["content"].encode(errors="replace"), validate=True) if sure else form.cleaned_data["file"]
        found = _look(sitting, content)
        if sure:
            done = take_in(found.attempt.pk, content, by=request.user, at=timezone.now())
            said = _("This file was taken in before; nothing was changed.") if done.known else _("The answer file was taken in.")
            messages.success(request, said)
            return redirect("watch_attempt", pk=found.attempt.pk)
    except (BadFile, binascii.Error) as fault:
        wrong = REASONS[fault.reason if isinstance(fault, BadFile) else "form"]
        return render(request, "exams/attempts/file.html", {"sitting": sitting, "form": FileForm(), "wrong": wrong}, status=400)
    context |= {
        "plan": found,
        "candidate": found.attempt.candidate,
        "content": base64.b64encode(content).decode(),
        "why": WHY_LATE.get(found.why_late),
    }
    context |= {what: found.count(what) for what in ("new", "same", "late", "unread")}
    return render(request, "exams/attempts/file.html", context)
