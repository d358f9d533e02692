"""Confirming, returning, objecting and answering. Versions are added, never changed; the last one counts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from exams.assessment.gathering import PersonYear, person_year, person_years
from exams.assessment.material import gaps
from exams.assessment.models import AssessmentRecord, Objection
from exams.assessment.rows import last_day_to_object
from exams.assessment.states import RecordState, Standing
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.notices.models import Notice
from lms.people.models import Person
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook

SHOWN = 16  # characters of the digest that a form carries: enough to see a change, not a signature


class Refused(ValueError):
    """The act may not be done; ``code`` says why: changed, own, no_unit, not_confirmed, too_late, open_objection, answered."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What confirming many did: records added, and per person left out the reasons (`reasons_against`, or ``changed``)."""

    confirmed: list[AssessmentRecord] = field(default_factory=list)
    left_out: dict[int, list[str]] = field(default_factory=dict)


def reasons_against(view: PersonYear, by: Person) -> list[str]:
    """Return every reason why this year is not confirmed in bulk without a tick; empty when there is none.

    ``own`` and ``no_unit`` can't be overruled by a tick; ``gap``, ``objection`` and ``returned`` can.
    """
    reasons = []
    if view.person.pk == by.pk:
        reasons.append("own")
    if view.unit is None:
        reasons.append("no_unit")
    if gaps(view.lines):
        reasons.append("gap")
    if view.waiting:
        reasons.append("objection")
    if view.standing == Standing.RETURNED:
        reasons.append("returned")
    return reasons


FIRM = frozenset({"own", "no_unit"})


def _add(view: PersonYear, state: RecordState, *, by: Person, at: datetime, reason: str = "") -> AssessmentRecord:
    if view.unit is None:
        raise Refused("no_unit")
    return AssessmentRecord.objects.create(
        person=view.person, unit=view.unit, year=view.year, version=(view.latest.version if view.latest else 0) + 1, state=state,
        lines=view.lines, digest=view.digest, reason=reason, by=by, at=at,
    )  # fmt: skip


def _locked(person: Person) -> Person:
    """Lock one person: versions of one year count up without a hole, whoever presses at the same time."""
    return Person.objects.select_for_update(of=("self",)).select_related("home_unit").get(pk=person.pk)


@transaction.atomic
def confirm(person: Person, year: int, *, shown: str, by: Person, at: datetime) -> AssessmentRecord:
    """Confirm the material as shown; ``shown`` begins its digest. Confirming it again unchanged returns the version there is.

    Side effects in order: a new version, a notice to the person with the last day to object, audit line.
    Raises Refused: ``changed`` (something moved since it was shown), ``own``, ``no_unit``.
    """
    person = _locked(person)
    if person.pk == by.pk:
        raise Refused("own")
    view = person_year(person, year, today=timezone.localdate(at))
    if not shown or not view.digest.startswith(shown):
        raise Refused("changed")
    if view.standing == Standing.CONFIRMED and view.latest:
        return view.latest
    added = _add(view, RecordState.CONFIRMED, by=by, at=at)
    tell([added])
    record(Verb.ASSESSMENT_CONFIRMED, added, by=by, at=at, detail={"year": year, "version": added.version, "digest": added.digest})
    return added


@transaction.atomic
def confirm_many(shown: Mapping[int, str], year: int, *, ticked: Collection[int], by: Person, at: datetime) -> Outcome:
    """Confirm the material of many, each as shown (person id → beginning of its digest); one audit line names all new versions.

    Left out: whoever's material changed since it was shown, one's own, and those with `reasons_against` that are not in ``ticked``.
    Nothing is raised for one person: the outcome says who was left out and why. The caller passes only people within reach.
    """
    people = Person.objects.select_for_update(of=("self",)).select_related("home_unit").filter(pk__in=list(shown)).order_by("pk")
    outcome = Outcome()
    for pk, view in person_years(people, year, today=timezone.localdate(at)).items():
        reasons = reasons_against(view, by)
        if not shown[pk] or not view.digest.startswith(shown[pk]):
            outcome.left_out[pk] = ["changed"]
        elif view.standing == Standing.CONFIRMED:
            continue
        elif FIRM.intersection(reasons) or (reasons and pk not in ticked):
            outcome.left_out[pk] = reasons
        else:
            outcome.confirmed.append(_add(view, RecordState.CONFIRMED, by=by, at=at))
    tell(outcome.confirmed)
    if outcome.confirmed:
        detail = {
            "year": year,
            "records": [r.pk for r in outcome.confirmed],
            "ticked": sorted(r.person_id for r in outcome.confirmed if r.person_id in ticked),
        }
        record(Verb.ASSESSMENT_CONFIRMED, f"assessment:{year}", by=by, at=at, detail=detail)
    return outcome


@transaction.atomic
def return_record(person: Person, year: int, *, reason: str, by: Person, at: datetime) -> AssessmentRecord:
    """Send the material back for correction, with the reason: a version in state returned, which no batch takes.

    Raises Refused ``no_unit``, ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("Returning material needs a reason.")
    view = person_year(_locked(person), year, today=timezone.localdate(at))
    added = _add(view, RecordState.RETURNED, by=by, at=at, reason=reason.strip())
    record(Verb.ASSESSMENT_RETURNED, added, by=by, at=at, detail={"year": year, "version": added.version})
    return added


def objection_until(confirmed: AssessmentRecord, book: PolicyBook | None = None) -> date:
    """Return the last day to object to a confirmed record. Raises `lms.policy.figures.NoFigure`."""
    day = timezone.localdate(confirmed.at)
    figure = (book or PolicyBook())(Key.OBJECTION_DAYS, day, confirmed.unit.path)
    return last_day_to_object(day, int(figure.value))


@transaction.atomic
def lodge_objection(confirmed: AssessmentRecord, *, text: str, by: Person, at: datetime) -> Objection:
    """The person says that something in their confirmed material is wrong.

    Raises Refused: ``own`` (somebody else's record), ``not_confirmed`` (not the version that counts), ``too_late``, ``open_objection``.
    """
    if confirmed.person_id != by.pk:
        raise Refused("own")
    _locked(by)
    latest = AssessmentRecord.objects.filter(person=by, year=confirmed.year).current().get()
    if latest.pk != confirmed.pk or latest.state != RecordState.CONFIRMED:
        raise Refused("not_confirmed")
    if timezone.localdate(at) > objection_until(confirmed):
        raise Refused("too_late")
    if Objection.objects.filter(record__person=by, record__year=confirmed.year, answered_at=None).exists():
        raise Refused("open_objection")
    objection = Objection.objects.create(record=confirmed, text=text.strip(), at=at)
    record(Verb.ASSESSMENT_OBJECTED, confirmed, by=by, at=at, detail={"objection": objection.pk, "year": confirmed.year})
    return objection


@transaction.atomic
def answer_objection(objection: Objection, *, answer: str, by: Person, at: datetime) -> Objection:
    """Answer an objection, once. Raises Refused: ``own`` (one's own objection), ``answered``; ValueError without an answer.

    Nothing in the material is changed by it but the line that counts objections; what was wrong is put right where it is recorded.
    """
    if not answer.strip():
        raise ValueError("An answer has words.")
    objection = Objection.objects.select_for_update(of=("self",)).select_related("record__person").get(pk=objection.pk)
    if objection.record.person_id == by.pk:
        raise Refused("own")
    if objection.answered_at is not None:
        raise Refused("answered")
    objection.answer, objection.answered_by, objection.answered_at = answer.strip(), by, at
    objection.save(update_fields=["answer", "answered_by", "answered_at"])
    whose = objection.record
    with translation.override(whose.person.language or "zh-hans"):
        Notice.objects.get_or_create(
            person=whose.person, key=f"assessment:answer:{objection.pk}",
            defaults={
                "title": _("Your objection to the assessment material has been answered."), "body": objection.answer,
                "link": address_of(whose), "sent_at": at,
            },
        )  # fmt: skip
    record(Verb.OBJECTION_ANSWERED, whose, by=by, at=at, detail={"objection": objection.pk})
    return objection


def address_of(confirmed: AssessmentRecord) -> str:
    """Return where its person reads it."""
    return f"{reverse('assessment_mine')}?year={confirmed.year}"


def tell(records: list[AssessmentRecord]) -> None:
    """Tell each person in their language that their material was confirmed; one notice per version."""
    notices = []
    for row in records:
        with translation.override(row.person.language or "zh-hans"):
            title = _("Your assessment material of %(year)s has been confirmed.") % {"year": row.year}
            body = _("Please check it. If something does not fit the facts, you may object within the time stated there.")
        notices.append(Notice(person=row.person, key=f"assessment:{row.pk}", title=title, body=body, link=address_of(row), sent_at=row.at))
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
