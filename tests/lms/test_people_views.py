"""Screens of the ground floor: they open, they are scoped, they ask the database the same number of questions for one row as for three."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.exchange.models import ImportBatch
from lms.jobs.actions import enqueue, run_due
from lms.notices.actions import publish, tell
from lms.people.checks import CHECKS, Obstacle
from lms.people.models import Appointment, Person, Unit
from tests.factories.exchange import good_row, xlsx
from tests.factories.people import LONG_AGO, PASSWORD, PersonFactory, PostFactory, UnitFactory, identity_number

ENGLISH = {"lang": "en"}


def signed_in(person: Person) -> Client:
    client = Client()
    client.cookies.load(ENGLISH)
    client.force_login(person)
    return client


@pytest.fixture
def post(county):
    return PostFactory(code="keyuan", name="科员")


@pytest.fixture
def elsewhere(county):
    """A second root's worth of people: nobody of the county reaches them."""
    return PersonFactory(home_unit=UnitFactory(code="linxian", name="邻县"), name="外县人")


def everything(county, post) -> dict[str, str]:
    person = county.learner
    row = Appointment.objects.create(person=person, unit=county.finance, post=post, valid_from=LONG_AGO)
    return {
        "/people/": "hr", "/people/add/": "hr", f"/people/{person.pk}/": "hr", f"/people/{person.pk}/change/": "hr",
        f"/people/{person.pk}/appoint/": "hr", f"/people/{person.pk}/move/": "hr", f"/people/{person.pk}/retire/": "hr",
        f"/people/{person.pk}/reinstate/": "hr", f"/appointments/{row.pk}/end/": "hr", "/units/": "hr", "/units/add/": "hr",
        "/units/caizheng/": "hr", "/units/caizheng/change/": "hr", "/units/caizheng/close/": "hr", "/posts/": "hr", "/posts/add/": "hr",
        "/posts/keyuan/change/": "hr", "/roles/": "sysadmin", "/roles/grant/": "sysadmin", "/imports/": "hr", "/imports/template/": "hr",
        "/people/export/": "hr", "/policy/set/": "hr", "/audit/": "auditor", "/audit/?check=1": "auditor", "/announcements/publish/": "hr",
    }  # fmt: skip


def test_every_screen_opens_for_its_role_and_is_refused_to_a_learner(county, post) -> None:
    learner = signed_in(county.learner)
    for address, role in everything(county, post).items():
        assert (address, signed_in(getattr(county, role)).get(address).status_code) == (address, 200)
        assert (address, learner.get(address).status_code) == (address, 403)
        assert (address, Client().get(address).status_code) == (address, 302)


def test_screens_for_everyone_open_for_a_learner(county) -> None:
    client = signed_in(county.learner)
    for address in ("/", "/profile/", "/password/", "/notices/", "/announcements/", "/policy/", "/jobs/", "/help/", "/privacy/"):
        assert (address, client.get(address).status_code) == (address, 200)


def test_people_and_units_out_of_reach_are_not_there(county, post, elsewhere) -> None:
    client = signed_in(county.hr)
    row = Appointment.objects.create(person=elsewhere, unit=elsewhere.home_unit, post=post, valid_from=LONG_AGO)
    for address in (
        *(f"/people/{elsewhere.pk}/{verb}" for verb in ("", "change/", "appoint/", "move/", "retire/", "reinstate/")),
        f"/appointments/{row.pk}/end/", "/units/linxian/", "/units/linxian/change/", "/units/linxian/close/",
    ):  # fmt: skip
        assert (address, client.get(address).status_code) == (address, 404)
    for verb in ("password/", "identity/"):
        assert client.post(f"/people/{elsewhere.pk}/{verb}", {"reason": "x"}).status_code == 404
    assert "外县人" not in client.get("/people/?state=all").text
    assert "外县人" not in client.get("/people/?unit=linxian").text


def test_unit_administrator_sees_only_the_own_unit_and_changes_nothing(county, post) -> None:
    client = signed_in(county.unit_admin)
    assert client.get(f"/people/{county.learner.pk}/").status_code == 200
    assert client.get(f"/people/{county.stranger.pk}/").status_code == 404
    assert client.get(f"/people/{county.learner.pk}/change/").status_code == 403
    assert county.stranger.name not in client.get("/people/").text


@pytest.mark.parametrize("address", ["/people/", "/units/", "/posts/", "/units/caizheng/"])
def test_list_asks_as_often_for_three_rows_as_for_one(county, post, address, django_assert_num_queries) -> None:
    def counted() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client = signed_in(county.hr)
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    Appointment.objects.create(person=county.learner, unit=county.finance, post=post, valid_from=LONG_AGO)
    before = counted()
    for n in range(3):
        other = PostFactory()
        PersonFactory(home_unit=county.finance, post=other)
        UnitFactory(parent=county.finance, code=f"sub{n}")
    assert counted() == before


def test_search_finds_by_name_pinyin_and_number(county) -> None:
    client = signed_in(county.hr)
    Person.objects.filter(pk=county.learner.pk).update(pinyin="whm")
    for q in ("慧敏", "whm", "WH", county.learner.staff_number):
        assert "王慧敏" in client.get("/people/", {"q": q}).text
    assert "王慧敏" not in client.get("/people/", {"q": "zzz"}).text


def test_person_is_added_and_must_change_the_password(county, post) -> None:
    client = signed_in(county.hr)
    data = {"name": "赵立新", "staff_number": "002048", "identity_number": identity_number(5), "rank": "section", "unit": county.finance.pk,
            "post": post.pk, "valid_from": "2026-03-01"}  # fmt: skip
    page = client.post("/people/add/", data)
    password = page.context["password"]
    added = Person.objects.get(staff_number="002048")
    assert (page.status_code, password in page.text, added.pinyin, added.home_unit) == (200, True, "zlx", county.finance)
    newcomer = Client()
    newcomer.cookies.load(ENGLISH)
    assert newcomer.post("/sign-in/", {"username": "002048", "password": password}).status_code == 302
    assert newcomer.get("/profile/").headers["Location"] == "/password/"
    mine = "一句自己记得住的话2026好"
    assert newcomer.post("/password/", {"old_password": "wrong", "new_password1": mine, "new_password2": mine}).status_code == 400
    assert newcomer.post("/password/", {"old_password": password, "new_password1": mine, "new_password2": mine}).status_code == 302
    assert newcomer.get("/profile/").status_code == 200
    again = client.post("/people/add/", data)
    assert (again.status_code, "Another person has this identity number." in again.text) == (400, True)


def test_appointing_shows_every_obstacle_and_offers_acting(county, post, monkeypatch) -> None:
    def check(person, unit, wanted, day):
        return [Obstacle(code=c, sentence=f"Lacks {c}.", acting_cures=True) for c in ("certificate A", "certificate B")]

    monkeypatch.setattr("lms.people.checks.CHECKS", [*CHECKS, check])
    client = signed_in(county.hr)
    data = {"unit": county.finance.pk, "post": post.pk, "valid_from": "2026-03-01"}
    page = client.post(f"/people/{county.learner.pk}/appoint/", data)
    assert (page.status_code, "Lacks certificate A." in page.text, "Lacks certificate B." in page.text) == (400, True, True)
    assert "tick “Acting”" in page.text
    assert client.post(f"/people/{county.learner.pk}/appoint/", {**data, "acting": "on"}).status_code == 400
    assert client.post(f"/people/{county.learner.pk}/appoint/", {**data, "acting": "on", "valid_to": "2026-09-01"}).status_code == 302
    row = county.learner.appointments.get()
    assert (row.acting, row.valid_to) == (True, date(2026, 9, 1))


def test_retiring_signs_the_person_out_everywhere(county, post) -> None:
    open_session = signed_in(county.learner)
    assert open_session.get("/profile/").status_code == 200
    signed_in(county.hr).post(f"/people/{county.learner.pk}/retire/", {"day": timezone.localdate().isoformat(), "reason": "退休"})
    assert open_session.get("/profile/").status_code == 302
    page = signed_in(county.hr).get("/people/?state=left")
    assert "王慧敏" in page.text


def test_identity_number_is_masked_until_revealed_with_a_reason(county) -> None:
    number = identity_number(7)
    county.learner.set_identity_number(number)
    county.learner.save()
    client = signed_in(county.hr)
    address = f"/people/{county.learner.pk}/"
    assert number not in client.get(address).text
    assert client.post(address + "identity/", {"reason": ""}).status_code == 400
    assert number in client.post(address + "identity/", {"reason": "核对证件"}).text
    row = AuditRow.objects.filter(verb=Verb.IDENTITY_REVEALED).get()
    assert (row.actor_id, row.subject, number in str(row.detail)) == (county.hr.pk, f"person:{county.learner.pk}", False)
    assert signed_in(county.unit_admin).post(address + "identity/", {"reason": "x"}).status_code == 403


def test_people_ticked_are_moved_together(county, post) -> None:
    people = [PersonFactory(home_unit=county.finance, post=post) for _n in range(3)]
    client = signed_in(county.hr)
    ticked = {"s": [p.pk for p in people]}
    assert all(p.name in client.post("/people/move/", ticked).text for p in people)
    client.post("/people/move/", {**ticked, "confirm": "1", "unit": county.township.pk, "day": "2026-11-01"})
    assert set(Person.objects.filter(pk__in=ticked["s"]).values_list("home_unit__code", flat=True)) == {"longkou"}


def test_export_holds_exactly_what_is_shown(county, post, elsewhere) -> None:
    PersonFactory(home_unit=county.township, post=post, staff_number="005118", name="何敏")
    client = signed_in(county.hr)
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/people/export/?unit=longkou").content)).active
    names = {row[0].value for row in sheet.iter_rows(min_row=2)}
    assert names == {"何敏", "陈志远"}
    assert sheet["B2"].number_format == "@"
    assert AuditRow.objects.filter(verb=Verb.LIST_EXPORTED).get().detail == {"rows": 2, "unit": "longkou"}


def test_roster_goes_through_the_screens(county, post) -> None:
    client = signed_in(county.hr)
    bad = good_row(2)
    bad[0] = ""
    sent = client.post("/imports/", {"file": SimpleUploadedFile("名册.xlsx", xlsx([good_row(1), bad]))})
    batch = ImportBatch.objects.get()
    assert sent.headers["Location"] == f"/imports/{batch.pk}/"
    assert "Import 1 rows" in client.get(f"/imports/{batch.pk}/").text
    client.post(f"/imports/{batch.pk}/start/")
    run_due()
    page = client.get(f"/imports/{batch.pk}/?verdict=refuse")
    assert "The name is missing." in page.text
    assert client.get(f"/imports/{batch.pk}/errors/").status_code == 200
    client.post(f"/imports/{batch.pk}/undo/")
    run_due()
    assert not Person.objects.get(staff_number="700001").is_active
    other = PersonFactory(home_unit=county.root)
    other.grants.create(role="hr", unit=county.root, valid_from=LONG_AGO)
    assert signed_in(other).get(f"/imports/{batch.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("名册.docx", b"x", "Send an .xlsx"),
        ("名册.xlsx", b"not a zip", "not what its name says"),
        ("名册.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "protected by a password"),
        ("名册.csv", b"PK\x03\x04", "not what its name says"),
        ("名册.csv", "甲,乙\n1,2\n".encode(), "headings"),
        ("名册.csv", "姓名,工号,岗位\n".encode(), "no rows under them"),
    ],
)
def test_unreadable_file_is_refused_in_words(county, name, content, words) -> None:
    page = signed_in(county.hr).post("/imports/", {"file": SimpleUploadedFile(name, content)})
    assert (page.status_code, words in page.text, ImportBatch.objects.count()) == (400, True, 0)


def test_jobs_are_seen_by_their_owner_and_by_those_who_look_after_them(county) -> None:
    job = enqueue("x", title="Somebody’s job", by=county.hr, at=timezone.now(), total=10)
    assert signed_in(county.hr).get(f"/jobs/{job.pk}/state/").json() == {"done": 0, "total": 10, "finished": False, "state": "Waiting"}
    assert signed_in(county.sysadmin).get(f"/jobs/{job.pk}/").status_code == 200
    assert signed_in(county.learner).get(f"/jobs/{job.pk}/").status_code == 404
    signed_in(county.hr).post(f"/jobs/{job.pk}/cancel/")
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_notices_are_read_one_by_one_and_all_at_once(county) -> None:
    for n in range(3):
        tell(county.learner, title=f"Notice {n}", at=timezone.now(), link="/profile/", key=f"k{n}")
    assert tell(county.learner, title="again", at=timezone.now(), key="k1") is None
    client = signed_in(county.learner)
    first = county.learner.notices.first()
    assert client.post(f"/notices/{first.pk}/", {"go": "1"}).headers["Location"] == "/profile/"
    assert county.learner.notices.filter(read_at=None).count() == 2
    client.post("/notices/read/")
    assert county.learner.notices.filter(read_at=None).count() == 0
    assert signed_in(county.stranger).post(f"/notices/{first.pk}/").status_code == 404


def test_announcement_is_published_once_per_number(county) -> None:
    row = publish(
        "云人社〔2026〕17号",
        "关于培训的通知",
        "各单位：\n\n请组织学习。",
        issued_by=county.personnel,
        issued_on=date(2026, 3, 1),
        by=county.hr,
        at=timezone.now(),
    )
    assert "云人社〔2026〕17号" in signed_in(county.learner).get(f"/announcements/{row.pk}/").text
    data = {"number": row.number, "title": "x", "body": "y", "issued_by": county.personnel.pk, "issued_on": "2026-03-02"}
    assert signed_in(county.hr).post("/announcements/publish/", data).status_code == 400


def test_figure_set_on_screen_holds_from_its_day(county) -> None:
    client = signed_in(county.hr)
    data = {"key": "hours.year", "value": "95", "valid_from": "2026-12-01", "source": "县里的新办法"}
    assert client.post("/policy/set/", data).status_code == 302
    assert ("县里的新办法" in client.get("/policy/?day=2026-12-01").text.split("<details>")[0]) is True
    assert ("县里的新办法" in client.get("/policy/?day=2026-11-30").text.split("<details>")[0]) is False


def test_roles_are_granted_and_withdrawn_on_screen(county) -> None:
    client = signed_in(county.sysadmin)
    data = {"staff_number": county.learner.staff_number, "role": "trainer", "unit": county.finance.pk, "day": timezone.localdate().isoformat()}
    assert client.post("/roles/grant/", data).status_code == 302
    assert list(county.learner.groups.values_list("name", flat=True)) == ["Trainers"]
    grant = county.learner.grants.get()
    client.post(f"/roles/{grant.pk}/withdraw/")
    assert not county.learner.groups.exists()
    both = {**data, "staff_number": county.hr.staff_number, "role": "auditor"}
    assert "nobody holds two" in client.post("/roles/grant/", both).text


def test_unit_is_founded_renamed_and_closed_on_screen(county) -> None:
    client = signed_in(county.hr)
    day = timezone.localdate()
    data = {
        "code": "xinju",
        "name": "新局",
        "kind": "department",
        "parent": county.root.pk,
        "order": "3",
        "day": (day - timedelta(days=9)).isoformat(),
    }
    assert client.post("/units/add/", data).headers["Location"] == "/units/xinju/"
    change = {"name": "更名局", "kind": "department", "parent": county.root.pk, "order": "3", "day": day.isoformat()}
    assert client.post("/units/xinju/change/", change).status_code == 302
    assert "新局" in client.get(f"/units/?day={day - timedelta(days=1)}").text
    assert "更名局" in client.get("/units/").text
    assert client.post("/units/xinju/close/", {"day": day.isoformat()}).status_code == 302
    assert Unit.objects.get(code="xinju").closed_on == day


def test_error_pages_are_small_and_say_whom_to_ask(county) -> None:
    client = signed_in(county.learner)
    refused, missing = client.get("/audit/"), client.get("/people-of-no-address/")
    assert "Auditor" in refused.text
    assert (missing.status_code, len(missing.content) < 3072) == (404, True)
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/sign-in/", {"username": "x", "password": PASSWORD}).status_code == 403
