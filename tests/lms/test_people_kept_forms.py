"""Nothing that was typed is lost: a session that ended in mid form, a number typed with full-width digits."""

import re
from datetime import date

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone, translation

from lms.people.appointing import appoint, move_person
from lms.people.checks import Refused
from lms.people.keeping import SALT
from lms.people.models import Appointment, Person
from tests.factories.people import PersonFactory, PostFactory

PAGE = {"HTTP_ACCEPT": "text/html,application/xhtml+xml"}


@pytest.fixture
def officer(county) -> Person:
    county.hr.set_password("gou-chang-de-mi-ma-7")
    county.hr.save()
    return county.hr


def hidden(html: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def test_form_sent_after_the_session_ended_can_be_sent_again(officer, county) -> None:
    person, client = PersonFactory(home_unit=county.finance), Client()
    address = f"/people/{person.pk}/change/"
    asked = client.post(address, {"name": "王＆芳", "rank": "section", "identity_number": ""}, **PAGE)
    assert asked.status_code == 401
    carried = hidden(asked.content.decode())
    assert carried["next"] == address
    wrong = client.post("/sign-in/", {"username": officer.staff_number, "password": "falsch", **carried}, **PAGE)
    assert hidden(wrong.content.decode())["kept"] == carried["kept"]
    offered = client.post("/sign-in/", {"username": officer.staff_number, "password": "gou-chang-de-mi-ma-7", **carried}, **PAGE).content.decode()
    assert f'action="{address}"' in offered
    fields = hidden(offered.split("<main", 1)[1])
    assert fields == {"name": "王＆芳", "rank": "section", "identity_number": ""}
    assert client.post(address, fields, **PAGE).status_code == 302
    person.refresh_from_db()
    assert person.name == "王＆芳"


def test_passwords_and_background_requests_are_not_kept(db) -> None:
    client = Client()
    assert client.post("/people/add/", {"name": "王芳"}, HTTP_ACCEPT="application/json").status_code == 302
    assert client.post("/password/", {"old_password": "a", "new_password1": "b"}, **PAGE).status_code == 302
    text = hidden(client.post("/people/add/", {"name": "王芳", "old_password": "geheim"}, **PAGE).content.decode())["kept"]
    assert signing.loads(text, salt=SALT)["fields"] == [["name", "王芳"]]


def test_forged_text_is_not_offered(officer) -> None:
    data = {"username": officer.staff_number, "password": "gou-chang-de-mi-ma-7", "kept": signing.dumps({"path": "//evil", "fields": []}, salt="x")}
    assert Client().post("/sign-in/", data, **PAGE).status_code == 302


def test_staff_number_typed_full_width_with_spaces_is_put_right(county) -> None:
    post, client = PostFactory(), Client()
    client.force_login(county.hr)
    data = {"name": "王芳", "staff_number": " Ｈ８００１ ", "rank": "section", "unit": county.finance.pk, "post": post.pk, "valid_from": "2026-03-01"}
    assert client.post("/people/add/", data).status_code == 200
    assert Person.objects.get(name="王芳").staff_number == "H8001"


def test_move_to_where_one_is_already_is_refused(county) -> None:
    day, at = date(2026, 3, 2), timezone.now()
    held = appoint(PersonFactory(home_unit=county.finance), county.finance, PostFactory(), valid_from=day, by=county.hr, at=at)
    with translation.override("en"), pytest.raises(Refused, match="already"):
        move_person(held.person, county.finance, day=day, by=county.hr, at=at)
    assert Appointment.objects.filter(person=held.person).count() == 1
