"""Who: 600 people in their seats, with what befell them over three years."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password

from exams.demo.days import dice, month
from exams.demo.names import names
from exams.demo.places import CLOSED, DEPARTMENTS, ROOT
from exams.demo.seats import ACCOUNTS, KNOWN, RETIRED, Seat, seats
from lms.people.identity import check_character
from lms.people.models import Appointment, Person, Post, RoleGrant, Unit
from lms.people.names import initials
from lms.people.roles import keep_groups
from lms.people.states import Rank, Role

NOWHERE = "999999"  # no region has this code: numbers made with it are nobody's


@dataclass(slots=True)
class Staff:
    """Everybody, and by seat; `left` are the retired."""

    seats: list[tuple[Person, Seat]] = field(default_factory=list)
    left: list[Person] = field(default_factory=list)

    @property
    def everybody(self) -> list[Person]:
        return [person for person, _seat in self.seats] + self.left

    def holding(self, post: str) -> list[tuple[Person, Seat]]:
        return [(person, seat) for person, seat in self.seats if post in (seat.post, seat.second)]

    def numbered(self, staff_number: str) -> Person:
        return next(person for person in self.everybody if person.staff_number == staff_number)


def lay_people(units: dict[str, Unit], posts: dict[str, Post], today: date, password: str) -> Staff:
    """Insert people, appointments, roles. Only the nine demo sign-ins have a password, all the same one: hashed once."""
    staff, called, number, chance = Staff(), names(), 100, dice("people")
    known, reserved, encoded = dict(KNOWN), {n for n, _name in KNOWN.values()}, make_password(password)
    for count, seat in enumerate(seats() + [Seat(unit=u[0], post="keyuan") for u in DEPARTMENTS[:RETIRED]]):
        fixed = known.pop((seat.unit, seat.post), None) or (known.pop((seat.unit, seat.second), None) if seat.second else None)
        number += chance.randint(1, 17)
        while f"{number:06d}" in reserved:
            number += 1
        staff_number, name = fixed or (f"{number:06d}", next(called))
        age = chance.randint(24, 58) if fixed is None else 38
        person = Person(
            staff_number=staff_number, name=name, home_unit=units[seat.unit], rank=Rank.DIVISION if seat.division else Rank.SECTION,
            joined_on=_joined(today, age, chance.randint(0, 11)), demo=True, pinyin=initials(name),
            password=encoded if staff_number in ACCOUNTS.values() else "!",
        )  # fmt: skip
        person.set_identity_number(_identity(today.year - age, count))
        if count < len(seats()):
            staff.seats.append((person, seat))
        else:
            person.left_on = month(today, -(count % 30) - 2, 1)
            person.joined_on, person.is_active = date(today.year - 30, 7, 1), False
            staff.left.append(person)
    _newcomers(staff, today)
    Person.objects.bulk_create(staff.everybody, batch_size=200)
    _appoint(staff, units, posts, today)
    _grant(staff, units, today)
    return staff


def _joined(today: date, age: int, months: int) -> date:
    return min(month(today, -12 * max(age - 23, 1) - months), month(today, -48))


def _identity(year: int, count: int) -> str:
    body = f"{NOWHERE}{year:04d}{count % 12 + 1:02d}{count % 28 + 1:02d}{count % 1000:03d}"
    return body + check_character(body)


def _newcomers(staff: Staff, today: date) -> None:
    """Every fortieth officer joined this year or last."""
    officers = [person for person, seat in staff.seats if seat.post == "keyuan" and not seat.second and person.staff_number not in ACCOUNTS.values()]
    for count, person in enumerate(officers[5::12]):
        person.joined_on = month(today, -2 - count % 14)


def _appoint(staff: Staff, units: dict[str, Unit], posts: dict[str, Post], today: date) -> None:
    """One main appointment each, second hats, moves between units, promotions, acting holders, retirements, one closed unit."""
    rows: list[Appointment] = []

    def hold(person: Person, unit: str, post: str, since: date, until: date | None = None, *, reason: str = "", **more: bool) -> None:
        rows.append(
            Appointment(
                person=person, unit=units[unit], post=posts[post], valid_from=since, valid_to=until, end_reason=reason if until else "", **more
            )
        )

    closed_on = units[CLOSED[0]].closed_on or today
    known = {n for n, _name in KNOWN.values()}
    movable = 0
    for count, (person, seat) in enumerate(staff.seats):
        since = max(person.joined_on, date(today.year - 12, 1, 1))
        plain = seat.post == "keyuan" and not seat.second and person.staff_number not in known and since < month(today, -40)
        movable += plain
        if plain and movable % 9 == 4:  # came from another department
            moved = month(today, -3 - movable % 30)
            hold(person, DEPARTMENTS[(count * 5 + 3) % len(DEPARTMENTS)][0], "keyuan", since, moved, reason="调动")
            since = moved
        elif plain and movable % 31 == 7:  # came from the unit that was closed
            hold(person, CLOSED[0], "keyuan", since, closed_on, reason="单位撤并")
            since = closed_on
        elif seat.post == "kezhang" and count % 4 == 1 and person.staff_number not in known:  # promoted in the same unit
            promoted = month(today, -4 - count % 28)
            hold(person, seat.unit, "keyuan", since, promoted, reason="任职变动")
            since = promoted
        hold(person, seat.unit, seat.post, since)
        if seat.second == "anquan" and person.staff_number not in known and count % 2:  # no certificate yet: acting, with an end
            hold(person, seat.unit, "anquan", month(today, -2, 1), month(today, 4, 1), main=False, acting=True, reason="代理期限")
        elif seat.second:
            hold(person, seat.unit, seat.second, max(since, month(today, -34, 1)), main=False)
    acting_head = next(person for person, seat in staff.seats if seat.unit == "wenlv" and seat.post == "fenguan")
    hold(acting_head, "wenlv", "juzhang", month(today, -1, 1), month(today, 5, 1), main=False, acting=True, reason="代理期限")
    for person in staff.left:
        since = max(person.joined_on, date(today.year - 12, 1, 1))
        hold(person, person.home_unit.code if person.home_unit else ROOT, "keyuan", since, person.left_on, reason="退休")
    Appointment.objects.bulk_create(rows, batch_size=400)


def _grant(staff: Staff, units: dict[str, Unit], today: date) -> None:
    """One role for each demo sign-in; every unit's information administrator and head; a second HR officer and invigilators."""
    since = month(today, -30)
    own = {Role.UNIT_ADMIN.value: "caizheng", Role.HEAD.value: "caizheng"}
    rows = [
        RoleGrant(person=staff.numbered(number), role=role, unit=units[own.get(role, ROOT)], valid_from=since)
        for role, number in ACCOUNTS.items()
        if role != "learner"
    ]
    taken = {(row.person.pk, row.role, row.unit.pk) for row in rows}
    for person, seat in staff.seats:
        due = Role.HEAD if seat.post in {"juzhang", "xiangzhang"} else Role.UNIT_ADMIN if seat.second == "xinxiguanli" else None
        if due and (person.pk, due.value, units[seat.unit].pk) not in taken and person.staff_number != ACCOUNTS["trainer"]:
            rows.append(RoleGrant(person=person, role=due, unit=units[seat.unit], valid_from=max(person.joined_on, since)))
    former = next(person for person, seat in staff.seats if seat.unit == "renshe" and seat.post == "fenguan")
    rows.append(RoleGrant(person=former, role=Role.HR, unit=units[ROOT], valid_from=since, valid_to=month(today, -6) + timedelta(days=9)))
    RoleGrant.objects.bulk_create(rows)
    for writer in ("trainer", "centre"):
        keep_groups(staff.numbered(ACCOUNTS[writer]))
