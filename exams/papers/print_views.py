"""Previews as candidates see them, and printing: papers, answer sheets, keys."""

import re
import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from exams.bank.states import Pool
from exams.papers.drawing import NotEnoughQuestions
from exams.papers.jobs import PRINT
from exams.papers.models import Blueprint, PaperSet
from exams.papers.printing import PRINTS, printed, together
from exams.papers.rendering import paper_shown, sentence
from exams.papers.sources import Source, address_of, paper_for, papers_of, settled_paper
from lms.audit.actions import record, subject_of
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.exchange.downloads import attachment
from lms.exchange.printing import NoGlyphs
from lms.jobs.actions import enqueue
from lms.jobs.models import Job
from lms.people.scope import may
from lms.people.states import Act
from lms.web.requests import SignedInRequest

SEED = re.compile(r"[0-9a-f]{1,32}")
AT_ONCE = 250  # questions printed within a request: about two seconds


def reader_only(request: SignedInRequest) -> None:
    """Papers are looked at and printed by those who write content or hold sittings, wherever in the county. Raises PermissionDenied."""
    if not any(may(request.user, act, timezone.localdate()) for act in (Act.WRITE_CONTENT, Act.MANAGE_SITTINGS)):
        raise PermissionDenied


def _seed(text: str) -> str:
    return text if SEED.fullmatch(text) else secrets.token_hex(4)


@login_required
@require_GET
def blueprint_sample(request: SignedInRequest, pk: int) -> HttpResponse:
    """A paper as this blueprint draws it with a seed, for trying out and printing. It belongs to no candidate."""
    reader_only(request)
    found, seed = get_object_or_404(Blueprint, pk=pk), _seed(request.GET.get("seed", ""))
    context = _context(request, found, seed)
    try:
        paper = paper_for(found, seed)
    except NotEnoughQuestions as error:
        return render(request, "exams/papers/sample.html", context | {"short": [sentence(shortage) for shortage in error.shortages]})
    looked_at(request, found)
    return render(request, "exams/papers/sample.html", context | {"parts": paper_shown(paper), "points": paper.points, "count": len(paper.slots)})


@login_required
@require_GET
def paper_set_preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """One form as a candidate sees it: options shuffled by a seed, another candidate's by another seed."""
    reader_only(request)
    found, seed = get_object_or_404(PaperSet, pk=pk), _seed(request.GET.get("seed", ""))
    forms = list(found.forms.all())
    form = next((form for form in forms if form.letter == request.GET.get("form", "A")), None)
    if form is None:
        raise Http404
    paper = settled_paper(found, form, seed)
    looked_at(request, found)
    context = _context(request, found, seed) | {"letter": form.letter, "forms": forms if len(forms) > 1 else []}
    return render(request, "exams/papers/sample.html", context | {"parts": paper_shown(paper), "points": paper.points, "count": len(paper.slots)})


def looked_at(request: SignedInRequest, source: Source) -> None:
    """Leave an audit line when somebody looks at a sealed paper, once for each person, paper and day, as for a sealed question."""
    since = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    said = AuditRow.objects.filter(subject=subject_of(source), verb=Verb.QUESTION_SEEN, actor=request.user, at__gte=since)
    if source.pool == Pool.SEALED and not said.exists():
        with transaction.atomic():
            record(Verb.QUESTION_SEEN, source, by=request.user, at=timezone.now(), detail={"title": source.title})


def _context(request: SignedInRequest, source: Source, seed: str) -> dict[str, Any]:
    return {
        "source": source, "back": address_of(source), "settled": isinstance(source, PaperSet), "seed": seed, "other": secrets.token_hex(4),
        "answers": request.GET.get("answers") == "1",
    }  # fmt: skip


@login_required
@require_POST
def blueprint_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """A drawn paper as PDF: what the sample with this seed shows."""
    reader_only(request)
    return _printed(request, get_object_or_404(Blueprint, pk=pk))


@login_required
@require_POST
def paper_set_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """One form or all of them as PDF."""
    reader_only(request)
    return _printed(request, get_object_or_404(PaperSet, pk=pk))


def _printed(request: SignedInRequest, source: Source) -> HttpResponse:
    """The file at once, or a job for a long one. What comes from the sealed pool leaves an audit line."""
    what, letters, seed = request.POST.get("what", ""), request.POST.get("letters", ""), request.POST.get("seed", "")
    seed = seed if SEED.fullmatch(seed) else ""
    if what not in PRINTS:
        raise Http404
    try:
        papers = papers_of(source, letters, seed)
    except NotEnoughQuestions as error:
        messages.error(request, " ".join(sentence(shortage) for shortage in error.shortages))
        return redirect(address_of(source))
    if not papers or not all(paper.slots for _letter, paper in papers):
        messages.warning(request, _("There is no question to print yet."))
        return redirect(address_of(source))
    if sum(len(paper.slots) for _letter, paper in papers) > AT_ONCE:
        return _queued(request, source, what, letters, seed)
    try:
        files = [printed(paper, what, title=source.title, letter=letter) for letter, paper in papers]
    except NoGlyphs as error:
        text = _("No typeface can print these characters: %(characters)s. Write the questions without them.")
        messages.error(request, text % {"characters": error.characters})
        return redirect(address_of(source))
    _note(request, source, what, letters)
    return attachment(together(files), f"{source.title}-{FILE_NAMES[what]}{letters}.pdf".replace("/", "-"))


FILE_NAMES = {"paper": "试卷", "sheet": "答题卡", "key": "参考答案"}


def _note(request: SignedInRequest, source: Source, what: str, letters: str) -> None:
    if source.pool == Pool.SEALED and what != "sheet":
        with transaction.atomic():
            detail = {"title": source.title, "what": what, "forms": letters}
            record(Verb.PAPER_PRINTED, source, by=request.user, at=timezone.now(), detail=detail)


@transaction.atomic
def _queued(request: SignedInRequest, source: Source, what: str, letters: str, seed: str) -> HttpResponse:
    at, kind = timezone.now(), "set" if isinstance(source, PaperSet) else "blueprint"
    job = enqueue(
        PRINT, title=_("Printing: %(title)s") % {"title": source.title[:80]}, by=request.user, at=at, source=kind, pk=source.pk, what=what,
        letters=letters, seed=seed, language=get_language(),
    )  # fmt: skip
    _note(request, source, what, letters)
    return redirect("job", pk=job.pk)


@login_required
@require_GET
def paper_printed(request: SignedInRequest, job: int) -> HttpResponse:
    """The file of a print job, for whoever asked for it, while it is kept."""
    reader_only(request)
    found = get_object_or_404(Job, pk=job, kind=PRINT, by=request.user)
    name = found.result.get("file", "")
    if not name or not storages["private"].exists(name):
        raise Http404
    with storages["private"].open(name) as file:
        return attachment(file.read(), found.result["name"])
