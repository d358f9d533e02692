"""Steps on screen: for the ticked questions of the list, for one question, and the review of a draft."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from exams.bank.actions import ChangedMeanwhile, restore_version
from exams.bank.models import Question
from exams.bank.sentences import TAG, UNTAG, result
from exams.bank.showing import review_of
from exams.bank.standing import for_review_by
from exams.bank.states import Pool
from exams.bank.steps import NoteMissing, change_pool, tag, take, untag
from exams.bank.tagging import LONGEST, MOST, tags_of
from exams.bank.views import UNDO, seen, writer_only
from exams.bank.workflow import APPROVE, DROP, RETURN, Outcome
from exams.bank.workflow import UNDO as BACK
from lms.web.requests import SignedInRequest, numbers
from lms.web.requests import number as parsed

BACK_OF = dict(BACK) | {TAG: UNTAG, UNTAG: TAG, Pool.SEALED.value: Pool.PRACTICE.value, Pool.PRACTICE.value: Pool.SEALED.value}


@login_required
@require_POST
def bank_steps(request: SignedInRequest) -> HttpResponse:
    """One step with the ticked questions, then back to the list as it was (or to the one question). The step that undoes it is offered there."""
    writer_only(request)
    do, back = request.POST.get("do", ""), parsed(request.POST.get("back", ""))
    chosen = list(Question.objects.filter(pk__in=numbers(request.POST.getlist("question"))))
    if not chosen:
        messages.warning(request, _("Tick at least one question first."))
    elif do not in BACK_OF and do != DROP:
        messages.error(request, _("Choose what to do with the ticked questions."))
    else:
        _carried_out(request, do, chosen)
    if back:
        return redirect("question", pk=back)
    return redirect(f"{reverse('bank')}?{request.GET.urlencode()}" if request.GET else "bank")


def _carried_out(request: SignedInRequest, do: str, chosen: list[Question]) -> None:
    """Take the step, say what it did, and remember the way back for exactly the questions it changed."""
    now, typed = timezone.now(), request.POST.get("tags", "")
    if do in {TAG, UNTAG}:
        try:
            names = tags_of(typed)
        except ValueError as error:
            problem = _("A tag is too long: “%(tag)s”. At most %(n)d characters.") if str(error) else _("At most %(n)d tags at once.")
            messages.error(request, problem % {"tag": error, "n": LONGEST if str(error) else MOST})
            return
        if not names:
            messages.error(request, _("Write the tag first."))
            return
        outcome = (tag if do == TAG else untag)(chosen, names, by=request.user, at=now)
    elif do in Pool.values:
        outcome = change_pool(chosen, do, by=request.user, at=now)
    else:
        outcome = take(do, chosen, by=request.user, at=now)
    _said(request, do, outcome)
    if outcome.done and do in BACK_OF:
        request.session[UNDO] = {"do": BACK_OF[do], "questions": outcome.done, "tags": typed}


def _said(request: SignedInRequest, do: str, outcome: Outcome) -> None:
    messages.add_message(request, messages.SUCCESS if outcome.done else messages.WARNING, result(do, outcome))


@login_required
@require_http_methods(["GET", "POST"])
def question_review(request: SignedInRequest, pk: int) -> HttpResponse:
    """A draft under review: as candidates see it, what it changes, what is like it. A verdict leads to the next draft that waits for this person."""
    writer_only(request)
    found = get_object_or_404(Question.objects.listed(), pk=pk)
    waiting = for_review_by(Question.objects.all(), request.user).order_by("topic__path", "key")
    if not waiting.filter(pk=pk).exists():
        messages.info(request, _("This question does not wait for your review."))
        return redirect("question", pk=pk)
    seen(request, found)
    problem = ""
    if request.method == "POST":
        do = request.POST.get("do", "")
        if do not in {APPROVE, RETURN}:
            problem = _("Approve the draft or return it.")
        else:
            try:
                note, version = request.POST.get("note", "")[:500], parsed(request.POST.get("version", "")) or 0
                outcome = take(do, [found], by=request.user, at=timezone.now(), note=note, version=version)
            except NoteMissing:
                problem = _("Write what is to be changed, then return it.")
            else:
                _said(request, do, outcome)
                return _next(waiting, pk)
    rest = [key for key in waiting.values_list("pk", flat=True) if key != pk]
    after = _after(waiting.values_list("pk", flat=True), pk)
    context: dict[str, Any] = {"problem": problem, "note": request.POST.get("note", ""), "left": len(rest), "after": after}
    return render(request, "exams/bank/review.html", review_of(found, request.user) | context)


def _after(keys: Any, pk: int) -> int | None:
    """The question that comes after this one in the queue, from the start again at its end; None when it is the only one."""
    order = list(keys)
    place = order.index(pk) if pk in order else -1
    following = order[place + 1 :] + order[: max(place, 0)]
    return following[0] if following else None


def _next(waiting: Any, pk: int) -> HttpResponse:
    following = waiting.exclude(pk=pk).values_list("pk", flat=True).first()
    return redirect("question_review", pk=following) if following else redirect(f"{reverse('bank')}?state=mine")


@login_required
@require_POST
def version_restore(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Make an earlier wording a new draft."""
    writer_only(request)
    found = get_object_or_404(Question.objects.listed(), pk=pk)
    version = get_object_or_404(found.versions, number=number)
    before = found.newest.pk
    try:
        made = restore_version(version, by=request.user, at=timezone.now(), edited=parsed(request.POST.get("edited", "")))
    except ChangedMeanwhile as error:
        messages.error(request, error.message)
        return redirect("question", pk=pk)
    if made.pk == before:
        messages.info(request, _("The newest version says the same already."))
    else:
        messages.success(request, _("Version %(old)d is a draft again, as version %(new)d.") % {"old": version.number, "new": made.number})
    return redirect("question", pk=pk)
