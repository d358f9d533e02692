"""A sitting's paper as a candidate would get it now, for those who hold it. It is no attempt: nothing is stored, nothing counts."""

import re
import secrets
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from exams.attempts.actions import why_not
from exams.attempts.paging import open_page, pages_of
from exams.attempts.rendering import plain, sections_of
from exams.papers.drawing import NotEnoughQuestions
from exams.papers.print_views import looked_at
from exams.papers.sources import lacking, paper_for
from exams.sittings.holding import held
from lms.web.requests import SignedInRequest, number

SEED = re.compile(r"[0-9a-f]{1,32}")


@login_required
@require_GET
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """One page of a paper drawn by the seed of the address, and every reason why a real attempt would be refused now."""
    sitting = get_object_or_404(held(request).select_related("unit", "blueprint", "paper_set"), pk=pk)
    now, asked = timezone.now(), request.GET.get("seed", "")
    seed = asked if SEED.fullmatch(asked) else secrets.token_hex(4)
    context: dict[str, Any] = {"sitting": sitting, "seed": seed, "other": secrets.token_hex(4), "blocked": why_not(sitting, sitting.terms, 0, now)}
    try:
        drawn = paper_for(sitting.source, seed)
    except NotEnoughQuestions:
        return render(request, "exams/attempts/preview.html", context | {"short": lacking(sitting.source)})
    looked_at(request, sitting.source)
    cut = pages_of(drawn.parts, sitting.navigation)
    page = min(max(number(request.GET.get("page", "")) or 1, 1), len(cut) or 1)
    shown = sections_of(drawn, {}, open_page(cut, page))
    context |= {"sections": shown, "page": page, "pages": len(cut), "questions": len(drawn.slots)}
    return render(request, "exams/attempts/preview.html", context | {"full": plain(drawn.points)})
