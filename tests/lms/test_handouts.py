"""First passwords for many: made by a job, taken once, wiped, and nowhere else to be read."""

import io
import logging
from datetime import timedelta

import openpyxl
import pytest
import time_machine
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.handouts import actions
from lms.handouts import jobs as handout_jobs
from lms.handouts.actions import ask, make, take, wipe_expired
from lms.handouts.models import Handout, Slip
from lms.jobs.actions import LEASE, claim, enqueue, run, run_due
from lms.jobs.models import Job
from lms.jobs.states import JobState
from lms.notices.models import Notice
from lms.people import passwords
from lms.people.models import Person, RoleGrant
from lms.people.passwords import LASTS
from lms.people.states import Role
from tests.factories.people import PASSWORD, PersonFactory, UnitFactory


@pytest.fixture
def newcomers(county) -> list[Person]:
    """Three people of the finance department as an import leaves them: no password."""
    people = PersonFactory.create_batch(3, home_unit=county.finance, must_change_password=True)
    for person in people:
        person.set_unusable_password()
        person.save()
    return people


def asked(people: list[Person], by: Person, *, ticked: bool = False) -> Handout:
    return ask(Person.objects.filter(pk__in=[p.pk for p in people]), ticked=ticked, by=by, at=timezone.now())


def taken(handout: Handout, by: Person) -> dict[str, str]:
    return {one.staff_number: one.password for one in take(handout, by=by, at=timezone.now(), form="print")}


def lines(verb: Verb) -> int:
    return AuditRow.objects.filter(verb=verb).count()


def signed_in(person: Person) -> Client:
    client = Client()
    client.cookies.load({"lang": "en"})
    client.force_login(person)
    return client


def test_job_makes_passwords_that_sign_in_once_and_must_be_changed(county, newcomers) -> None:
    handout = asked(newcomers, county.hr)
    assert (run_due(), lines(Verb.PASSWORD_RESET), lines(Verb.PASSWORDS_ASKED)) == (1, 3, 1)
    handout.refresh_from_db()
    assert (handout.job.state, handout.job.result) == (JobState.DONE, {"link": reverse("handout", args=[handout.pk])})
    assert Notice.objects.get(person=county.hr).link == reverse("handout", args=[handout.pk])
    given = taken(handout, county.hr)
    assert sorted(given) == sorted(p.staff_number for p in newcomers)
    client = Client()
    number, password = next(iter(given.items()))
    assert client.post(reverse("sign_in"), {"username": number, "password": password}).status_code == 302
    assert client.get(reverse("home")).headers["Location"].startswith(reverse("password"))


def test_slips_are_taken_once_and_wiped(county, newcomers) -> None:
    handout = asked(newcomers, county.hr)
    run_due()
    handout.refresh_from_db()
    assert Slip.objects.exclude(sealed="").count() == 3
    assert (len(taken(handout, county.hr)), Slip.objects.exclude(sealed="").count(), lines(Verb.PASSWORDS_TAKEN)) == (3, 0, 1)
    with pytest.raises(ValidationError):
        take(handout, by=county.hr, at=timezone.now(), form="xlsx")


def test_slips_are_for_the_one_who_asked(county, newcomers) -> None:
    other = PersonFactory(home_unit=county.root, role=Role.HR)
    handout = asked(newcomers, county.hr)
    run_due()
    handout.refresh_from_db()
    with pytest.raises(ValidationError):
        take(handout, by=other, at=timezone.now(), form="print")
    client = signed_in(other)
    assert client.get(reverse("handout", args=[handout.pk])).status_code == 404
    assert client.post(reverse("handout_take", args=[handout.pk])).status_code == 404
    assert signed_in(county.learner).get(reverse("hand_out")).status_code == 403


def test_slips_expire_and_the_sweep_wipes_them(county, newcomers) -> None:
    handout = asked(newcomers, county.hr)
    run_due()
    handout.refresh_from_db()
    with time_machine.travel(handout.expires_at, tick=False):
        with pytest.raises(ValidationError):
            take(handout, by=county.hr, at=timezone.now(), form="print")
        enqueue("handouts.wipe", title="t", by=None, at=timezone.now())
        run_due()
    handout.refresh_from_db()
    assert (Slip.objects.exclude(sealed="").count(), handout.wiped_at, wipe_expired(at=handout.expires_at)) == (0, handout.expires_at, 0)


def test_unused_password_lapses_after_three_days_with_the_answer_of_a_wrong_one(county) -> None:
    password = passwords.reset_password(county.learner, by=county.hr, at=timezone.now())
    number = county.learner.staff_number
    with time_machine.travel(timezone.now() + LASTS, tick=False):
        lapsed = Client().post(reverse("sign_in"), {"username": number, "password": password})
        wrong = Client().post(reverse("sign_in"), {"username": number, "password": "x"})
        assert lapsed.context["form"].non_field_errors() == wrong.context["form"].non_field_errors()
        assert lapsed.status_code == wrong.status_code
        assert "The one-time password has expired" in signed_in(county.hr).get(reverse("person", args=[county.learner.pk])).text
        assert list(Person.objects.without_password(timezone.now())) == [county.learner]
    with time_machine.travel(timezone.now() + LASTS - timedelta(minutes=1), tick=False):
        assert Client().post(reverse("sign_in"), {"username": number, "password": password}).status_code == 302


def test_chosen_password_does_not_lapse(county) -> None:
    passwords.reset_password(county.learner, by=county.hr, at=timezone.now())
    passwords.change_password(county.learner, "gou-chang-de-mi-ma-7", by=county.learner, at=timezone.now())
    with time_machine.travel(timezone.now() + 2 * LASTS, tick=False):
        response = Client().post(reverse("sign_in"), {"username": county.learner.staff_number, "password": "gou-chang-de-mi-ma-7"})
        assert response.status_code == 302


def test_only_people_without_a_password_get_one_unless_ticked(county) -> None:
    asked([county.learner], county.hr)
    run_due()
    assert (Slip.objects.get().refused != "", county.learner.check_password(PASSWORD)) == (True, True)
    handout = asked([county.learner], county.hr, ticked=True)
    run_due()
    handout.refresh_from_db()
    given = taken(handout, county.hr)
    county.learner.refresh_from_db()
    assert county.learner.check_password(given[county.learner.staff_number])


def test_reach_is_looked_at_again_when_the_work_is_done(county, newcomers) -> None:
    handout = asked(newcomers, county.hr)
    RoleGrant.objects.filter(person=county.hr).update(valid_to=timezone.localdate())
    run_due()
    assert handout.slips.filter(refused="", made_at__isnull=True).count() == 0
    assert (handout.slips.exclude(sealed="").count(), lines(Verb.PASSWORD_RESET)) == (0, 0)


def test_people_hr_may_not_take_over_are_refused_with_the_reason(county) -> None:
    handout = asked([county.auditor, county.sysadmin, county.learner], county.hr, ticked=True)
    run_due()
    refused = {slip.person_id for slip in handout.slips.exclude(refused="")}
    assert refused == {county.auditor.pk, county.sysadmin.pk}
    handout.refresh_from_db()
    page = signed_in(county.hr).get(reverse("handout", args=[handout.pk])).text
    assert county.auditor.name in page


def test_killed_job_goes_on_where_it_stopped(county, newcomers, monkeypatch) -> None:
    handout = asked(newcomers, county.hr)
    calls: list[int] = []

    def dies_at_the_second(slip: Slip, **how: object) -> None:
        calls.append(slip.pk)
        if len(calls) == 2:
            raise SystemExit
        make(slip, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(handout_jobs, "make", dies_at_the_second)
    with pytest.raises(SystemExit):
        run(claim(timezone.now()))  # type: ignore[arg-type]
    assert handout.slips.filter(made_at__isnull=False).count() == 1
    first = handout.slips.exclude(sealed="").get()
    later = timezone.now() + LEASE + timedelta(seconds=1)
    run(claim(later))  # type: ignore[arg-type]
    assert (handout.slips.filter(made_at__isnull=False).count(), lines(Verb.PASSWORD_RESET)) == (3, 3)
    assert handout.slips.get(pk=first.pk).sealed == first.sealed


def test_cancelled_job_keeps_what_it_made(county, newcomers, monkeypatch) -> None:
    monkeypatch.setattr(handout_jobs, "CHUNK", 1)
    handout = asked(newcomers, county.hr)

    def and_then_stop(slip: Slip, **how: object) -> None:
        make(slip, **how)  # type: ignore[arg-type]
        Job.objects.update(cancel_asked=True)

    monkeypatch.setattr(handout_jobs, "make", and_then_stop)
    run_due()
    handout.refresh_from_db()
    assert (handout.job.state, len(taken(handout, county.hr))) == (JobState.CANCELLED, 1)
    assert Person.objects.without_password(timezone.now()).count() == 2


def test_slip_is_left_out_when_another_password_was_set_since(county, newcomers) -> None:
    handout = asked(newcomers, county.hr)
    run_due()
    handout.refresh_from_db()
    newcomers[0].refresh_from_db()
    passwords.reset_password(newcomers[0], by=county.hr, at=timezone.now())
    assert sorted(taken(handout, county.hr)) == sorted(p.staff_number for p in newcomers[1:])


def test_later_request_voids_the_slip_of_an_earlier_one(county, newcomers) -> None:
    first = asked(newcomers, county.hr)
    run_due()
    second = asked(newcomers[:1], county.hr, ticked=True)
    run_due()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (len(taken(first, county.hr)), len(taken(second, county.hr))) == (2, 1)


def test_second_request_waits_for_the_first(county, newcomers) -> None:
    asked(newcomers, county.hr)
    with pytest.raises(ValidationError):
        asked(newcomers, county.hr)
    assert Handout.objects.count() == 1


def test_password_stands_in_no_trail_job_notice_or_log(county, newcomers, caplog, monkeypatch) -> None:
    plain: list[str] = []
    new = passwords.OneTime.new

    def remembered() -> passwords.OneTime:
        made = new()
        plain.append(made.plain)
        assert made.plain not in repr(made)
        return made

    monkeypatch.setattr(actions.OneTime, "new", remembered)
    with caplog.at_level(logging.DEBUG):
        asked(newcomers, county.hr)
        run_due()
    written = caplog.text + str(list(AuditRow.objects.values())) + str(list(Job.objects.values())) + str(list(Notice.objects.values()))
    written += str(list(Slip.objects.values())) + str(list(Handout.objects.values()))
    assert (len(plain), [p for p in plain if p in written]) == (3, [])


def test_sealed_password_opens_for_its_own_slip_alone(county, newcomers) -> None:
    handout = asked(newcomers, county.hr)
    run_due()
    one, two = handout.slips.all()[:2]
    one.sealed = two.sealed
    with pytest.raises(InvalidTag):
        one.password()


def test_screens_ask_make_show_and_forget(county, newcomers) -> None:
    client = signed_in(county.hr)
    page = client.get(reverse("hand_out"), {"unit": "caizheng"})
    assert "3 people without a password" in page.text
    assert Handout.objects.count() == 0
    answer = client.post(reverse("hand_out"), {"unit": "caizheng", "confirm": "1"})
    handout = Handout.objects.get()
    assert answer.headers["Location"] == reverse("handout", args=[handout.pk])
    assert "Being made" in client.get(reverse("hand_out")).text
    assert 'value="print"' not in client.get(reverse("handout", args=[handout.pk])).text
    run_due()
    assert "3 slips are ready" in client.get(reverse("handout", args=[handout.pk])).text
    slips = client.post(reverse("handout_take", args=[handout.pk]), {"form": "print"})
    assert (slips.status_code, slips.headers["Cache-Control"], slips.text.count('class="num pw"')) == (200, "no-store", 3)
    assert client.post(reverse("handout_take", args=[handout.pk]), {"form": "print"}).status_code == 302
    assert "You took the slips" in client.get(reverse("handout", args=[handout.pk])).text


def test_workbook_holds_one_row_for_each_slip(county, newcomers) -> None:
    client = signed_in(county.hr)
    client.post(reverse("hand_out"), {"confirm": "1"})
    run_due()
    content = client.post(reverse("handout_take", args=[Handout.objects.get().pk]), {"form": "xlsx"}).content
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert (len(rows), [row[1] for row in rows[1:]]) == (4, sorted(p.staff_number for p in newcomers))
    assert Person.objects.get(staff_number=rows[1][1]).check_password(rows[1][3])


def test_ticked_people_are_confirmed_and_those_out_of_reach_left_out(county, newcomers) -> None:
    far = PersonFactory(home_unit=UnitFactory(code="linxian"))
    client = signed_in(county.hr)
    form = {"ticked": "1", "s": [county.learner.pk, newcomers[0].pk, far.pk]}
    page = client.post(reverse("hand_out"), form).text
    assert ("2 people you ticked" in page, "1 of them have a password already" in page) == (True, True)
    client.post(reverse("hand_out"), form | {"confirm": "1"})
    assert set(Slip.objects.values_list("person", flat=True)) == {county.learner.pk, newcomers[0].pk}
    assert client.post(reverse("hand_out"), {"ticked": "1"}).headers["Location"] == reverse("people")


def test_screens_ask_as_often_for_three_rows_as_for_one(county, newcomers) -> None:
    client = signed_in(county.hr)

    def refusals(count: int) -> int:
        row = asked(newcomers[:count], county.hr)
        row.slips.update(refused="x")
        run_due()
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("handout", args=[row.pk]))
        return len(queries)

    client.get(reverse("people"))
    assert refusals(1) == refusals(3)
