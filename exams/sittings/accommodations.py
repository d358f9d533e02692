"""Exceptions from a sitting's terms: for a person, for a named group, or standing for a person whatever they sit.

Rows are never changed: they end, and another takes their place. What follows for a person says `exams.sittings.terms`.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams.sittings.models import Sitting
from exams.sittings.terms import Given, Terms, effective, most_generous
from lms.statements import NUMBER, Blank, Ready

MOST_EXTRA = 300  # percent: four times the minutes; who needs more than that needs no limit
ENDED_WHOLLY = Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False)


class CandidateGroup(models.Model):
    """People of one sitting under a name, who are given something together."""

    append_only = ("name", "ended_at", "ended_by")

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(_("name of the group"), max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "name"], condition=Q(ended_at=None), name="group_name_once"),
            models.CheckConstraint(condition=ENDED_WHOLLY, name="group_ends_by_a_hand"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """A person in a group, from ``at`` until ``ended_at``."""

    append_only = ("ended_at", "ended_by")

    group = models.ForeignKey(CandidateGroup, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "person"], condition=Q(ended_at=None), name="group_member_once"),
            models.CheckConstraint(condition=ENDED_WHOLLY, name="member_ends_by_a_hand"),
        ]


class Accommodation(models.Model):
    """One exception. With a sitting it is for one person or one group there; without, it stands for a person from a day to a day, both included.

    None says nothing about that term; 0 minutes or attempts is no limit; ``extra`` is more time in percent of the minutes that hold.
    """

    append_only = ("ended_at", "ended_by")

    sitting = models.ForeignKey(Sitting, null=True, on_delete=models.PROTECT, related_name="accommodations")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="accommodations", verbose_name=_("candidate")
    )
    group = models.ForeignKey(CandidateGroup, null=True, on_delete=models.PROTECT, related_name="accommodations")
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts allowed"), null=True, blank=True)
    extra = models.PositiveSmallIntegerField(_("extra time, percent"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=120)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("accommodation")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sitting__isnull=False, valid_from=None, valid_to=None)
                | Q(sitting=None, valid_from__isnull=False, valid_to__gte=F("valid_from"))
                & Q(opens_at=None, closes_at=None, minutes=None, attempts=None),
                name="accommodation_here_or_standing",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, group=None) | Q(person=None, group__isnull=False, sitting__isnull=False),
                name="accommodation_of_one",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=False) | Q(closes_at__isnull=False) | Q(minutes__isnull=False) | Q(attempts__isnull=False)
                | Q(extra__isnull=False),
                name="accommodation_says_something",
            ),
            models.CheckConstraint(condition=Q(extra=None) | Q(extra__lte=MOST_EXTRA), name="accommodation_extra_in_bounds"),
            models.CheckConstraint(condition=~Q(reason=""), name="accommodation_has_a_reason"),
            models.CheckConstraint(condition=ENDED_WHOLLY, name="accommodation_ends_by_a_hand"),
            models.UniqueConstraint(fields=["sitting", "person"], condition=Q(ended_at=None), name="accommodation_once_a_person"),
            models.UniqueConstraint(fields=["group"], condition=Q(ended_at=None), name="accommodation_once_a_group"),
        ]  # fmt: skip

    @property
    def given(self) -> Given:
        return Given(opens=self.opens_at, closes=self.closes_at, minutes=self.minutes, attempts=self.attempts, extra=self.extra)


def _personal(person: Q, sitting: Q, day: date | Blank) -> "models.QuerySet[Accommodation]":
    return Accommodation.objects.filter(person, sitting | Q(sitting=None, valid_from__lte=day, valid_to__gte=day), ended_at=None)


def _shared(person: Q, sitting: Q) -> "models.QuerySet[Accommodation]":
    """Those of groups, each with the ``member`` it is for."""
    inside = Accommodation.objects.filter(person, sitting, ended_at=None, group__ended_at=None, group__members__ended_at=None)
    return inside.annotate(member=F("group__members__person"))


PERSONAL: Ready[Accommodation] = Ready(
    lambda person, sitting, day: _personal(Q(person=person), Q(sitting=sitting), day), person=NUMBER, sitting=NUMBER, day=models.DateField()
)
SHARED: Ready[Accommodation] = Ready(
    lambda person, sitting: _shared(Q(group__members__person=person), Q(sitting=sitting)), person=NUMBER, sitting=NUMBER
)


def terms_for(sitting: Sitting, people: Iterable[int], day: date) -> dict[int, Terms]:
    """The terms that hold for each of these people on a day, by primary key: two statements, however many they are."""
    held = terms_between({(sitting, person) for person in people}, day)
    return {person: terms for (_sitting, person), terms in held.items()}


def terms_between(pairs: Iterable[tuple[Sitting, int]], day: date) -> dict[tuple[int, int], Terms]:
    """The terms that hold for each pair of a sitting and a person, by their primary keys: two statements for all of them."""
    wanted = {(sitting.pk, person): sitting for sitting, person in pairs}
    sittings, people = {pk for pk, _person in wanted}, {person for _pk, person in wanted}
    if len(wanted) == 1:
        ((pk, person),) = wanted
        personal, shared = PERSONAL.all(person=person, sitting=pk, day=day), SHARED.all(person=person, sitting=pk)
    else:
        personal = list(_personal(Q(person__in=people), Q(sitting__in=sittings), day))
        shared = list(_shared(Q(group__members__person__in=people), Q(sitting__in=sittings)))
    own: dict[tuple[int | None, int | None], Given] = {}
    standing: dict[int | None, list[Given]] = defaultdict(list)
    groups: dict[tuple[int | None, int], list[Given]] = defaultdict(list)
    for row in personal:
        if row.sitting_id is None:
            standing[row.person_id].append(row.given)
        else:
            own[row.sitting_id, row.person_id] = row.given
    for row in shared:
        groups[row.sitting_id, row.member].append(row.given)  # type: ignore[attr-defined]
    return {
        (pk, person): effective(
            sitting.terms, own=own.get((pk, person)), groups=groups.get((pk, person), ()),
            standing=most_generous(standing[person]) if person in standing else None,
        )
        for (pk, person), sitting in wanted.items()
    }  # fmt: skip
