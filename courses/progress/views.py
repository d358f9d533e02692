"""A lesson: reading it, its self-checks, being done with it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from content.lessons.models import LessonPage
from courses.progress.actions import NotYet, answer_self_check, finish_lesson, open_lesson, remember_position
from courses.progress.finishing import Obstacles
from courses.progress.querysets import last_answers, progress_of
from courses.progress.rendering import contents, pieces, topic_of
from lms.web.requests import SignedInRequest, number

MOST_BLOCKS = 9999  # what the position column is asked to hold; no lesson comes near


@login_required
@require_GET
def lesson(request: SignedInRequest, pk: int) -> HttpResponse:
    """The article, the contents of its topic, and where one was."""
    page = get_object_or_404(LessonPage.objects.live(), pk=pk)
    place = topic_of(pk)
    if place is None:
        raise Http404
    progress = open_lesson(page, by=request.user, at=timezone.now())
    rows = pieces(page, last_answers(request.user, pk))
    context = {
        "lesson": page, "topic": place[0], "number": place[1].number, "progress": progress, "pieces": rows,
        "contents": contents(place[0], progress_of(request.user)),
        "resume": progress.position if 0 < progress.position < len(rows) and not progress.finished_at else None,
    }  # fmt: skip
    return render(request, "courses/progress/lesson.html", context)


@login_required
@require_POST
def check(request: SignedInRequest, pk: int, block: str) -> HttpResponse:
    """Answer one self-check; the page comes back at that question with the feedback beside it."""
    page = get_object_or_404(LessonPage.objects.live(), pk=pk)
    given = request.POST.getlist("a")
    if not any(text.strip() for text in given):
        messages.warning(request, _("Choose or write an answer first."))
        return redirect(f"{reverse('lesson', args=[pk])}#c{block}")
    now = timezone.now()
    try:
        answer_self_check(page, block, given, by=request.user, at=now)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    position = next((number for number, piece in enumerate(page.body) if piece.id == block), 0)
    remember_position(page, position, by=request.user, at=now)
    return redirect(f"{reverse('lesson', args=[pk])}#c{block}")


@login_required
@require_POST
def position(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep where the reader is; told by the page's script."""
    page = get_object_or_404(LessonPage.objects.live(), pk=pk)
    block = number(request.POST.get("position", ""))
    if block is None or block > MOST_BLOCKS:
        return HttpResponse(status=400)
    remember_position(page, block, by=request.user, at=timezone.now())
    return HttpResponse(status=204)


@login_required
@require_POST
def finish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark as learnt, then on to the next lesson of the topic; or say everything that is still missing."""
    page = get_object_or_404(LessonPage.objects.live(), pk=pk)
    place = topic_of(pk)
    if place is None:
        raise Http404
    try:
        finish_lesson(page, by=request.user, at=timezone.now())
    except NotYet as refusal:
        for sentence in what_is_missing(refusal.obstacles):
            messages.warning(request, sentence)
        return redirect(f"{reverse('lesson', args=[pk])}#finish")
    messages.success(request, _("Learnt. The hours stand in your record."))
    following = next((other for other in place[0].lessons if other.number == place[1].number + 1), None)
    return redirect("lesson", pk=following.pk) if following else redirect("topic", key=place[0].key)


def what_is_missing(found: Obstacles) -> list[str]:
    """Say each obstacle as a friendly sentence with what to do."""
    sentences = []
    if found.checks:
        sentences.append(
            _("Still to answer rightly: %(n)d of the self-check questions below. You may try as often as you like.") % {"n": len(found.checks)}
        )
    if found.minutes:
        sentences.append(_("You have been here only a short while. The lesson can be marked as learnt in %(n)d minutes.") % {"n": found.minutes})
    return sentences
