"""The coverage board, the unit's page, requirements and panels."""

import gzip
import io
from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from exams.compliance.models import Requirement, StaffingRule
from lms.audit.models import AuditRow
from lms.notices.models import Notice
from tests.conftest import NOW, TODAY
from tests.factories.certificates import certify, make_type
from tests.factories.compliance import call, hold, staff
from tests.factories.people import PersonFactory, PostFactory

BOARD = "/coverage/"


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def covered(county: SimpleNamespace) -> SimpleNamespace:
    """Finance: one who is covered, one who never held; the township: one whose certificate lapses in a month, one whose lapsed."""
    staff()
    post = call().post
    hold(county.finance, post, county.learner)
    certify(county.learner)
    hold(county.finance, post, PersonFactory(name="何敏", home_unit=county.finance))
    for name, start in (("林芳", date(2023, 12, 20)), ("刘慧", date(2023, 11, 1))):
        certify(hold(county.township, post, PersonFactory(name=name, home_unit=county.township, pinyin="lx")).person, start=start)
    county.post = post
    return county


def body(response) -> str:
    return response.content.decode()


def names(response) -> list[str]:
    return [row.person.name for row in response.context["page"].object_list]


def test_board_puts_the_worst_first_and_counts_them(covered, client) -> None:
    client.force_login(covered.hr)
    response = client.get(BOARD)
    counts = response.context["counts"]
    assert (counts.required, counts.met, counts.expiring, counts.gaps) == (4, 2, 1, 2)
    assert names(response) == ["何敏", "刘慧", "林芳", "王慧敏"]
    assert [unit.name for unit, _counts in response.context["table"]] == ["县财政局", "龙口乡"]
    assert response.context["series"][-1] == (TODAY, 50)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("state=gap", ["何敏", "刘慧"]),
        ("state=never", ["何敏"]),
        ("state=lapsed", ["刘慧"]),
        ("state=expiring", ["林芳"]),
        ("state=covered", ["林芳", "王慧敏"]),
        ("state=met", ["王慧敏"]),
        ("unit=longkou", ["刘慧", "林芳"]),
        ("unit=longkou&state=gap", ["刘慧"]),
        ("q=王慧", ["王慧敏"]),
        ("q=lx", ["刘慧", "林芳"]),
        ("post=anquan&state=never", ["何敏"]),
        ("day=2026-10-01", ["何敏", "林芳", "刘慧", "王慧敏"]),
        ("day=nonsense&unit=nowhere&state=odd", ["何敏", "刘慧", "林芳", "王慧敏"]),
    ],
)
def test_board_filters_by_the_address(covered, client, query, shown) -> None:
    client.force_login(covered.hr)
    assert sorted(names(client.get(f"{BOARD}?{query}"))) == sorted(shown)


def test_board_exports_exactly_what_is_shown(covered, client) -> None:
    client.force_login(covered.hr)
    response = client.get(BOARD + "?unit=longkou&state=gap&export=xlsx")
    rows = list(load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    assert [(row[0], row[2]) for row in rows[1:]] == [("刘慧", "龙口乡")]
    assert AuditRow.objects.get(verb="list:export").detail == {"rows": 1, "day": "2026-11-23"}


@pytest.mark.parametrize(("who", "status"), [("hr", 200), ("centre", 200), ("head", 200), ("unit_admin", 200), ("learner", 403), ("auditor", 403)])
def test_board_is_for_those_who_see_coverage(covered, client, who, status) -> None:
    client.force_login(getattr(covered, who))
    assert client.get(BOARD).status_code == status
    assert client.get("/coverage/caizheng/").status_code == status


def test_board_of_a_unit_shows_that_unit_alone(covered, client) -> None:
    client.force_login(covered.head)
    assert sorted(names(client.get(BOARD))) == ["何敏", "王慧敏"]
    assert client.get("/coverage/longkou/").status_code == 404
    assert client.get("/coverage/nowhere/").status_code == 404
    assert client.get(BOARD + "?unit=longkou").context["counts"].required == 2


def test_board_uses_as_many_queries_for_more_units_and_people(covered, client) -> None:
    client.force_login(covered.hr)
    counts = []
    for unit in (None, covered.personnel):
        if unit is not None:
            for _ in range(3):
                certify(hold(unit, covered.post).person)
        with CaptureQueriesContext(connection) as queries:
            client.get(BOARD)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_board_without_requirements_says_so(county, client) -> None:
    client.force_login(county.hr)
    assert "empty" in body(client.get(BOARD))


def test_board_with_fifty_rows_stays_within_its_weight(covered, client) -> None:
    for _ in range(50):
        hold(covered.finance, covered.post)
    client.force_login(covered.hr)
    assert len(gzip.compress(client.get(BOARD).content)) < (24 - 7 - 2) * 1024


def test_unit_page_says_whether_the_unit_is_covered_and_who_lapses(covered, client) -> None:
    client.force_login(covered.hr)
    township, finance = body(client.get("/coverage/longkou/")), body(client.get("/coverage/caizheng/"))
    assert "未达标：应持证 2，缺 1。" in township
    assert "林芳" in township[township.index("h-soon") :]
    assert "未达标：应持证 2，缺 1。" in finance
    certify(hold(covered.personnel, covered.post).person)
    assert "已达标：须持证岗位人员全部持证。" in body(client.get("/coverage/renshe/"))
    assert "没有须持证的岗位。" in body(client.get("/coverage/renshe/?day=2023-12-31"))


def test_reminding_reaches_the_ticked_of_ones_own_reach(covered, client) -> None:
    client.force_login(covered.head)
    ticked = list(covered.finance.people.values_list("staff_number", flat=True)) + list(
        covered.township.people.values_list("staff_number", flat=True)
    )
    response = client.post("/coverage/remind/", {"s": ticked, "next": "/coverage/?state=gap"})
    assert response["Location"] == "/coverage/?state=gap"
    assert [n.person.name for n in Notice.objects.filter(key__startswith="coverage:")] == ["何敏"]
    assert client.post("/coverage/remind/", {"next": "https://elsewhere.example/"})["Location"] == BOARD


def test_reminding_needs_the_right_and_a_post(covered, client) -> None:
    client.force_login(covered.learner)
    assert client.post("/coverage/remind/", {"s": ["1"]}).status_code == 403
    assert client.get("/coverage/remind/").status_code == 405


def test_requirements_are_added_and_ended_on_screen(county, client) -> None:
    post, kind = PostFactory(), make_type()
    client.force_login(county.hr)
    added = client.post("/requirements/add/", {"post": post.code, "certificate_type": kind.code, "since": "2026-11-23"}, follow=True)
    assert (added.status_code, Requirement.objects.get().since) == (200, TODAY)
    again = client.post("/requirements/add/", {"post": post.code, "certificate_type": kind.code, "since": "2026-11-23"})
    assert "errors" in body(again)
    client.post(f"/requirements/{Requirement.objects.get().pk}/end/", {"until": "nonsense"})
    assert Requirement.objects.get().until is None
    client.post(f"/requirements/{Requirement.objects.get().pk}/end/", {"until": "2026-12-31"})
    assert Requirement.objects.get().until == date(2026, 12, 31)
    client.post("/requirements/staffing/add/", {"staffing-unit_kind": "township", "staffing-since": "2026-11-23"})
    client.post(f"/requirements/staffing/{StaffingRule.objects.get().pk}/end/", {"until": (TODAY + timedelta(days=9)).isoformat()})
    assert StaffingRule.objects.get().until == TODAY + timedelta(days=9)
    assert client.get("/requirements/").status_code == 200


@pytest.mark.parametrize("who", ["centre", "head", "learner", "sysadmin"])
def test_requirements_need_the_right(county, client, who) -> None:
    row, rule = call(), staff()[0]
    client.force_login(getattr(county, who))
    assert client.get("/requirements/").status_code == 403
    for address in ("/requirements/add/", "/requirements/staffing/add/", f"/requirements/{row.pk}/end/", f"/requirements/staffing/{rule.pk}/end/"):
        assert client.post(address).status_code == 403


def test_home_tells_the_head_whether_the_unit_is_covered(covered, client) -> None:
    client.force_login(covered.head)
    assert "县财政局：持证覆盖" in body(client.get("/"))
    client.force_login(covered.learner)
    assert "持证覆盖" not in body(client.get("/"))
