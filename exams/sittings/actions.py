"""What may happen to sittings and their candidates."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exams.bank.states import Pool
from exams.papers.models import PaperSet
from exams.papers.sources import lacking
from exams.signals import terms_changed
from exams.sittings.models import Candidate, Sitting
from exams.sittings.places import refusals
from exams.sittings.rosters import candidate_number, next_number
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.notices.models import Notice
from lms.people.models import Person
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook

TERMS = (
    "title", "blueprint", "paper_set", "certificate_type", "unit", "opens_at", "closes_at", "duration", "attempts_allowed", "knowledge_percent",
    "operation_percent", "review", "auto_release", "place", "practice", "navigation", "overdue", "grace_minutes", "wait_minutes", "counting",
)  # fmt: skip


class Refused(ValidationError):
    """What was asked cannot be done to this sitting now; the message says why and what to do instead."""


def check_practice(sitting: Sitting) -> None:
    """Raise Refused for a practice that would show sealed questions."""
    if sitting.practice and sitting.source.pool != Pool.PRACTICE:
        raise Refused(_("A practice takes its questions from the practice pool; this one draws sealed questions."))


def started(sitting: Sitting) -> bool:
    """Answer whether anyone has begun."""
    return sitting.candidates.filter(attempts__isnull=False).exists()


def check_drawable(sitting: Sitting) -> None:
    """Raise Refused with every reason why nobody could sit a paper from its blueprint or its fixed paper.

    Takes the fixed paper's lock, which whoever changes it takes too: what is checked here is what is sat.
    """
    if sitting.paper_set_id:
        PaperSet.objects.select_for_update(of=("self",)).get(pk=sitting.paper_set_id)
    short = lacking(sitting.source)
    if short:
        raise Refused([_("This blueprint cannot be drawn yet.") if sitting.blueprint else _("This paper is not ready yet."), *short])


@transaction.atomic
def create_sitting(sitting: Sitting, *, by: Person, at: datetime) -> Sitting:
    """Save a new sitting. The pass mark is the policy figure of the day it opens, for the unit that holds it, and stays as it is.

    Raises Refused when the blueprint lacks questions, `lms.policy.figures.NoFigure` when no pass mark is in force.
    """
    check_drawable(sitting)
    check_practice(sitting)
    figure = PolicyBook()(Key.PASS_MARK, timezone.localdate(sitting.opens_at), sitting.unit.path)
    sitting.pass_percent, sitting.pass_policy_id = figure.value.quantize(Decimal("0.01")), figure.id
    sitting.full_clean()
    sitting.save(force_insert=True)
    record(Verb.SITTING_CHANGED, sitting, by=by, at=at, detail=_terms(sitting))
    return sitting


@transaction.atomic
def change_sitting(sitting: Sitting, *, by: Person, at: datetime) -> Sitting:
    """Save changed terms. Once someone has begun, the terms are a promise: only a later closing is accepted, and what runs gets what it then allows.

    A changed time or place is told to every candidate. Raises Refused, also where another sitting has one of its rooms at the new time.
    """
    before = Sitting.objects.select_for_update().get(pk=sitting.pk)
    if before.cancelled_at is not None:
        raise Refused(_("This sitting was cancelled. Make a new one."))
    changed = {name for name in TERMS if getattr(sitting, name) != getattr(before, name)}
    if started(before):
        if changed - {"closes_at"} or sitting.closes_at < before.closes_at:
            raise Refused(_("Someone has begun this exam: only a later closing time can be set."))
    elif changed & {"blueprint", "paper_set"}:
        check_drawable(sitting)
    taken = refusals(sitting) if changed & {"opens_at", "closes_at"} else []
    if taken:
        raise Refused(taken)
    check_practice(sitting)
    sitting.full_clean(exclude=["pass_policy"])
    sitting.save()
    if "closes_at" in changed:
        terms_changed.send(Sitting, sitting=sitting, people=None, by=by, at=at)
    if changed & {"opens_at", "closes_at", "place"}:
        _tell(sitting, [c.person for c in sitting.candidates.select_related("person")], "changed", at=at)
    record(Verb.SITTING_CHANGED, sitting, by=by, at=at, detail=_terms(sitting) | {"changed": sorted(changed)})
    return sitting


@transaction.atomic
def cancel_sitting(sitting: Sitting, *, reason: str, by: Person, at: datetime) -> Sitting:
    """Call a sitting off and tell its candidates why. Raises Refused without a reason, or once results are out."""
    found = Sitting.objects.select_for_update().get(pk=sitting.pk)
    if not reason.strip():
        raise Refused(_("Say why the sitting is cancelled: candidates read it."))
    if found.cancelled_at is not None:
        return found
    if found.releases.exists():
        raise Refused(_("Results of this sitting are out; it can't be cancelled any more."))
    found.cancelled_at, found.cancel_reason = at, reason.strip()
    found.full_clean(exclude=["pass_policy"])
    found.save(update_fields=["cancelled_at", "cancel_reason"])
    _tell(found, [c.person for c in found.candidates.select_related("person")], "cancelled", at=at)
    record(Verb.SITTING_CANCELLED, found, by=by, at=at, detail={"title": found.title, "reason": found.cancel_reason})
    return found


@transaction.atomic
def add_candidates(sitting: Sitting, people: Iterable[Person], *, by: Person, at: datetime) -> list[Candidate]:
    """Admit people who are not admitted yet, in the order of units and staff numbers, and tell them. Nobody new leaves no audit line.

    Raises Refused for a sitting that is cancelled or over.
    """
    found = Sitting.objects.select_for_update().get(pk=sitting.pk)
    if found.done_with(at):
        raise Refused(_("This sitting is over or cancelled: nobody can be added."))
    there = set(found.candidates.values_list("person_id", flat=True))
    new = sorted(
        {p.pk: p for p in people if p.pk not in there}.values(), key=lambda p: (p.home_unit.path if p.home_unit else "", p.staff_number)
    )  # fmt: skip
    if not new:
        return []
    day = timezone.localdate(found.opens_at)
    first = next_number(day, Candidate.objects.filter(number__startswith=f"{day:%Y%m%d}-").values_list("number", flat=True))
    made = Candidate.objects.bulk_create(
        [Candidate(sitting=found, person=person, number=candidate_number(day, first + n)) for n, person in enumerate(new)]
    )
    _tell(found, new, "admitted", at=at)
    record(Verb.CANDIDATE_ADDED, found, by=by, at=at, detail={"people": [p.pk for p in new], "first": made[0].number, "last": made[-1].number})
    return made


@transaction.atomic
def remove_candidate(candidate: Candidate, *, by: Person, at: datetime) -> None:
    """Take a person off a sitting and tell them. Raises Refused once they have begun."""
    Candidate.objects.select_for_update(of=("self",)).filter(pk=candidate.pk).first()  # whoever is just starting comes first, or not at all
    if candidate.attempts.exists():
        raise Refused(_("%(name)s has begun this exam and stays on the list.") % {"name": candidate.person.name})
    sitting, person, number = candidate.sitting, candidate.person, candidate.number
    candidate.delete()
    Notice.objects.filter(person=person, key=f"sitting:{sitting.pk}:admitted", read_at=None).delete()
    _tell(sitting, [person], "removed", at=at)
    record(Verb.CANDIDATE_REMOVED, sitting, by=by, at=at, detail={"person": person.pk, "number": number})


def _tell(sitting: Sitting, people: Sequence[Person], what: str, *, at: datetime) -> None:
    """One notice a person, each in their own language. ``admitted`` once a sitting; others as often as they happen."""
    key = f"sitting:{sitting.pk}:{what}" + ("" if what == "admitted" else f":{at:%Y%m%d%H%M%S}")
    texts = {}
    for language in {person.language or settings.LANGUAGE_CODE for person in people}:
        with translation.override(language):
            texts[language] = _text(sitting, what)
    rows = []
    for person in people:
        title, body = texts[person.language or settings.LANGUAGE_CODE]
        link = f"/exams/{sitting.pk}/" if what in {"admitted", "changed"} else ""
        rows.append(Notice(person=person, key=key, title=title[:120], body=body, link=link, sent_at=at))
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def _text(sitting: Sitting, what: str) -> tuple[str, str]:
    words = {
        "title": sitting.title, "opens": date_format(timezone.localtime(sitting.opens_at), "SHORT_DATETIME_FORMAT"),
        "closes": date_format(timezone.localtime(sitting.closes_at), "SHORT_DATETIME_FORMAT"), "minutes": sitting.duration,
        "place": sitting.place or _("online"), "reason": sitting.cancel_reason,
    }  # fmt: skip
    when = _("From %(opens)s to %(closes)s, %(minutes)d minutes. Place: %(place)s.") % words
    if not sitting.duration:
        when = _("From %(opens)s to %(closes)s, no other time limit. Place: %(place)s.") % words
    return {
        "admitted": (_("You are admitted to an exam: %(title)s") % words, when),
        "changed": (_("Time or place of your exam has changed: %(title)s") % words, when),
        "cancelled": (_("Your exam is cancelled: %(title)s") % words, _("Reason: %(reason)s") % words),
        "removed": (_("You are no longer on the list of an exam: %(title)s") % words, _("If this is a mistake, ask whoever holds the exam.")),
    }[what]


def _terms(sitting: Sitting) -> dict[str, object]:
    plain = {name: getattr(sitting, name) for name in TERMS if name not in {"blueprint", "paper_set", "certificate_type", "unit"}}
    ids = {name: getattr(sitting, f"{name}_id") for name in ("blueprint", "paper_set", "certificate_type", "unit")}
    return plain | ids | {"pass_percent": sitting.pass_percent, "policy": sitting.pass_policy_id}
