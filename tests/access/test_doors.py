"""Doors that stand open to everybody, and those beside the screens: redirects, the public check, files by path, one-time passwords, Wagtail."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from wagtail.documents.models import Document
from wagtail.models import Collection, Locale

from content.curricula.models import CurriculumPage
from content.library.ground import ensure_trainers
from exams.certificates.throttle import ASKS
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.people.actions import close_accounts
from lms.people.models import Person
from lms.people.roles import grant_role
from lms.people.scope import may
from lms.people.states import Act, Role
from lms.web.middleware import FirstPasswordMiddleware
from tests.access.table import RULES
from tests.access.world import InTheWorld, askers, signed_in
from tests.conftest import NOW, TODAY
from tests.factories.people import PASSWORD, PersonFactory

ELSEWHERE = ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:evil.example", "\thttps://evil.example")
PUBLIC = {rule.name for rule in RULES if rule.open}


class TestDoors(InTheWorld):
    def setUp(self) -> None:
        cache.clear()

    # --- where one is sent --------------------------------------------------------------------------------------------

    def test_nobody_is_sent_out_of_the_house(self) -> None:
        person = self.world.learner
        for target in ELSEWHERE:
            with self.subTest(target):
                answers = [
                    signed_in(None).post(reverse("sign_in"), {"username": person.staff_number, "password": PASSWORD, "next": target}),
                    signed_in(person).get(reverse("sign_in"), {"next": target}),
                    signed_in(None).post(reverse("display"), {"size": "l", "next": target}),
                    signed_in(self.world.near[Role.HR]).post(reverse("coverage_remind"), {"next": target}),
                    signed_in(person).post(reverse("sign_out"), {"next": target}),
                ]
                places = [answer.headers["Location"] for answer in answers]
                assert [place for place in places if not place.startswith("/") or place.startswith(("//", "/\\"))] == []

    def test_a_notice_leads_nowhere_outside(self) -> None:
        notice = self.world.own.notice
        for target in ELSEWHERE:
            type(notice).objects.filter(pk=notice.pk).update(link=target)
            answer = signed_in(self.world.learner).post(reverse("notice_read", args=[notice.pk]), {"go": "1"})
            assert answer.headers["Location"] == reverse("notices")

    # --- the public check ---------------------------------------------------------------------------------------------

    def test_certificates_cannot_be_counted_through_by_number(self) -> None:
        number, client = self.world.own.certificate.number, signed_in(None)
        assert client.get(reverse("verify"), {"number": number, "name": self.world.learner.name}).context["form"].is_bound is False
        assert client.post(reverse("verify"), {"number": number}).status_code == 200
        wrong = client.post(reverse("verify"), {"number": number, "name": "王某"})
        none = client.post(reverse("verify"), {"number": "YX-SEC-2026-999999", "name": self.world.learner.name})
        pages = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()) for answer in (wrong, none)]
        assert (wrong.status_code, none.status_code, pages[0]) == (404, 404, pages[1])
        assert client.get(reverse("verified", args=[number])).status_code == 404
        asked = [client.get(reverse("verified", args=[f"guess{n}"])).status_code for n in range(ASKS + 1)]
        assert asked[-1] == 429

    def test_what_is_verified_names_neither_unit_nor_staff_number_nor_the_whole_name(self) -> None:
        page = signed_in(None).get(reverse("verified", args=[self.world.own.certificate.code])).content.decode()
        holder = self.world.learner
        assert [word for word in (holder.name, holder.staff_number, holder.home_unit.name, holder.identity_tail) if word in page] == []

    # --- files by path ------------------------------------------------------------------------------------------------

    def test_private_files_have_no_address(self) -> None:
        name = self.world.own.certificate.number
        for path in (f"/media/certificates/{name}.pdf", f"/files/certificates/{name}.pdf", "/static/../files/x", "/var/chizheng.sqlite3"):
            assert signed_in(self.world.wide[Role.HR]).get(path).status_code == 404

    # --- accounts -----------------------------------------------------------------------------------------------------

    def test_a_one_time_password_opens_nothing_but_choosing_ones_own(self) -> None:
        person = self.world.near[Role.HR]
        Person.objects.filter(pk=person.pk).update(must_change_password=True)
        client, things = signed_in(person), self.world.own
        for rule in RULES:
            if rule.name in {*FirstPasswordMiddleware.OPEN}:
                continue
            address = reverse(rule.name, kwargs=rule.arguments(things) if rule.arguments else None)
            assert (rule.name, client.get(address).headers.get("Location")) == (rule.name, reverse("password"))
        assert client.get("/cms/").headers["Location"] == reverse("password")

    def test_a_closed_account_is_signed_out_everywhere(self) -> None:
        client = signed_in(self.world.near[Role.HR])
        assert client.get(reverse("people")).status_code == 200
        Person.objects.filter(pk=self.world.near[Role.HR].pk).update(is_active=False)
        assert client.get(reverse("people")).headers["Location"].startswith(reverse("sign_in"))

    def test_a_role_that_has_ended_or_not_begun_opens_nothing(self) -> None:
        ended, coming = self.world.near[Role.HR], PersonFactory(home_unit=self.world.finance)
        ended.grants.update(valid_to=TODAY)
        coming.grants.create(role=Role.HR, unit=self.world.finance, valid_from=TODAY + timedelta(days=1))
        for person in (ended, coming):
            assert signed_in(person).get(reverse("people")).status_code == 403

    def test_a_password_nobody_may_hand_over_on_screen_is_renewed_on_the_terminal(self) -> None:
        auditor, out = self.world.wide[Role.AUDITOR], io.StringIO()
        call_command("renew_password", auditor.staff_number, stdout=out)
        auditor.refresh_from_db()
        assert auditor.check_password(out.getvalue().split(": ")[1].strip())
        assert (auditor.must_change_password, AuditRow.objects.filter(verb=Verb.PASSWORD_RESET, actor=None).count()) == (True, 1)
        with pytest.raises(CommandError):
            call_command("renew_password", "no-such-number")

    # --- Wagtail ------------------------------------------------------------------------------------------------------

    def test_only_those_who_write_enter_the_admin(self) -> None:
        ensure_trainers(CurriculumPage.objects.get())
        for name, person in askers(self.world).items():
            with self.subTest(name):
                answer = signed_in(person).get("/cms/")
                if person is not None and may(person, Act.WRITE_CONTENT, TODAY):
                    assert answer.status_code == 200
                else:
                    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("sign_in"))

    def test_the_admin_opens_and_closes_with_the_days_of_the_role(self) -> None:
        ensure_trainers(CurriculumPage.objects.get())
        person, hr = self.world.other, self.world.wide[Role.SYSADMIN]
        grant_role(person, Role.TRAINER, self.world.finance, day=TODAY + timedelta(days=1), by=hr, at=NOW)
        for days, status in ((0, 302), (1, 200), (9, 200), (10, 302)):
            with time_machine.travel(NOW + timedelta(days=days), tick=False):
                person.grants.filter(valid_to=None).update(valid_to=TODAY + timedelta(days=10)) if days else None
                close_accounts(at=NOW + timedelta(days=days))
                assert (days, signed_in(person).get("/cms/").status_code) == (days, status)

    def test_writers_have_no_way_to_people_or_settings(self) -> None:
        ensure_trainers(CurriculumPage.objects.get())
        client = signed_in(self.world.near[Role.TRAINER])
        for path in ("users/", "users/new/", "groups/", "sites/", "locales/", "redirects/", "collections/", "workflows/list/"):
            assert (path, client.get(f"/cms/{path}").status_code in {302, 404}) == (path, True)

    def test_there_is_one_way_to_sign_in(self) -> None:
        assert signed_in(None).get("/cms/login/").headers["Location"].split("?")[0] == reverse("sign_in")
        assert signed_in(None).get("/cms/password_reset/").status_code in {302, 404}

    def test_pages_of_the_tree_lead_to_our_own_screens_or_to_signing_in(self) -> None:
        for page in (self.world.own.lesson, self.world.own.topic):
            answer = signed_in(None).get(f"/pages{page.url_path}", follow=True)
            assert answer.status_code == 404 or answer.redirect_chain[-1][0].startswith(reverse("sign_in"))

    def test_documents_are_for_those_who_signed_in(self) -> None:
        Locale.objects.get_or_create(language_code="zh-hans")
        root = Collection.get_first_root_node() or Collection.add_root(name="Root")
        document = Document.objects.create(title="教材", collection=root, file=ContentFile(b"x", "jiaocai.txt"))
        assert signed_in(None).get(document.url).headers["Location"].startswith(reverse("sign_in"))
        assert signed_in(self.world.learner).get(document.url).status_code == 200


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_addresses_are_few_and_meant(name: str) -> None:
    assert name in {"display", "help", "privacy", "live", "ready", "sign_in", "sign_out", "verify", "verified", "exam_ticket"}
