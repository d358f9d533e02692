"""Who sits where: the arithmetic by tables and properties, then giving, moving and clearing seats."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.sittings.actions import Refused
from exams.sittings.models import Candidate, Seat
from exams.sittings.seating import BadSeats, Hall, Shortage, Sitter, beside, left_of, numbers_in, row_and_column, seat_all
from exams.sittings.seating_actions import clear_seats, give_seats, move
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from tests.conftest import NOW
from tests.factories.people import PersonFactory
from tests.factories.rooms import make_room, ticket_for, use
from tests.factories.sittings import make_attempt, make_sitting


@pytest.mark.parametrize(
    ("text", "seats"),
    [
        ("", set()), ("3", {3}), ("3, 7, 12-14", {3, 7, 12, 13, 14}), ("３、７，１２－１４", {3, 7, 12, 13, 14}), ("1~3 3", {1, 2, 3}),
        ("  5 ;6；7", {5, 6, 7}), ("8至9", {8, 9}),
    ],
)  # fmt: skip
def test_blocked_seats_are_read_as_people_write_them(text: str, seats: set[int]) -> None:
    assert numbers_in(text) == seats


@pytest.mark.parametrize("text", ["x", "3-", "7-3", "0", "12345", "3--5", "-2", "3.5"])
def test_what_is_no_seat_is_named(text: str) -> None:
    with pytest.raises(BadSeats):
        numbers_in(text)


@pytest.mark.parametrize(
    ("seat", "columns", "where", "left", "near"),
    [
        (1, 4, (1, 1), None, {2}), (4, 4, (1, 4), 3, set()), (5, 4, (2, 1), None, {6, 1, 2}), (6, 4, (2, 2), 5, {7, 2, 1, 3}),
        (8, 4, (2, 4), 7, {4, 3}), (1, 0, None, None, {2}), (9, 0, None, 8, {10}), (3, 1, (3, 1), None, {2}),
    ],
)  # fmt: skip
def test_neighbours_follow_the_rows(seat: int, columns: int, where: object, left: object, near: set[int]) -> None:
    assert (row_and_column(seat, columns), left_of(seat, columns), set(beside(seat, columns))) == (where, left, near)


PEOPLE = st.lists(st.sampled_from("甲乙丙丁戊"), max_size=40).map(lambda units: [Sitter(id=n, unit=unit) for n, unit in enumerate(units)])


@st.composite
def halls(draw: st.DrawFn) -> list[Hall]:
    found = []
    for n in range(draw(st.integers(1, 3))):
        count, columns = draw(st.integers(1, 24)), draw(st.integers(0, 6))
        blocked = draw(st.sets(st.integers(1, count), max_size=count // 2))
        found.append(Hall(id=n, seats=tuple(s for s in range(1, count + 1) if s not in blocked), columns=columns))
    return found


@given(PEOPLE, halls(), st.integers(0, 2**31))
def test_everyone_sits_once_on_a_seat_that_exists_or_nobody_does(people, rooms, seed) -> None:
    room_for = sum(len(hall.seats) for hall in rooms)
    if len(people) > room_for:
        with pytest.raises(Shortage) as short:
            seat_all(people, rooms, seed)
        assert (short.value.people, short.value.seats) == (len(people), room_for)
        return
    given_seats = seat_all(people, rooms, seed)
    assert sorted(one.sitter for one in given_seats) == [sitter.id for sitter in people]
    assert len({(one.hall, one.seat) for one in given_seats}) == len(people)
    assert all(one.seat in rooms[one.hall].seats for one in given_seats)
    assert given_seats == seat_all(list(reversed(people)), rooms, seed)  # the order of the list gives nothing away


@given(PEOPLE, st.integers(0, 2**31))
def test_in_one_line_no_two_of_a_unit_sit_side_by_side_if_it_can_be(people, seed) -> None:
    biggest = max((sum(1 for p in people if p.unit == unit) for unit in {p.unit for p in people}), default=0)
    if 2 * biggest > len(people) + 1:
        return
    unit_of = {sitter.id: sitter.unit for sitter in people}
    line = [unit_of[one.sitter] for one in seat_all(people, [Hall(id=1, seats=tuple(range(1, 41)))], seed)]
    assert [pair for pair in zip(line, line[1:], strict=False) if pair[0] == pair[1]] == []


def test_a_plan_for_a_thousand_is_quick_and_keeps_units_apart() -> None:
    people = [Sitter(id=n, unit=str(n % 40)) for n in range(1000)]
    rooms = [Hall(id=n, seats=tuple(range(1, 51)), columns=10) for n in range(20)]
    seats = {(one.hall, one.seat): one.sitter % 40 for one in seat_all(people, rooms, 7)}
    clashes = [key for key, unit in seats.items() for n in (*beside(key[1], 10), left_of(key[1], 10)) if n and seats.get((key[0], n)) == unit]
    assert clashes == []


def test_those_who_sit_already_count_as_neighbours_and_stay() -> None:
    rooms = [Hall(id=1, seats=(1, 2, 3, 4), taken={2: "甲"})]
    for seed in range(20):
        given_seats = {one.seat: one.sitter for one in seat_all([Sitter(id=n, unit=unit) for n, unit in enumerate("甲乙丙")], rooms, seed)}
        assert given_seats[4] == 0
        assert sorted(given_seats) == [1, 3, 4]


# --- in the database --------------------------------------------------------------------------------------------------


@pytest.fixture
def hall(county) -> SimpleNamespace:
    """A sitting tomorrow in a room of twelve with two seats blocked; six candidates of two units."""
    sitting = make_sitting(county.root)
    people = [PersonFactory(home_unit=county.finance if n % 2 else county.township) for n in range(6)]
    candidates = [Candidate.objects.create(sitting=sitting, person=p, number=f"20261124-{n:04d}") for n, p in enumerate(people, 1)]
    (booked,) = use(sitting, make_room(county.root, blocked="1, 12"))
    return SimpleNamespace(sitting=sitting, candidates=candidates, use=booked, by=county.trainer, county=county)


def test_seats_are_drawn_by_a_seed_that_stands_in_the_trail(hall) -> None:
    assert give_seats(hall.sitting, seed=5, by=hall.by, at=NOW) == 6
    first = list(Seat.objects.order_by("candidate").values_list("candidate", "number"))
    give_seats(hall.sitting, seed=6, by=hall.by, at=NOW)
    give_seats(hall.sitting, seed=5, by=hall.by, at=NOW)
    assert list(Seat.objects.order_by("candidate").values_list("candidate", "number")) == first
    assert [row.detail["seed"] for row in AuditRow.objects.filter(verb=Verb.SEATS_GIVEN).order_by("number")] == [5, 6, 5]
    assert not {1, 12} & set(Seat.objects.values_list("number", flat=True))


def test_too_few_seats_seat_nobody_and_say_how_many_are_missing(hall) -> None:
    hall.use.room.__class__.objects.update(count=4, columns=0, blocked="")
    with pytest.raises(Refused, match="2 are missing|缺 2 个"):
        give_seats(hall.sitting, seed=1, by=hall.by, at=NOW)
    assert Seat.objects.count() == 0


def test_without_a_room_nobody_is_seated(hall) -> None:
    hall.use.delete()
    with pytest.raises(Refused):
        give_seats(hall.sitting, seed=1, by=hall.by, at=NOW)


def test_late_comers_are_seated_without_moving_the_others(hall) -> None:
    give_seats(hall.sitting, seed=1, by=hall.by, at=NOW)
    before = dict(Seat.objects.values_list("candidate", "number"))
    late = Candidate.objects.create(sitting=hall.sitting, person=PersonFactory(home_unit=hall.county.finance), number="20261124-0009")
    assert give_seats(hall.sitting, seed=2, rest=True, by=hall.by, at=NOW) == 1
    after = dict(Seat.objects.values_list("candidate", "number"))
    assert {pk: n for pk, n in after.items() if pk != late.pk} == before


def test_two_change_places_and_a_free_seat_is_just_taken(hall) -> None:
    give_seats(hall.sitting, seed=1, by=hall.by, at=NOW)
    one, two = hall.candidates[:2]
    here, there = one.seat.number, two.seat.number
    assert move(one, hall.use, there, by=hall.by, at=NOW) == two
    seats = dict(Seat.objects.values_list("candidate", "number"))
    assert (seats[one.pk], seats[two.pk]) == (there, here)
    free = next(n for n in hall.use.room.free if n not in seats.values())
    assert move(one, hall.use, free, by=hall.by, at=NOW) is None
    assert AuditRow.objects.filter(verb=Verb.SEAT_MOVED).count() == 2


@pytest.mark.parametrize("number", [1, 12, 13, 99])
def test_a_blocked_or_missing_seat_is_refused(hall, number) -> None:
    with pytest.raises(Refused):
        move(hall.candidates[0], hall.use, number, by=hall.by, at=NOW)


def test_nobody_is_pushed_off_a_seat_by_one_who_has_none(hall) -> None:
    one, two = hall.candidates[:2]
    move(one, hall.use, 5, by=hall.by, at=NOW)
    with pytest.raises(Refused, match=one.person.name):
        move(two, hall.use, 5, by=hall.by, at=NOW)


def test_once_someone_has_begun_only_single_people_move(hall) -> None:
    give_seats(hall.sitting, seed=1, by=hall.by, at=NOW)
    make_attempt(hall.candidates[0])
    for act in (lambda: give_seats(hall.sitting, seed=2, by=hall.by, at=NOW), lambda: clear_seats(hall.sitting, by=hall.by, at=NOW)):
        with pytest.raises(Refused):
            act()
    seats = set(Seat.objects.values_list("number", flat=True))
    move(hall.candidates[0], hall.use, next(n for n in hall.use.room.free if n not in seats), by=hall.by, at=NOW)


def test_clearing_takes_every_seat_back(hall) -> None:
    give_seats(hall.sitting, seed=1, by=hall.by, at=NOW)
    assert clear_seats(hall.sitting, by=hall.by, at=NOW) == 6
    assert Seat.objects.count() == 0


def test_the_page_leads_from_rooms_to_seats_to_lists(hall, client) -> None:
    client.force_login(hall.by)
    base = f"/sittings/{hall.sitting.pk}"
    client.post(f"{base}/seats/give/", {"do": "all"})
    page = client.get(f"{base}/seats/")
    assert all(c.person.name in page.content.decode() for c in hall.candidates)
    for kind in ("door", "signatures", "labels"):
        text = client.get(f"{base}/print/{kind}/").content.decode()
        assert all(c.person.name in text and c.number in text for c in hall.candidates)
    assert client.get(f"{base}/print/else/").status_code == 404
    door = client.get(f"{base}/print/door/").content.decode()
    assert [c.number for c in hall.candidates] == sorted((c.number for c in hall.candidates), key=door.index)
    moved = client.post(f"{base}/seats/{hall.candidates[0].pk}/", {"use": hall.use.pk, "number": 99})
    assert moved.status_code == 200
    assert "99" in moved.content.decode()


def test_an_old_ticket_is_known_by_the_seat_that_changed_since(hall, client) -> None:
    client.force_login(hall.by)
    give_seats(hall.sitting, seed=1, by=hall.by, at=NOW)
    ticket_for(hall.candidates[0], by=hall.by, at=NOW + timedelta(minutes=1))
    assert client.get(f"/sittings/{hall.sitting.pk}/tickets/").context["counts"] == {"all": 6, "lack": 5, "old": 0}
    taken = set(Seat.objects.values_list("number", flat=True))
    free = next(n for n in hall.use.room.free if n not in taken)
    move(hall.candidates[0], hall.use, free, by=hall.by, at=NOW + timedelta(minutes=2))
    assert client.get(f"/sittings/{hall.sitting.pk}/tickets/").context["counts"]["old"] == 1
