"""Asking for first passwords, making them one by one, taking the slips once, wiping what is left lying."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.handouts.models import Handout, Slip
from lms.jobs.actions import enqueue
from lms.jobs.states import UNFINISHED
from lms.people.models import Person
from lms.people.passwords import LASTS, OneTime, reset_password
from lms.people.states import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What stands on one slip. ``until``: the password lapses then if it is not used."""

    name: str
    staff_number: str
    unit: str
    password: str = field(repr=False)
    until: datetime


@transaction.atomic
def ask(people: QuerySet[Person], *, ticked: bool, by: Person, at: datetime) -> Handout:
    """Queue one-time passwords for ``people``; ``ticked``: also for those who have a password already.

    Raises ValidationError where there is nobody, or while an earlier request of the same person is still being worked on: asked
    twice by a double click, the second slips would void the first.
    """
    Person.objects.select_for_update().get(pk=by.pk)
    if Handout.objects.filter(by=by, job__state__in=UNFINISHED).exists():
        raise ValidationError(_("Your last request is still being worked on; wait until it is finished."))
    chosen = list(people.order_by("home_unit__path", "staff_number").values_list("pk", flat=True))
    if not chosen:
        raise ValidationError(_("There is nobody to hand a first password to."))
    handout = Handout.objects.create(by=by, created_at=at, expires_at=at + LASTS)
    Slip.objects.bulk_create([Slip(handout=handout, person_id=pk, ticked=ticked) for pk in chosen], batch_size=500)
    title = _("First passwords for %(n)d people") % {"n": len(chosen)}
    handout.job = enqueue("handouts.make", title=title, by=by, at=at, key=f"handout:{handout.pk}", total=len(chosen), handout=handout.pk)
    handout.save(update_fields=["job"])
    record(Verb.PASSWORDS_ASKED, handout, by=by, at=at, detail={"people": len(chosen), "ticked": ticked})
    return handout


def make(slip: Slip, *, by: Person, at: datetime) -> None:
    """Give one person a one-time password and seal it on the slip, or write down why not. What another worker made is left alone.

    Whether ``by`` may is looked at now, not when it was asked. ``by`` is to be read anew now and then: roles end.
    """
    made = OneTime.new()  # before the transaction: the hash is slow, and SQLite lets one writer in at a time
    with transaction.atomic():
        slip = Slip.objects.select_for_update(of=("self",)).select_related("handout").get(pk=slip.pk)
        if slip.made_at is not None or slip.refused:
            return
        try:
            with transaction.atomic():
                person = _may_be_given(slip, by, at)
                slip.made_at = at
                slip.seal(made.plain)
                slip.save(update_fields=["sealed", "made_at"])
                Slip.objects.filter(person=person).exclude(pk=slip.pk).exclude(sealed="").update(sealed="")
                reset_password(person, by=by, at=at, made=made)
        except ValidationError as error:
            Slip.objects.filter(pk=slip.pk).update(refused=" ".join(error.messages)[:300])


def _may_be_given(slip: Slip, by: Person, at: datetime) -> Person:
    if slip.handout.expires_at <= at:
        raise ValidationError(_("The request has expired."))
    reached = Person.objects.reached_by(by, Act.MANAGE_PEOPLE, timezone.localdate(at)).filter(pk=slip.person_id)
    person = Person.objects.select_for_update().get(pk=slip.person_id)
    if not reached.exists():
        raise ValidationError(_("The person is no longer among those you look after."))
    if not slip.ticked and not Person.objects.filter(pk=person.pk).without_password(at).exists():
        raise ValidationError(_("The person has a password by now."))
    return person


@transaction.atomic
def take(handout: Handout, *, by: Person, at: datetime, form: str) -> list[Handed]:
    """Open the slips for the one who asked, and wipe them: this is the only time. ``form``: how they are taken, for the trail.

    A slip is left out whose person has another password by now, left, or is no longer within reach. Raises ValidationError for
    somebody else's, or what is not ready, taken or expired.
    """
    handout.refresh_from_db(from_queryset=Handout.objects.select_for_update(of=("self",)))
    if handout.by_id != by.pk or not handout.takable(at):
        raise ValidationError(_("These slips are no longer there: they can be taken once, within 72 hours."))
    reached = Person.objects.reached_by(by, Act.MANAGE_PEOPLE, timezone.localdate(at))
    slips = handout.slips.exclude(sealed="").filter(person__in=reached).select_related("person__home_unit")
    handed = [
        Handed(
            name=slip.person.name,
            staff_number=slip.person.staff_number,
            unit=str(slip.person.home_unit),
            password=slip.password(),
            until=slip.made_at + LASTS,
        )
        for slip in slips.order_by("person__home_unit__path", "person__staff_number")
        if slip.made_at is not None and slip.stands(slip.person)
    ]
    handout.slips.update(sealed="")
    handout.taken_at = handout.wiped_at = at
    handout.save(update_fields=["taken_at", "wiped_at"])
    record(Verb.PASSWORDS_TAKEN, handout, by=by, at=at, detail={"people": len(handed), "form": form})
    return handed


@transaction.atomic
def wipe_expired(*, at: datetime) -> int:
    """Wipe the slips that nobody took in time; returns of how many requests."""
    expired = Handout.objects.filter(wiped_at=None, expires_at__lte=at)
    Slip.objects.filter(handout__in=expired).exclude(sealed="").update(sealed="")
    return expired.update(wiped_at=at)
