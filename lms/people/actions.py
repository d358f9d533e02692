"""What may happen to a person's record. Appointments: `lms.people.appointing`; roles: `lms.people.roles`; passwords: `lms.people.passwords`."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.appointing import end_rows, place, settle_home
from lms.people.identity import BadIdentityNumber
from lms.people.models import Person, Post, Unit
from lms.people.names import initials
from lms.people.passwords import ONE_TIME_FIELDS, OneTime, check_hand_over, give
from lms.people.roles import keep_groups, role_boundary
from lms.people.states import Rank
from lms.signals import person_left

IDENTITY_REASONS = {
    "length": gettext_lazy("An identity number has 18 characters."),
    "characters": gettext_lazy("An identity number has 17 digits and a digit or X."),
    "date": gettext_lazy("The date of birth inside the identity number does not exist."),
    "checksum": gettext_lazy("The last character of the identity number does not fit the others; compare it with the card."),
}


@transaction.atomic
def add_person(
    staff_number: str,
    name: str,
    *,
    unit: Unit,
    post: Post,
    valid_from: date,
    by: Person | None,
    at: datetime,
    identity_number: str = "",
    rank: Rank | str = Rank.SECTION,
) -> tuple[Person, str]:
    """Add a person and appoint them; returns the person and their one-time password, shown once.

    Raises ValidationError (field by field) and Refused. Two audit lines: the person, the appointment.
    """
    person = Person(staff_number=staff_number, name=name, rank=rank, joined_on=valid_from, home_unit=unit, pinyin=initials(name))
    _set_identity(person, identity_number)
    made = OneTime.new()
    give(person, made, at=at)
    person.full_clean(exclude=["password"])
    person.save()
    row = place(person, unit, post, valid_from=valid_from, valid_to=None, main=True, acting=False, at=at)
    detail = {"staff_number": staff_number, "unit": unit.code, "post": post.code, "from": valid_from, "appointment": row.pk}
    record(Verb.PERSON_ADDED, person, by=by, at=at, detail=detail)
    return person, made.plain


def _set_identity(person: Person, number: str) -> None:
    try:
        person.set_identity_number(number)
    except BadIdentityNumber as bad:
        raise ValidationError({"identity_number": str(IDENTITY_REASONS[bad.reason])}) from None
    if person.identity_digest and Person.objects.filter(identity_digest=person.identity_digest).exclude(pk=person.pk).exists():
        raise ValidationError({"identity_number": _("Another person has this identity number.")})


@transaction.atomic
def change_person(person: Person, *, by: Person | None, at: datetime, **changes: Any) -> Person:
    """Change name, rank or identity_number ('' leaves the number as it is; None clears it). The trail names the fields, not their contents."""
    written = ["pinyin"]
    for field in ("name", "rank"):
        if field in changes:
            setattr(person, field, changes[field])
            written.append(field)
    person.pinyin = initials(person.name)
    number = changes.get("identity_number", "")
    if number or number is None:
        _set_identity(person, number or "")
        written += ["identity_sealed", "identity_digest", "identity_tail"]
    person.full_clean()
    person.save(update_fields=written)  # the row may be older than someone else's change: an account closed meanwhile stays closed
    record(Verb.PERSON_CHANGED, person, by=by, at=at, detail={"fields": sorted(f for f in changes if f != "identity_number" or number != "")})
    return person


@transaction.atomic
def retire(person: Person, *, day: date, reason: str, by: Person | None, at: datetime) -> Person:
    """End a person's service; ``day`` is the first day no longer served.

    Side effects in order: appointments and role grants end that day; if the day has come the account is closed and the password
    made useless, so that every open session dies with it; audit line; `person_left` on commit. A later day is carried out by the
    daily sweep (`close_accounts`). Raises ValidationError for a day before joining or for oneself.
    """
    if by is not None and by.pk == person.pk:
        raise ValidationError(_("Nobody can retire themselves; ask another HR officer."))
    if day < person.joined_on:
        raise ValidationError({"day": _("The person joined after that day.")})
    Person.objects.select_for_update().get(pk=person.pk)  # whoever appoints the person at the same time waits here, or we for them
    standing = person.appointments.filter(voided=False).filter(Q(valid_to=None) | Q(valid_to__gt=day))
    end_rows(standing, day, reason)
    for grant in person.grants.filter(Q(valid_to=None) | Q(valid_to__gt=day)):
        person.grants.filter(pk=grant.pk).update(valid_to=max(day, grant.valid_from))
    person.left_on = day
    if day <= timezone.localdate(at):
        _close(person)
    person.save(update_fields=["left_on", "is_active", "password"])
    record(Verb.PERSON_RETIRED, person, by=by, at=at, detail={"day": day})
    transaction.on_commit(lambda: person_left.send(sender=Person, person=person))
    return person


def _close(person: Person) -> None:
    person.is_active = False
    person.set_unusable_password()
    keep_groups(person)


@transaction.atomic
def close_accounts(*, at: datetime) -> int:
    """Close the accounts of those whose last day has passed, keep home units and groups in step with dates; returns how many were closed."""
    day = timezone.localdate(at)
    leaving = list(Person.objects.filter(is_active=True, left_on__lte=day))
    for person in leaving:
        _close(person)
        person.save(update_fields=["is_active", "password"])
    starting = Person.objects.filter(
        appointments__main=True, appointments__voided=False, appointments__valid_from__range=(day - timedelta(days=31), day)
    )
    for person in starting.distinct():
        settle_home(person, day)
    for person in Person.objects.filter(role_boundary(day)).distinct():
        keep_groups(person, day)
    return len(leaving)


@transaction.atomic
def reinstate(person: Person, *, unit: Unit, post: Post, day: date, by: Person | None, at: datetime) -> str:
    """Take a person who left back into service, in a post from ``day``; returns a new one-time password. Old roles do not come back."""
    if person.left_on is None:
        raise ValidationError(_("The person has not left."))
    if by is not None:
        check_hand_over(person, by=by, at=at)  # someone who leaves on a later day still holds their roles
    made = OneTime.new()
    person.left_on, person.is_active = None, True
    give(person, made, at=at)
    person.save(update_fields=["left_on", "is_active", *ONE_TIME_FIELDS])
    place(person, unit, post, valid_from=day, valid_to=None, main=True, acting=False, at=at)
    record(Verb.PERSON_REINSTATED, person, by=by, at=at, detail={"day": day, "unit": unit.code, "post": post.code})
    return made.plain


@transaction.atomic
def reveal_identity(person: Person, *, by: Person, at: datetime, reason: str) -> str:
    """Return the full identity number; that it was shown, to whom and why, is recorded."""
    number = person.identity_number()
    record(Verb.IDENTITY_REVEALED, person, by=by, at=at, detail={"reason": reason})
    return number


@transaction.atomic
def remember_display(person: Person, field: str, value: str, *, at: datetime) -> None:
    """Keep a person's own choice of text size, theme or language."""
    setattr(person, field, value)
    person.save(update_fields=[field])
    record(Verb.PREFERENCES_CHANGED, person, by=person, at=at, detail={"field": field})
