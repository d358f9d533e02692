"""Places and rooms: what may be entered, who may take a room, and that nobody takes it twice."""

from datetime import timedelta

import pytest

from exams.sittings.actions import Refused, change_sitting
from exams.sittings.models import Place, Room, RoomUse, Seat, Sitting
from exams.sittings.places import rooms_for
from exams.sittings.places_actions import choose_rooms, in_words, save_room
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.notices.models import Notice
from lms.people.states import Role
from tests.conftest import NOW, TODAY
from tests.factories.people import PersonFactory
from tests.factories.rooms import make_room, use
from tests.factories.sittings import make_attempt, make_candidate, make_sitting, make_stock


@pytest.fixture
def room(county) -> Room:
    return make_room(county.root)


@pytest.fixture
def trainer(county, client):
    client.force_login(county.trainer)
    return client


def test_a_place_leads_to_its_first_room(county, trainer) -> None:
    made = trainer.post("/places/new/", {"unit": county.root.pk, "name": "龙口乡文化站", "address": "龙口街 3 号"})
    place = Place.objects.get()
    assert made["Location"] == f"/places/{place.pk}/rooms/new/"
    trainer.post(f"/places/{place.pk}/rooms/new/", {"name": "会议室", "rows": 3, "columns": 5, "count": "", "blocked": "15"})
    room = Room.objects.get()
    assert (room.count, room.columns, len(room.free)) == (15, 5, 14)
    page = trainer.get("/places/").content.decode()
    assert "龙口乡文化站" in page
    assert "（14）" in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"rows": 3, "columns": ""}, "columns"), ({"rows": "", "columns": 4}, "rows"), ({"rows": "", "columns": "", "count": ""}, "count"),
        ({"rows": 3, "columns": 4, "count": 13}, "count"), ({"rows": "", "columns": "", "count": 10, "blocked": "x"}, "blocked"),
        ({"rows": "", "columns": "", "count": 10, "blocked": "11"}, "blocked"),
        ({"rows": "", "columns": "", "count": 3, "blocked": "1-3"}, "blocked"),
        ({"rows": 100, "columns": 100}, "count"), ({"name": "", "count": 3}, "name"),
    ],
)  # fmt: skip
def test_a_room_that_cannot_be_is_refused_at_the_field(room, trainer, typed, field) -> None:
    data = {"name": "二机房", "rows": "", "columns": "", "count": "", "blocked": ""} | typed
    response = trainer.post(f"/places/{room.place_id}/rooms/new/", data)
    assert list(response.context["form"].errors) == [field]
    assert Room.objects.count() == 1


def test_a_room_of_one_name_stands_once_in_a_place(room, trainer) -> None:
    response = trainer.post(f"/places/{room.place_id}/rooms/new/", {"name": room.name, "count": 3})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert Room.objects.count() == 1


def test_a_seat_somebody_has_is_not_blocked(county, room) -> None:
    sitting = make_sitting(county.root)
    (booked,) = use(sitting, room)
    Seat.objects.create(candidate=make_candidate(sitting, county.learner), use=booked, number=12, at=NOW)
    room.blocked = "12"
    with pytest.raises(Refused, match=sitting.title):
        save_room(room, by=county.trainer, at=NOW)


# --- who may take a room ----------------------------------------------------------------------------------------------


def test_rooms_of_the_county_are_offered_to_its_units_and_not_the_other_way(county) -> None:
    own, centre = make_room(county.finance), make_room(county.root)
    make_room(county.township)
    trainer = PersonFactory(home_unit=county.finance, role=Role.TRAINER)
    assert set(rooms_for(county.finance, trainer, TODAY)) == {own, centre}


def test_rooms_no_longer_used_are_not_offered(county, room) -> None:
    Place.objects.update(in_use=False)
    assert list(rooms_for(county.root, county.trainer, TODAY)) == []


def test_places_of_another_unit_cannot_be_touched(county, client) -> None:
    foreign = make_room(county.township)
    client.force_login(PersonFactory(home_unit=county.finance, role=Role.TRAINER))
    sitting = make_sitting(county.finance)
    assert client.get(f"/places/{foreign.place_id}/").status_code == 404
    assert client.post(f"/places/{foreign.place_id}/rooms/{foreign.pk}/", {"name": "x", "count": 1}).status_code == 404
    client.post(f"/sittings/{sitting.pk}/rooms/", {"rooms": [foreign.pk]})
    assert RoomUse.objects.count() == 0


# --- taking a room ----------------------------------------------------------------------------------------------------


def test_choosing_rooms_names_the_place_and_tells_the_candidates(county, room) -> None:
    sitting = make_sitting(county.root)
    make_candidate(sitting, county.learner)
    choose_rooms(sitting, [room], by=county.trainer, at=NOW)
    sitting.refresh_from_db()
    assert sitting.place == "县电子政务培训中心 一机房"
    assert Notice.objects.get(person=county.learner).body.endswith("县电子政务培训中心 一机房.") or "一机房" in Notice.objects.get().body
    assert AuditRow.objects.filter(verb=Verb.ROOMS_CHOSEN).count() == 1


@pytest.mark.parametrize(
    ("shift", "length", "clash"),
    [(0, 3, True), (2, 3, True), (-2, 3, True), (1, 1, True), (-1, 5, True), (3, 1, False), (-3, 3, False), (24, 3, False)],
)
def test_a_room_is_not_taken_twice_at_the_same_time(county, room, shift, length, clash) -> None:
    first = make_sitting(county.root, title="上午场")
    use(first, room)
    opens = first.opens_at + timedelta(hours=shift)
    second = make_sitting(county.finance, title="另一场", opens_at=opens, closes_at=opens + timedelta(hours=length))
    if clash:
        with pytest.raises(Refused, match="上午场"):
            choose_rooms(second, [room], by=county.trainer, at=NOW)
    else:
        choose_rooms(second, [room], by=county.trainer, at=NOW)
    assert RoomUse.objects.filter(sitting=second).count() == (0 if clash else 1)


def test_a_cancelled_sitting_holds_no_room(county, room) -> None:
    first = make_sitting(county.root)
    use(first, room)
    Sitting.objects.filter(pk=first.pk).update(cancelled_at=NOW, cancel_reason="停电")
    choose_rooms(make_sitting(county.root), [room], by=county.trainer, at=NOW)


def test_a_sitting_does_not_move_into_the_time_of_another_in_its_room(county, room) -> None:
    make_stock()
    first, second = make_sitting(county.root, title="上午场"), None
    second = make_sitting(county.root, opens_at=first.closes_at, closes_at=first.closes_at + timedelta(hours=2))
    use(first, room), use(second, room)
    second.opens_at -= timedelta(minutes=30)
    with pytest.raises(Refused, match="上午场"):
        change_sitting(second, by=county.trainer, at=NOW)


def test_a_refused_room_says_so_on_the_page(county, room, trainer) -> None:
    first, second = make_sitting(county.root, title="上午场"), make_sitting(county.root, title="另一场")
    use(first, room)
    page = trainer.post(f"/sittings/{second.pk}/rooms/", {"rooms": [room.pk]}).content.decode()
    assert "上午场" in page


def test_rooms_with_people_in_them_stay_once_someone_has_begun(county, room) -> None:
    sitting = make_sitting(county.root)
    (booked,) = use(sitting, room)
    candidate = make_candidate(sitting, county.learner)
    Seat.objects.create(candidate=candidate, use=booked, number=3, at=NOW)
    make_attempt(candidate)
    with pytest.raises(Refused):
        choose_rooms(sitting, [], by=county.trainer, at=NOW)
    other = make_room(county.root, "二机房")
    choose_rooms(sitting, [room, other], by=county.trainer, at=NOW)  # one more room is no harm
    assert RoomUse.objects.count() == 2


def test_many_rooms_are_named_by_their_place(county) -> None:
    rooms = [make_room(county.root, f"第{n}计算机教室") for n in range(12)]
    assert in_words(rooms[:2]) == "县电子政务培训中心 第0计算机教室、第1计算机教室"
    assert in_words(rooms) == "县电子政务培训中心"
