"""What we can say about people, units and appointments."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models import Q

from lms.people.scope import reach, within
from lms.people.states import Act

if TYPE_CHECKING:
    from lms.people.models import Appointment, Person, Unit  # noqa: F401  (named in a base class)


class UnitQuerySet(models.QuerySet["Unit"]):
    def reached_by(self, person: "Person", act: Act, day: date) -> "UnitQuerySet":
        """Units to which ``person`` may do ``act``."""
        return self.filter(within(reach(person, act, day)))

    def open_on(self, day: date) -> "UnitQuerySet":
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day), founded_on__lte=day)

    def below(self, unit: "Unit") -> "UnitQuerySet":
        """``unit`` and everything under it."""
        return self.filter(path__startswith=unit.path)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def on(self, day: date) -> "AppointmentQuerySet":
        """Appointments in force on ``day``: ``valid_to`` is the first day no longer in force, None means until further notice."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)

    def main(self) -> "AppointmentQuerySet":
        return self.filter(main=True)

    def reached_by(self, person: "Person", act: Act, day: date) -> "AppointmentQuerySet":
        return self.filter(within(reach(person, act, day), "unit__path"))


class PersonQuerySet(models.QuerySet["Person"]):
    def reached_by(self, person: "Person", act: Act, day: date) -> "PersonQuerySet":
        """People of the units to which ``person`` may do ``act``: by the appointment they hold on ``day``, or the last they held."""
        paths = reach(person, act, day)
        return self.filter(within(paths, "home_unit__path"))

    def without_password(self, at: datetime) -> "PersonQuerySet":
        """People who have never had a password, or whose one-time password lapsed unused."""
        lapsed = Q(must_change_password=True, password_expires_at__lte=at)
        return self.filter(Q(password="") | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX) | lapsed)


class PersonManager(BaseUserManager["Person"].from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(staff_number=username)
