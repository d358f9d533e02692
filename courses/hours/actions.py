"""Crediting hours and taking them back."""

from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from courses.hours.models import HoursEntry, HoursKind
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person
from lms.policy.models import Policy

TITLE_LENGTH = 120


@transaction.atomic
def credit(
    person: Person, kind: HoursKind, hours: Decimal, *, earned_on: date, title: str, evidence: str, by: Person | None, at: datetime,
    policy: int | Policy | None = None, tier: str = "", professional: bool = False,
) -> tuple[HoursEntry, bool]:  # fmt: skip
    """Add hours for one piece of evidence; returns the entry and whether it is new.

    The same evidence twice, at the same instant too, gives the entry that stands: a unique constraint decides, not a look beforehand.
    Side effects in order: the entry; one audit line (none where the entry stood already). Raises ValidationError for no hours.
    """
    if hours <= 0:
        raise ValidationError(_("Hours are credited in amounts above zero."))
    entry = HoursEntry(
        person=person, kind=kind, hours=hours, earned_on=earned_on, title=title[:TITLE_LENGTH], evidence=evidence, tier=tier,
        professional=professional, policy_id=policy.pk if isinstance(policy, Policy) else policy, recorded_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        return HoursEntry.objects.get(person=person, evidence=evidence), False
    record(Verb.HOURS_CREDITED, entry, by=by, at=at, detail={"person": person.pk, "hours": str(hours), "evidence": evidence})
    return entry, True


@transaction.atomic
def reverse(entry: HoursEntry, *, reason: str, by: Person, at: datetime) -> HoursEntry:
    """Take an entry back by its negative, counted on the same day and in the same kind; the entry itself stays.

    Raises ValidationError where it has been taken back before, is itself a reversal, or no reason is given.
    """
    if entry.reverses_id is not None:
        raise ValidationError(_("A reversal can't be reversed. Credit the hours anew instead."))
    if not reason.strip():
        raise ValidationError(_("Say why these hours are taken back."))
    back = HoursEntry(
        person_id=entry.person_id, kind=entry.kind, hours=-entry.hours, earned_on=entry.earned_on, title=reason.strip()[:TITLE_LENGTH],
        evidence=f"reversal:{entry.pk}", tier=entry.tier, professional=entry.professional, policy_id=entry.policy_id, reverses=entry, recorded_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            back.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError(_("These hours have been taken back before.")) from error
    record(Verb.HOURS_REVERSED, back, by=by, at=at, detail={"entry": entry.pk, "hours": str(back.hours)})
    return back
