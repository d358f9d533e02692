"""Signing in: what people type is understood, and a stranger learns nothing from the answer."""

import pytest
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.test import Client

from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.people.names import tidy
from lms.people.signin import find
from tests.factories.people import PASSWORD, PersonFactory, identity_number


@pytest.fixture
def person(db):
    reset()
    one = PersonFactory(staff_number="004217")
    one.set_identity_number(identity_number(13))
    one.save()
    return one


@pytest.mark.parametrize("typed", ["004217", " 004217 ", "００４２１７", "004 217"])
def test_staff_number_is_understood_as_typed(person, typed) -> None:
    assert find(typed) == person


def test_identity_number_is_understood_as_typed(person) -> None:
    number = identity_number(13)
    wide = number.translate(str.maketrans("0123456789X", "０１２３４５６７８９ｘ"))
    assert [find(text) for text in (number, number.lower(), wide, number[:6] + " " + number[6:])] == [person] * 4
    assert [find(text) for text in (number[:-1], "", "x" * 18)] == [None] * 3
    assert tidy(" ０ 1　2") == "012"


def attempt(username: str, password: str, address: str = "10.0.0.1"):
    return Client(REMOTE_ADDR=address).post("/sign-in/", {"username": username, "password": password})


def test_unknown_number_and_wrong_password_get_the_same_answer(person) -> None:
    PersonFactory(staff_number="009000", is_active=False)
    answers = [attempt(number, secret) for number, secret in (("004217", "wrong"), ("999999", "wrong"), ("009000", PASSWORD))]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    errors = {str(answer.context["form"].non_field_errors()) for answer in answers}
    assert len(errors) == 1


def test_fifth_wrong_try_locks_this_number_from_this_address_only(person) -> None:
    for typed in ("004217", "００４２１７", " 004217", identity_number(13))[: settings.AXES_FAILURE_LIMIT - 1]:
        assert attempt(typed, "wrong").status_code == 200
    assert attempt("004217", "wrong").status_code == 429
    assert attempt("004217", PASSWORD).status_code == 429
    assert attempt("004217", PASSWORD, address="10.0.0.2").status_code == 302


def test_tries_are_kept_without_what_was_typed_and_leave_a_line(person) -> None:
    attempt(identity_number(13), "wrong")
    attempt(identity_number(14), "wrong")
    names = list(AccessAttempt.objects.values_list("username", flat=True))
    assert "004217" in names
    assert not {identity_number(13), identity_number(14)} & set(names)
    subjects = list(AuditRow.objects.filter(verb=Verb.SIGN_IN_REFUSED).values_list("subject", flat=True))
    assert sorted(subjects) == [f"person:{person.pk}", "session:unknown"]


def test_right_password_leads_home_and_out_again(person) -> None:
    client = Client()
    assert client.post("/sign-in/", {"username": identity_number(13), "password": PASSWORD}).headers["Location"] == "/"
    assert client.get("/profile/").status_code == 200
    out = client.post("/sign-out/", {"next": "/profile/"}, headers={"Accept": "text/html"})
    assert (out.headers["Clear-Site-Data"], out.headers["Location"]) == ('"cache"', "/sign-in/?out=1")  # storage may hold unsent answers
    assert [b"lms/out" in client.get(address).content for address in ("/sign-in/?out=1", "/sign-in/")] == [True, False]
    assert client.get("/profile/").status_code == 302
