"""Screens of certificates: one's own, the register, the file, and the public check."""

import gzip
import io
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from exams.certificates import jobs
from exams.certificates.actions import revoke
from exams.certificates.throttle import ASKS
from lms.audit.models import AuditRow
from lms.jobs.actions import enqueue, run_due
from tests.conftest import NOW
from tests.factories.certificates import certify, earn, make_type
from tests.factories.people import PersonFactory


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    """10:00 on 2026-11-23, and nobody has asked yet."""
    cache.clear()
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def certificate(county):
    made = certify(county.learner)
    enqueue(jobs.RENDER, title="r", by=None, at=timezone.now(), certificate=made.pk)
    run_due()
    made.refresh_from_db()
    return made


def body(response) -> str:
    return response.content.decode()


def data(response) -> bytes:
    return b"".join(response.streaming_content)


# --- one's own --------------------------------------------------------------------------------------------------------


def test_mine_shows_state_days_left_and_where_to_check(county, certificate, client) -> None:
    client.force_login(county.learner)
    page = body(client.get(reverse("certificates")))
    for shown in (certificate.number, reverse("certificate_file", args=[certificate.number]), reverse("verified", args=[certificate.code]), "有效"):
        assert shown in page


def test_mine_without_a_certificate_says_how_to_get_one(county, client) -> None:
    client.force_login(county.learner)
    assert "empty" in body(client.get(reverse("certificates")))


def test_mine_shows_why_it_was_revoked_and_no_other_persons(county, certificate, client) -> None:
    certify(county.stranger)
    revoke(certificate, on=timezone.localdate(), reason="考试舞弊", by=county.hr, at=timezone.now())
    client.force_login(county.learner)
    page = body(client.get(reverse("certificates")))
    assert "考试舞弊" in page
    assert "YX-SEC-2026-000002" not in page


@pytest.mark.parametrize("who", ["learner", "hr", "head", "centre"])
def test_file_is_given_to_holder_and_staff_who_reach_them(county, certificate, client, who) -> None:
    client.force_login(getattr(county, who))
    response = client.get(reverse("certificate_file", args=[certificate.number]))
    assert (response.status_code, response["Content-Type"], data(response)[:5]) == (200, "application/pdf", b"%PDF-")


@pytest.mark.parametrize("who", ["stranger", "invigilator", "trainer", "auditor", "sysadmin"])
def test_file_is_not_there_for_anyone_else(county, certificate, client, who) -> None:
    client.force_login(getattr(county, who))
    assert client.get(reverse("certificate_file", args=[certificate.number])).status_code == 404
    assert client.get(reverse("certificate_file", args=["YX-SEC-2026-999999"])).status_code == 404


def test_file_needs_a_sign_in(county, certificate, client) -> None:
    assert client.get(reverse("certificate_file", args=[certificate.number])).status_code == 302


# --- the register -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [("hr", 200), ("centre", 200), ("head", 200), ("unit_admin", 200), ("learner", 403), ("trainer", 403)])
def test_register_is_for_those_who_see_coverage(county, client, who, status) -> None:
    client.force_login(getattr(county, who))
    assert client.get(reverse("certificates_all")).status_code == status


def test_register_of_a_unit_shows_that_unit_alone(county, certificate, client) -> None:
    other = certify(county.stranger)
    client.force_login(county.head)
    page = body(client.get(reverse("certificates_all")))
    assert certificate.number in page
    assert other.number not in page
    assert client.get(reverse("certificate", args=[certificate.number])).status_code == 200
    assert client.get(reverse("certificate", args=[other.number])).status_code == 404


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3), ("type=SEC", 2), ("type=NONE", 3), ("state=valid", 2), ("state=revoked", 1), ("state=x", 3), ("unit=longkou", 1),
        ("q=王慧", 2), ("q=sec-2026-000002", 1),
    ],
)  # fmt: skip
def test_register_filters_by_the_address(county, client, query, count) -> None:
    certify(county.learner)
    revoked = certify(county.learner, make_type("NET"))
    certify(county.stranger)
    revoke(revoked, on=timezone.localdate(), reason="误发", by=county.hr, at=timezone.now())
    client.force_login(county.hr)
    page = client.get(f"{reverse('certificates_all')}?{query}").context["page"]
    assert page.paginator.count == count


def test_register_exports_exactly_what_is_shown_and_says_so_in_the_trail(county, certificate, client) -> None:
    certify(county.stranger)
    client.force_login(county.hr)
    response = client.get(reverse("certificates_all") + "?unit=caizheng&export=xlsx")
    rows = list(load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [certificate.number]
    assert AuditRow.objects.get(verb="list:export").detail == {"rows": 1}


def test_register_names_whose_certificate_waits_for_a_typeface(county, client) -> None:
    earn(PersonFactory(name="王\U00031350", home_unit=county.finance))
    client.force_login(county.hr)
    assert "\U00031350" in body(client.get(reverse("certificates_all")))


def test_register_uses_as_many_queries_for_three_rows_as_for_one(county, client) -> None:
    client.force_login(county.hr)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            certify(PersonFactory(home_unit=county.finance))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("certificates_all"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_revoke_on_screen_with_reason(county, certificate, client) -> None:
    client.force_login(county.hr)
    address = reverse("certificate_revoke", args=[certificate.number])
    refused = client.post(address, {"on": timezone.localdate().isoformat(), "reason": ""})
    assert (refused.status_code, certificate.events.count()) == (200, 0)
    too_late = client.post(address, {"on": (timezone.localdate() + timedelta(days=1)).isoformat(), "reason": "误发"})
    assert (too_late.status_code, certificate.events.count()) == (200, 0)
    done = client.post(address, {"on": timezone.localdate().isoformat(), "reason": "误发"}, follow=True)
    assert (done.status_code, certificate.events.get().reason) == (200, "误发")


@pytest.mark.parametrize(("who", "status"), [("head", 403), ("centre", 403), ("learner", 403)])
def test_revoking_and_redrawing_need_the_right(county, certificate, client, who, status) -> None:
    client.force_login(getattr(county, who))
    for name in ("certificate_revoke", "certificate_draw"):
        assert client.post(reverse(name, args=[certificate.number])).status_code == status
    assert certificate.events.count() == 0


def test_managers_of_another_unit_do_not_find_it(county, certificate, client) -> None:
    other = PersonFactory(home_unit=county.township, role="hr")
    client.force_login(other)
    for name in ("certificate_revoke", "certificate_draw"):
        assert client.post(reverse(name, args=[certificate.number])).status_code == 404


def test_changes_are_posted_only(county, certificate, client) -> None:
    client.force_login(county.hr)
    assert client.get(reverse("certificate_revoke", args=[certificate.number])).status_code == 405


def test_redraw_queues_the_file(county, certificate, client) -> None:
    client.force_login(county.hr)
    client.post(reverse("certificate_draw", args=[certificate.number]))
    assert run_due() == 1


# --- the public check -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("send", "found"),
    [
        (lambda c: {"code": c.code}, True),
        (lambda c: {"code": c.code.lower().replace("-", " ")}, True),
        (lambda c: {"number": c.number, "name": "王慧敏"}, True),
        (lambda c: {"number": c.number.lower(), "name": " 王慧敏 "}, True),
        (lambda c: {"number": c.number, "name": "王慧"}, False),
        (lambda c: {"number": "YX-SEC-2026-999999", "name": "王慧敏"}, False),
        (lambda c: {"code": "A" * 26}, False),
        (lambda c: {"code": "nonsense"}, False),
    ],
)
def test_verify_finds_by_code_or_by_number_with_name(county, certificate, client, send, found) -> None:
    response = client.post(reverse("verify"), send(certificate))
    if found:
        assert (response.status_code, response["Location"]) == (302, reverse("verified", args=[certificate.code]))
    else:
        assert response.status_code == 404


def test_wrong_name_and_wrong_number_get_the_same_answer(county, certificate, client) -> None:
    def answer(**sent: str) -> str:
        page = body(client.post(reverse("verify"), sent))
        return page[page.index("<main") : page.index("</main")]

    same = {answer(number=certificate.number, name="王敏"), answer(number="YX-SEC-2026-999999", name="王慧敏"), answer(code="A" * 26)}
    assert len(same) == 1


@pytest.mark.parametrize("sent", [{}, {"number": "YX-SEC-2026-000001"}, {"name": "王慧敏"}])
def test_verify_asks_again_for_what_is_lacking(county, client, sent) -> None:
    response = client.post(reverse("verify"), sent)
    assert (response.status_code, "errors" in body(response)) == (200, True)


def test_verified_page_shows_the_least_and_works_signed_out(county, certificate, client) -> None:
    page = body(client.get(reverse("verified", args=[certificate.code])))
    for shown in ("王＊敏", certificate.number, certificate.facts["type"], certificate.facts["issuer"], certificate.file_digest, "证书有效"):
        assert shown in page
    for hidden in ("王慧敏", county.learner.staff_number, "县财政局", "<script"):
        assert hidden not in page


def test_verified_page_of_a_revoked_certificate_keeps_the_reason_to_itself(county, certificate, client) -> None:
    revoke(certificate, on=timezone.localdate(), reason="考试舞弊", by=county.hr, at=timezone.now())
    page = body(client.get(reverse("verified", args=[certificate.code])))
    assert "证书已吊销" in page
    assert "考试舞弊" not in page


@pytest.mark.parametrize(("start", "words"), [("2023-11-01", "证书已过期"), ("2024-01-01", "证书有效，即将到期"), ("2026-12-01", "证书尚未生效")])
def test_verified_page_says_how_it_stands(county, client, start, words) -> None:
    made = certify(county.learner, start=date.fromisoformat(start))
    assert words in body(client.get(reverse("verified", args=[made.code])))


def test_unknown_code_is_the_same_page_grey(county, client) -> None:
    response = client.get(reverse("verified", args=["AAAA-BBBB"]))
    assert (response.status_code, "未找到证书" in body(response)) == (404, True)


def test_uploaded_file_is_compared_by_its_bytes(county, certificate, client) -> None:
    client.force_login(county.learner)
    original = data(client.get(reverse("certificate_file", args=[certificate.number])))
    client.logout()
    address = reverse("verified", args=[certificate.code])

    def compared(content: bytes) -> bool | None:
        return client.post(address, {"file": SimpleUploadedFile("c.pdf", content, "application/pdf")}).context["compared"]

    assert compared(original) is True
    for at in (0, len(original) // 2, len(original) - 1):
        assert compared(original[:at] + bytes([original[at] ^ 1]) + original[at + 1 :]) is False
    found = client.post(reverse("verify"), {"file": SimpleUploadedFile("c.pdf", original, "application/pdf")})
    assert found["Location"] == address


def test_large_file_is_refused(county, certificate, client) -> None:
    response = client.post(reverse("verified", args=[certificate.code]), {"file": SimpleUploadedFile("c.pdf", b"%PDF" + b"0" * (2 * 1024 * 1024))})
    assert (response.context["compared"], "2 MB" in body(response)) == (None, True)


def test_asking_too_often_is_slowed_down(county, certificate, client) -> None:
    address = reverse("verified", args=["AAAA-BBBB"])
    assert [client.get(address).status_code for _ in range(ASKS)] == [404] * ASKS
    slow = client.get(address)
    assert (slow.status_code, slow["Retry-After"]) == (429, "60")
    assert client.post(reverse("verify"), {"code": certificate.code}).status_code == 429
    assert client.get(address, REMOTE_ADDR="10.1.2.3").status_code == 404


def test_name_never_travels_in_an_address(county, certificate, client) -> None:
    response = client.get(reverse("verify"), {"number": certificate.number, "name": "王慧敏"})
    assert (response.status_code, "王慧敏" in body(response)) == (200, False)


@pytest.mark.parametrize("name", ["verify", "verified"])
def test_first_load_of_the_check_weighs_at_most_ten_kilobytes(county, certificate, client, name) -> None:
    page = client.get(reverse(name, args=[certificate.code] if name == "verified" else [])).content
    with open(finders.find("lms/site.css"), "rb") as css:
        assert len(gzip.compress(page)) + len(gzip.compress(css.read())) <= 10 * 1024
