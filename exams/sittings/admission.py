"""Screens for the candidates of a sitting: list, add by unit, post, lacking certificate or pasted list with a preview, remove, export."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from exams.sittings.actions import Refused, add_candidates, remove_candidate
from exams.sittings.forms import NARROWING, AdmitForm
from exams.sittings.holding import held, row_of
from exams.sittings.models import Candidate, Sitting
from exams.sittings.querysets import called
from exams.sittings.rosters import Known, Match, match, sought
from exams.sittings.sources import people_of
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.exchange.downloads import attachment
from lms.exchange.sheets import Column, csv_bytes, workbook
from lms.people.models import Appointment, Person
from lms.people.states import Act
from lms.web.requests import SignedInRequest

PER_PAGE = 100
SHOWN_NAMES = 300
COLUMNS = [
    Column(key="number", heading=gettext_lazy("Candidate number"), text=True),
    Column(key="name", heading=gettext_lazy("Full name"), text=True),
    Column(key="staff_number", heading=gettext_lazy("Staff number"), text=True),
    Column(key="unit", heading=gettext_lazy("Unit")),
    Column(key="signature", heading=gettext_lazy("Signature"), width=18),
]


def admitted(sitting: Sitting) -> QuerySet[Candidate]:
    """The candidates with person and unit, and whether they have begun."""
    begun = Candidate.objects.filter(pk=OuterRef("pk"), attempts__isnull=False)
    return sitting.candidates.select_related("person__home_unit").annotate(begun=Exists(begun))


@login_required
@require_GET
def candidates(request: SignedInRequest, pk: int) -> HttpResponse:
    """The list, and the form that adds to it."""
    found = get_object_or_404(held(request).described(), pk=pk)
    return _page(request, found, AdmitForm(sitting=found, person=request.user, day=timezone.localdate()))


def _page(request: SignedInRequest, found: Sitting, form: AdmitForm) -> HttpResponse:
    asked, now = request.GET.get("q", "").strip(), timezone.now()
    rows = admitted(found)
    if asked:
        rows = rows.filter(called(asked))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "exams/sittings/candidates.html", row_of(found, now) | {"page": page, "form": form, "q": asked, "over": found.done_with(now)}
    )


@login_required
@require_POST
def candidates_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """First a preview of who is meant; confirmed, they are admitted. Nothing is stored in between."""
    found = get_object_or_404(held(request).described(), pk=pk)
    form = AdmitForm(request.POST, sitting=found, person=request.user, day=timezone.localdate())
    if not form.is_valid():
        return _page(request, found, form)
    meant, people = _meant(request, found, form.cleaned_data)
    if request.POST.get("do") == "confirm":
        try:
            made = add_candidates(found, people, by=request.user, at=timezone.now())
        except Refused as error:
            form.add_error(None, error)
            return _page(request, found, form)
        messages.success(request, _("Candidates added and told: %(n)d.") % {"n": len(made)})
        return redirect("candidates", pk=pk)
    context = {"sitting": found, "form": form, "meant": meant, "shown": meant.found[:SHOWN_NAMES], "more": max(0, len(meant.found) - SHOWN_NAMES)}
    return render(request, "exams/sittings/preview.html", context)


def _meant(request: SignedInRequest, found: Sitting, asked: dict[str, Any]) -> tuple[Match, list[Person]]:
    """Read the list and the unit filter against the people in reach; returns what they mean and the new people."""
    day = timezone.localdate()
    reachable = Person.objects.reached_by(request.user, Act.MANAGE_SITTINGS, day).filter(is_active=True).select_related("home_unit")
    words = sought(asked["text"])
    named = reachable.filter(Q(staff_number__in=words) | Q(name__in=words)) if words else reachable.none()
    already = set(found.candidates.values_list("person_id", flat=True))
    by_list = match(asked["text"], known(named), already)
    chosen = list(asked["picked"])
    if any(asked[name] for name in NARROWING):
        chosen += _narrowed(reachable, found, asked, day).order_by("home_unit__path", "staff_number")
    listed = {person.id for person in (*by_list.found, *by_list.already)}
    extra = {person.id: person for person in known(chosen) if person.id not in listed}
    meant = Match(
        found=(*by_list.found, *(p for p in extra.values() if p.id not in already)),
        already=(*by_list.already, *(p for p in extra.values() if p.id in already)),
        repeated=by_list.repeated, unknown=by_list.unknown, mismatched=by_list.mismatched,
        several=tuple(s for s in by_list.several if not {p.id for p in s.people} & {p.pk for p in asked["picked"]}),
    )  # fmt: skip
    return meant, list(reachable.filter(pk__in=[person.id for person in meant.found]))


def _narrowed(reachable: QuerySet[Person], found: Sitting, asked: dict[str, Any], day: date) -> QuerySet[Person]:
    """The people in reach who fit the source, unit, post and tier chosen. One appointment must fit unit, post and tier together."""
    if asked["unit"] or asked["post"] or asked["tier"]:
        posts = Appointment.objects.on(day).filter(voided=False)
        posts = posts.filter(unit__path__startswith=asked["unit"].path) if asked["unit"] else posts
        posts = posts.filter(post=asked["post"]) if asked["post"] else posts
        posts = posts.filter(post__tier=asked["tier"]) if asked["tier"] else posts
        reachable = reachable.filter(pk__in=posts.values("person"))
    return reachable.filter(pk__in=people_of(found, asked["source"], day)) if asked["source"] else reachable


def known(people: Iterable[Person]) -> list[Known]:
    """People as list reading takes them."""
    return [Known(id=p.pk, number=p.staff_number, name=p.name, unit=p.home_unit.name if p.home_unit else "") for p in people]


@login_required
@require_POST
def candidate_remove(request: SignedInRequest, pk: int, candidate: int) -> HttpResponse:
    """Take one person off the list, while they have not begun."""
    sitting = get_object_or_404(held(request), pk=pk)
    found = get_object_or_404(Candidate.objects.select_related("person", "sitting"), pk=candidate, sitting=sitting)
    try:
        remove_candidate(found, by=request.user, at=timezone.now())
    except Refused as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(name)s is off the list and told so.") % {"name": found.person.name})
    return redirect("candidates", pk=pk)


@login_required
@require_POST
def candidates_export(request: SignedInRequest, pk: int) -> HttpResponse:
    """The list to print and sign at the door, as xlsx or CSV; leaves an audit line."""
    found = get_object_or_404(held(request), pk=pk)
    rows = [[c.number, c.person.name, c.person.staff_number, c.person.home_unit.name if c.person.home_unit else "", ""] for c in admitted(found)]
    as_csv = request.POST.get("format") == "csv"
    body = csv_bytes(COLUMNS, rows) if as_csv else workbook(COLUMNS, rows, title=_("Candidates"))
    with transaction.atomic():
        record(Verb.LIST_EXPORTED, found, by=request.user, at=timezone.now(), detail={"list": "candidates", "rows": len(rows)})
    return attachment(body, f"candidates-{found.pk}.{'csv' if as_csv else 'xlsx'}")
