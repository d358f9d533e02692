"""Screens of entry tickets: issuing and printing them, and the page at which candidates come in."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exams.sittings.actions import Refused
from exams.sittings.holding import held
from exams.sittings.models import Candidate, DoorNote, Sitting, Ticket
from exams.sittings.querysets import called
from exams.sittings.seating_views import seat_words, seen
from exams.sittings.tickets import BEFORE, TRIES, WINDOW
from exams.sittings.tickets_actions import Issued, NotLetIn, enter, issue, turn_away
from exams.sittings.tickets_session import SESSION_KEY
from exams.sittings.tickets_sheet import Card, tickets_pdf
from lms.exchange.downloads import attachment
from lms.web.requests import SignedInRequest, address_of, number

PER_PAGE = 100
MOST = 400  # tickets in a file: two seconds of drawing. More would be a job, and a job would have to keep the codes


def ticketed(sitting: Sitting) -> QuerySet[Any]:
    """The candidates in the order of their seats, each with ``has_ticket`` (a valid one) and ``outdated`` (it shows another seat)."""
    valid = Ticket.objects.filter(candidate=OuterRef("pk"), void_at=None)
    rows = sitting.candidates.select_related("person__home_unit", "seat__use__room__place").annotate(
        has_ticket=Exists(valid), outdated=Exists(valid.filter(issued_at__lt=OuterRef("seat__at")))
    )
    return rows.order_by(F("seat__use").asc(nulls_last=True), "seat__number", "number")


@login_required
@require_GET
def tickets(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who has a ticket, whose shows an old seat, and the form that prints new ones."""
    found = get_object_or_404(held(request).described(), pk=pk)
    rows, asked = ticketed(found), request.GET.get("q", "").strip()
    counts = {"all": found.admitted, "lack": rows.filter(has_ticket=False).count(), "old": rows.filter(outdated=True).count()}  # type: ignore[attr-defined]
    if asked:
        rows = rows.filter(called(asked))
    context = {
        "sitting": found, "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")), "counts": counts, "q": asked,
        "rooms": found.rooms.select_related("room__place"), "from": found.opens_at - BEFORE,
        "over": found.done_with(timezone.now()),
    }  # fmt: skip
    return render(request, "exams/sittings/tickets.html", context)


@login_required
@require_POST
@sensitive_variables()
def tickets_issue(request: SignedInRequest, pk: int) -> HttpResponse:
    """Print new tickets: for all, a room, or those who need one. The codes are in this file and nowhere else."""
    found = get_object_or_404(held(request).select_related("unit"), pk=pk)
    whom, room = request.POST.get("whom"), number(request.POST.get("room", ""))
    rows = ticketed(found)
    rows = rows.filter(seat__use=room) if room else rows
    rows = rows.filter(Q(has_ticket=False) | Q(outdated=True)) if whom == "lacking" else rows
    meant = rows.count()
    if whom != "lacking" and meant > MOST:
        messages.warning(
            request, _("That are %(n)d tickets, and a file holds %(most)d. Choose a room, or print for those without a ticket.") % words(meant)
        )
        return redirect("tickets", pk=pk)
    if not meant:
        messages.warning(request, _("Nobody is meant: everyone there has a valid ticket."))
        return redirect("tickets", pk=pk)
    try:
        given = issue(found, rows[:MOST], by=request.user, at=timezone.now())
    except Refused as error:
        messages.error(request, " ".join(error.messages))
        return redirect("tickets", pk=pk)
    if meant > MOST:
        messages.warning(request, _("The file holds %(most)d tickets; %(n)d more are to be printed: print again.") % words(meant - MOST))
    one = request.POST.get("layout") == "1"
    return attachment(tickets_pdf(cards(found, given), to_a_page=1 if one else 4, title=found.title), f"准考证-{found.pk}.pdf")


def words(count: int) -> dict[str, int]:
    return {"n": count, "most": MOST}


@login_required
@require_POST
@sensitive_variables()
def ticket_again(request: SignedInRequest, pk: int, candidate: int) -> HttpResponse:
    """A new ticket for one who lost theirs, at the door: shown once, to be written down or printed. The old one is void."""
    sitting = get_object_or_404(seen(request), pk=pk)
    found = get_object_or_404(ticketed(sitting), pk=candidate)
    try:
        (given,) = issue(sitting, [found], by=request.user, at=timezone.now())
    except Refused as error:
        messages.error(request, " ".join(error.messages))
        return redirect("door_log", pk=pk)
    (card,) = cards(sitting, [given])
    return render(request, "exams/sittings/ticket_again.html", {"sitting": sitting, "candidate": found, "card": card})


def cards(sitting: Sitting, given: Sequence[Issued]) -> list[Card]:
    """What stands on these tickets, in the language of the house whoever prints them."""
    with translation.override(settings.LANGUAGE_CODE):
        opens, closes = timezone.localtime(sitting.opens_at), timezone.localtime(sitting.closes_at)
        until = f"{closes:%H:%M}" if opens.date() == closes.date() else f"{closes:%m-%d %H:%M}"
        when = f"{date_format(opens, 'DATE_FORMAT')} {opens:%H:%M}–{until}"
        site = urlsplit(settings.SITE_URL.rstrip("/") + reverse("exam_ticket"))
        return [
            Card(
                title=_("Entry ticket"), sitting=sitting.title, held_by=_("Held by %(unit)s") % {"unit": sitting.unit.name},
                number=one.candidate.number, lines=_lines(sitting, one.candidate, when), photo=_("Photo"), code_label=_("Entry code"), code=one.code,
                address=_("Enter at %(address)s") % {"address": site.netloc + site.path}, rules=_rules(),
            )
            for one in given
        ]  # fmt: skip


def _lines(sitting: Sitting, candidate: Candidate, when: str) -> list[tuple[str, str]]:
    person, seat = candidate.person, getattr(candidate, "seat", None)
    place = f"{seat.use.room}（{seat.use.room.place.address}）" if seat else sitting.place or _("online")
    duration = _("%(minutes)d minutes") % {"minutes": sitting.duration} if sitting.duration else ""
    rows = [
        (_("Candidate number"), candidate.number), (_("Full name"), person.name), (_("Unit"), person.home_unit.name if person.home_unit else "—"),
        (_("Exam time"), f"{when}　{duration}".strip()), (_("Place"), place), (_("Seat"), seat_words(seat) if seat else "—"),
    ]  # fmt: skip
    return rows


def _rules() -> list[str]:
    return [
        _("Come 30 minutes before the beginning, with this ticket and your identity card, and sit on the seat named here."),
        _("Open the address above on the computer of your seat and type candidate number and entry code; you need no password."),
        _("The ticket opens this exam alone, from 60 minutes before it opens until it closes. Give the code to nobody."),
        _("Answers are saved by themselves. If the computer fails, raise your hand: nothing that was saved is lost."),
        _("Telephones and papers stay outside. A lost ticket is replaced at the door; the old one is then void."),
    ]


class TicketForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("Candidate number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"})
    )
    code = forms.CharField(
        label=gettext_lazy("Entry code"), max_length=40, help_text=gettext_lazy("Ten letters and digits, as printed on your ticket."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
def exam_ticket(request: HttpRequest) -> HttpResponse:
    """The door: candidate number and code, and the exam's entry opens. Who was signed in on this computer before is signed out."""
    form = TicketForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed, at, address = form.cleaned_data["number"], timezone.now(), address_of(request)
        try:
            ticket = enter(typed, form.cleaned_data["code"], address=address, at=at)
        except NotLetIn as refused:
            turn_away(refused, typed, address=address, at=at)
            form.add_error(None, _said(refused))
            return render(request, "exams/sittings/ticket.html", {"form": form}, status=429 if refused.reason == DoorNote.Reason.LOCKED else 200)
        request.session.flush()
        request.session[SESSION_KEY] = ticket.pk
        rotate_token(request)
        return redirect("exam_entry", pk=ticket.candidate.sitting_id)
    return render(request, "exams/sittings/ticket.html", {"form": form}, status=200)


def _said(refused: NotLetIn) -> Any:
    """What the candidate reads. Without the right code, the same for every cause."""
    if refused.reason == DoorNote.Reason.LOCKED:
        words = {"minutes": int(WINDOW.total_seconds() // 60)}
        return _("Too many tries. Wait %(minutes)d minutes, or let the invigilator give you a new ticket on another computer.") % words
    if refused.candidate is None:
        says = _(
            "Number and code do not belong together, or a newer ticket was given out. Look at yours again: after %(tries)d tries you have to wait."
        )
        return says % {"tries": TRIES}
    sitting = refused.candidate.sitting
    opens = timezone.localtime(sitting.opens_at - BEFORE)
    return {
        DoorNote.Reason.EARLY: _("Your ticket is right, but it opens the door from %(when)s only.") % {"when": date_format(opens, "DATETIME_FORMAT")},
        DoorNote.Reason.LATE: _("This exam is over: %(title)s") % {"title": sitting.title},
        DoorNote.Reason.CANCELLED: _("This exam was cancelled: %(title)s") % {"title": sitting.title},
    }.get(DoorNote.Reason(refused.reason), _("Your account is closed. Go to whoever holds the exam."))
