"""Who holds which post where from when: appointing, moving, ending."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.checks import Obstacle, Refused, obstacles
from lms.people.models import Appointment, Person, Post, Unit
from lms.signals import person_appointed


@transaction.atomic
def appoint(
    person: Person,
    unit: Unit,
    post: Post,
    *,
    valid_from: date,
    by: Person | None,
    at: datetime,
    valid_to: date | None = None,
    main: bool = True,
    acting: bool = False,
) -> Appointment:
    """Give ``person`` a post in a unit from ``valid_from`` until the day before ``valid_to`` (None: until further notice).

    Side effects in order: the main appointment in the way is ended that day (or voided, if it began that day), an acting
    appointment to the same post is ended, the new row, the person's home unit, audit line; `person_appointed` on commit.
    Raises Refused with every reason; what acting cures is let through for an acting appointment with an end.
    """
    appointment = place(person, unit, post, valid_from=valid_from, valid_to=valid_to, main=main, acting=acting, at=at)
    detail = {"appointment": appointment.pk, "unit": unit.code, "post": post.code, "from": valid_from, "to": valid_to, "acting": acting, "main": main}
    record(Verb.PERSON_APPOINTED, person, by=by, at=at, detail=detail)
    return appointment


@transaction.atomic
def move_person(person: Person, unit: Unit, *, day: date, by: Person | None, at: datetime, post: Post | None = None) -> Appointment:
    """Move a person's main appointment to another unit from ``day``, in the same post unless another is named.

    Raises Refused, also for a person without a main appointment where no post is named.
    """
    held = Appointment.objects.filter(person=person, voided=False).main().on(day).select_related("post", "unit").last()
    if held is None and post is None:
        raise Refused([_no("no_main", _("%(name)s holds no main post on that day; appoint them instead.") % {"name": person.name})])
    chosen = post or (held.post if held else None)
    assert chosen is not None
    if held is not None and not held.acting and held.valid_to is None and (held.unit_id, held.post_id) == (unit.pk, chosen.pk):
        raise Refused([_no("holds_it", _("%(name)s holds this post in this unit already.") % {"name": person.name})])
    before = held.unit.code if held else None
    appointment = place(person, unit, chosen, valid_from=day, valid_to=None, main=True, acting=False, at=at)
    record(Verb.PERSON_MOVED, person, by=by, at=at, detail={"from_unit": before, "unit": unit.code, "post": chosen.code, "from": day})
    return appointment


@transaction.atomic
def end_appointment(appointment: Appointment, *, day: date, reason: str, by: Person | None, at: datetime) -> Appointment:
    """End an appointment; ``day`` is the first day no longer in force. On or before its first day it is voided: it never was."""
    end_rows(Appointment.objects.filter(pk=appointment.pk), day, reason)
    appointment.refresh_from_db()
    settle_home(appointment.person, timezone.localdate(at))
    record(Verb.APPOINTMENT_ENDED, appointment, by=by, at=at, detail={"person": appointment.person_id, "to": appointment.valid_to})
    return appointment


def reasons_against(person: Person, unit: Unit, post: Post, *, valid_from: date, valid_to: date | None, main: bool) -> list[Obstacle]:
    """Everything that speaks against an appointment: what this room knows, then what higher rooms registered."""
    found = []
    if person.left_on is not None and person.left_on <= valid_from:
        found.append(_no("person_left", _("%(name)s has left; reinstate them first.") % {"name": person.name}))
    if unit.closed_on is not None and unit.closed_on <= valid_from:
        found.append(_no("unit_closed", _("%(unit)s is closed on that day.") % {"unit": unit.name}))
    if unit.founded_on > valid_from:
        found.append(_no("unit_not_yet", _("%(unit)s did not exist on that day.") % {"unit": unit.name}))
    standing = _overlapping(person, valid_from, valid_to)
    if main and standing.filter(main=True, valid_from__gt=valid_from).exists():
        found.append(_no("later_main", _("A main appointment stands from a later day; end it first.")))
    if standing.filter(unit=unit, post=post, acting=False).filter(Q(main=False) | Q(main=main)).exclude(valid_from=valid_from, main=main).exists():
        found.append(_no("holds_it", _("%(name)s holds this post in this unit already.") % {"name": person.name}))
    return found + obstacles(person, unit, post, valid_from)


def settle_home(person: Person, day: date) -> None:
    """Keep ``home_unit``: the unit of the main appointment last in force on ``day``, else of the first one to come."""
    mains = Appointment.objects.filter(person=person, main=True, voided=False)
    held = mains.filter(valid_from__lte=day).order_by("-valid_from", "-pk").first() or mains.order_by("valid_from").first()
    if held is not None and held.unit_id != person.home_unit_id:
        person.home_unit_id = held.unit_id
        person.save(update_fields=["home_unit"])


def _no(code: str, sentence: str) -> Obstacle:
    return Obstacle(code=code, sentence=sentence, acting_cures=False)


def _overlapping(person: Person, valid_from: date, valid_to: date | None) -> QuerySet[Appointment]:
    standing = Appointment.objects.filter(person=person, voided=False).filter(Q(valid_to=None) | Q(valid_to__gt=valid_from))
    return standing if valid_to is None else standing.filter(valid_from__lt=valid_to)


def end_rows(rows: QuerySet[Appointment], day: date, reason: str) -> None:
    """End appointments on ``day``, the first day no longer in force; those that begin on it or later are voided."""
    for row in rows:
        if row.valid_from >= day:
            rows.model.objects.filter(pk=row.pk).update(valid_to=row.valid_from, voided=True, end_reason=reason)
        else:
            rows.model.objects.filter(pk=row.pk).update(valid_to=day, end_reason=reason)


def place(person: Person, unit: Unit, post: Post, *, valid_from: date, valid_to: date | None, main: bool, acting: bool, at: datetime) -> Appointment:
    """Write one appointment and end those it replaces, under the caller's lock and audit line. Raises Refused with every reason against it."""
    person.left_on = Person.objects.select_for_update().get(pk=person.pk).left_on  # as it is now, under the lock
    against = reasons_against(person, unit, post, valid_from=valid_from, valid_to=valid_to, main=main)
    if acting and valid_to is not None:
        against = [reason for reason in against if not reason.acting_cures]
    if acting and valid_to is None:
        against.append(_no("acting_needs_end", _("An acting appointment needs an end.")))
    if valid_to is not None and valid_to <= valid_from:
        against.append(_no("dates", _("The end must come after the beginning.")))
    if against:
        raise Refused(against)
    standing = _overlapping(person, valid_from, valid_to)
    if main:
        end_rows(standing.filter(main=True), valid_from, _("followed by another main post"))
    end_rows(standing.filter(unit=unit, post=post, acting=True), valid_from, _("followed by a regular appointment"))
    row = Appointment(person=person, unit=unit, post=post, main=main, acting=acting, valid_from=valid_from, valid_to=valid_to)
    row.save(force_insert=True)
    settle_home(person, timezone.localdate(at))
    transaction.on_commit(lambda: person_appointed.send(sender=Appointment, appointment=row))
    return row
