"""Rooms to sit exams in: which may be taken, and which are taken already."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exams.sittings.models import Place, Room, RoomUse, Sitting
from lms.people.models import Person, Unit
from lms.people.scope import reach, within
from lms.people.states import Act


def kept_by(person: Person, day: date) -> QuerySet[Place]:
    """The places of the units for which ``person`` may hold sittings: theirs to change."""
    return Place.objects.filter(within(reach(person, Act.MANAGE_SITTINGS, day), "unit__path")).select_related("unit")


def rooms_for(unit: Unit, person: Person, day: date) -> QuerySet[Room]:
    """The rooms a sitting of ``unit`` may take: those ``person`` keeps, and those of the units above ``unit``, such as the county's centre."""
    steps = unit.path.split("/")[:-1]
    above = ["/".join(steps[: n + 1]) + "/" for n in range(len(steps))]
    mine = within(reach(person, Act.MANAGE_SITTINGS, day), "place__unit__path")
    return Room.objects.filter(mine | Q(place__unit__path__in=above), in_use=True, place__in_use=True).select_related("place__unit")


def clashes(rooms: Iterable[int], *, opens_at: datetime, closes_at: datetime, but: int | None) -> list[RoomUse]:
    """The uses of these rooms by other sittings whose windows overlap; one that ends when the other begins does not.

    Takes the rooms' locks first, in their order, so that of two sittings booked at once the second finds the first. Needs a transaction.
    """
    wanted = sorted(rooms)
    list(Room.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True))
    there = RoomUse.objects.filter(room__in=wanted, sitting__cancelled_at=None, sitting__opens_at__lt=closes_at, sitting__closes_at__gt=opens_at)
    return list(there.exclude(sitting=but).select_related("sitting", "room__place").order_by("room", "sitting__opens_at"))


def sentence_of(use: RoomUse) -> str:
    """Say who has a room, and when."""
    opens, closes = timezone.localtime(use.sitting.opens_at), timezone.localtime(use.sitting.closes_at)
    return _("%(room)s is taken by “%(title)s” from %(opens)s to %(closes)s. Choose another room or time.") % {
        "room": use.room, "title": use.sitting.title, "opens": date_format(opens, "SHORT_DATETIME_FORMAT"),
        "closes": date_format(closes, "SHORT_DATETIME_FORMAT"),
    }  # fmt: skip


def refusals(sitting: Sitting) -> list[str]:
    """Why a sitting cannot keep its rooms with the times it has now (not saved yet, perhaps); empty when it can. Needs a transaction."""
    rooms = list(sitting.rooms.values_list("room", flat=True))
    return [sentence_of(use) for use in clashes(rooms, opens_at=sitting.opens_at, closes_at=sitting.closes_at, but=sitting.pk)] if rooms else []
