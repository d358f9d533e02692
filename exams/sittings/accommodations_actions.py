"""What may happen to exceptions: set, replaced, ended, copied. Deadlines of running attempts follow in the same transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from exams.signals import terms_changed
from exams.sittings.accommodations import Accommodation, CandidateGroup, GroupMember, terms_for
from exams.sittings.actions import Refused
from exams.sittings.models import Candidate, Sitting
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """How many exceptions came along, and how many people were passed over: not admitted here, or with an exception already."""

    people: int
    groups: int
    passed_over: int


@transaction.atomic
def accommodate(row: Accommodation, *, by: Person, at: datetime, replaces: Accommodation | None = None) -> Accommodation:
    """Save an exception for a person, in one sitting or standing; with ``replaces`` the older one ends at the same moment.

    Raises Refused: cancelled sitting, not admitted, a second one for the same person, ended by someone else meanwhile, a window that never opens.
    """
    assert row.person is not None
    sitting = _open(row.sitting)
    _lock(sitting, [row.person.pk])
    if replaces is not None:
        _end(replaces, by=by, at=at)
    if sitting is not None:
        if not sitting.candidates.filter(person=row.person).exists():
            raise Refused(_("%(name)s is not admitted to this sitting.") % {"name": row.person.name})
        if sitting.accommodations.filter(person=row.person, ended_at=None).exists():
            raise Refused(_("%(name)s has an exception already. Change that one.") % {"name": row.person.name})
    _write(row, by=by, at=at)
    _follow(row, [row.person.pk], by=by, at=at)
    record(Verb.ACCOMMODATION_SET, row, by=by, at=at, detail=_detail(row) | {"replaces": replaces.pk if replaces else None})
    return row


@transaction.atomic
def accommodate_group(
    row: Accommodation, *, name: str, people: Iterable[Person], by: Person, at: datetime, group: CandidateGroup | None = None
) -> Accommodation:
    """Save what a named group of a sitting is given, with exactly these people in it. With ``group`` it is that group that changes.

    Raises Refused: cancelled sitting, nobody in the group, someone not admitted, a second group of that name, a window that never opens.
    """
    sitting = _open(row.sitting)
    assert sitting is not None
    wanted = {person.pk: person for person in people}
    there = set(group.members.filter(ended_at=None).values_list("person_id", flat=True)) if group else set()
    _lock(sitting, {*wanted, *there})
    admitted = set(sitting.candidates.filter(person__in=wanted).values_list("person_id", flat=True))
    strangers = [person.name for pk, person in wanted.items() if pk not in admitted and pk not in there]
    if not wanted or strangers:
        raise Refused(_("Not admitted to this sitting: %(names)s.") % {"names": "、".join(strangers)} if wanted else _("Nobody is in the group."))
    if sitting.groups.filter(name=name.strip(), ended_at=None).exclude(pk=group.pk if group else 0).exists():
        raise Refused(_("There is a group of this name already."))
    if group is None:
        group = CandidateGroup(sitting=sitting, name=name.strip(), by=by, at=at)
        group.save(force_insert=True)
    else:
        CandidateGroup.objects.filter(pk=group.pk).update(name=name.strip())
        group.name = name.strip()
        for old in group.accommodations.filter(ended_at=None):
            _end(old, by=by, at=at)
        group.members.filter(ended_at=None).exclude(person__in=wanted).update(ended_at=at, ended_by=by)
    GroupMember.objects.bulk_create([GroupMember(group=group, person=person, by=by, at=at) for pk, person in wanted.items() if pk not in there])
    row.group = group
    _write(row, by=by, at=at)
    _follow(row, [*{*wanted, *there}], by=by, at=at)
    record(Verb.ACCOMMODATION_SET, row, by=by, at=at, detail=_detail(row) | {"group": group.name, "people": sorted(wanted)})
    return row


@transaction.atomic
def end_accommodation(row: Accommodation, *, by: Person, at: datetime) -> None:
    """End an exception, and its group with it; what runs falls back to what holds without. Again: nothing. Raises Refused for a cancelled sitting."""
    _open(row.sitting)
    people = [row.person_id] if row.group is None else list(row.group.members.filter(ended_at=None).values_list("person_id", flat=True))
    _lock(row.sitting, [pk for pk in people if pk])
    if not Accommodation.objects.filter(pk=row.pk, ended_at=None).exists():
        return
    _end(row, by=by, at=at)
    if row.group is not None:
        CandidateGroup.objects.filter(pk=row.group.pk, ended_at=None).update(ended_at=at, ended_by=by)
    _follow(row, [pk for pk in people if pk], by=by, at=at)
    record(Verb.ACCOMMODATION_ENDED, row, by=by, at=at, detail=_detail(row))


@transaction.atomic
def copy_accommodations(source: Sitting, target: Sitting, *, by: Person, at: datetime) -> Copied:
    """Give the people of ``target`` the minutes, attempts and extra time they have in ``source``; times of day belong to one window and stay there.

    Raises Refused for a cancelled target.
    """
    _open(target)
    admitted = set(target.candidates.values_list("person_id", flat=True))
    _lock(target, admitted)
    has = set(target.accommodations.filter(ended_at=None, group=None).values_list("person_id", flat=True))
    names = set(target.groups.filter(ended_at=None).values_list("name", flat=True))
    copied_people, groups, passed = 0, 0, 0
    for old in source.accommodations.filter(ended_at=None).select_related("group"):
        row = Accommodation(sitting=target, minutes=old.minutes, attempts=old.attempts, extra=old.extra, reason=old.reason)
        if (old.minutes, old.attempts, old.extra) == (None, None, None):
            passed += 1
        elif old.group is None:
            if old.person_id not in admitted or old.person_id in has:
                passed += 1
                continue
            row.person_id = old.person_id
            _write(row, by=by, at=at)
            copied_people += 1
        else:
            inside = set(old.group.members.filter(ended_at=None).values_list("person_id", flat=True))
            passed += len(inside - admitted)
            if old.group.name in names or not inside & admitted:
                continue
            row.group = CandidateGroup.objects.create(sitting=target, name=old.group.name, by=by, at=at)
            GroupMember.objects.bulk_create([GroupMember(group=row.group, person_id=pk, by=by, at=at) for pk in sorted(inside & admitted)])
            _write(row, by=by, at=at)
            groups += 1
    terms_changed.send(Sitting, sitting=target, people=sorted(admitted), by=by, at=at)
    done = Copied(people=copied_people, groups=groups, passed_over=passed)
    record(Verb.ACCOMMODATIONS_COPIED, target, by=by, at=at, detail={"from": source.pk, "people": done.people, "groups": done.groups})
    return done


def _open(sitting: Sitting | None) -> Sitting | None:
    """The sitting as it stands now. Raises Refused if it was cancelled."""
    found = Sitting.objects.get(pk=sitting.pk) if sitting else None
    if found is not None and found.cancelled_at is not None:
        raise Refused(_("This sitting was cancelled. Make a new one."))
    return found


def _lock(sitting: Sitting | None, people: Iterable[int]) -> None:
    """Whoever is just starting comes before this change or after it, never between: a start takes the same lock."""
    rows = Candidate.objects.filter(person__in=list(people)).select_for_update().order_by("pk")
    list((rows.filter(sitting=sitting) if sitting else rows).values_list("pk", flat=True))


def _end(row: Accommodation, *, by: Person, at: datetime) -> None:
    if not Accommodation.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at, ended_by=by):
        raise Refused(_("Someone else has changed this exception meanwhile. Look at the list again."))


def _write(row: Accommodation, *, by: Person, at: datetime) -> None:
    row.by, row.at, row.reason = by, at, row.reason.strip()
    row.full_clean(exclude=["by", "sitting", "person", "group", "ended_at", "ended_by"], validate_unique=False)
    row.save(force_insert=True)


def _follow(row: Accommodation, people: list[int], *, by: Person, at: datetime) -> None:
    """Check the windows that come out, and let running attempts follow. Raises Refused."""
    if row.sitting is not None:
        held = terms_for(row.sitting, people, timezone.localdate(at))
        if any(terms.closes <= terms.opens for terms in held.values()):
            raise Refused(_("With this the exam would close before it opens."))
        terms_changed.send(Sitting, sitting=row.sitting, people=people, by=by, at=at)
        return
    running = {"candidates__person__in": people, "candidates__attempts__isnull": False, "candidates__attempts__hand_in__isnull": True}
    for sitting in Sitting.objects.filter(**running).distinct():
        terms_changed.send(Sitting, sitting=sitting, people=people, by=by, at=at)


def _detail(row: Accommodation) -> dict[str, object]:
    return {
        "sitting": row.sitting_id, "person": row.person_id, "group": row.group_id, "opens_at": row.opens_at, "closes_at": row.closes_at,
        "minutes": row.minutes, "attempts": row.attempts, "extra": row.extra, "reason": row.reason, "from": row.valid_from, "to": row.valid_to,
    }  # fmt: skip
