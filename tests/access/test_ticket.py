"""What an entry ticket opens: the whole table of addresses, asked with a ticket session. Its own exam, the public pages, and nothing else."""

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from exams.sittings.tickets_session import SESSION_KEY
from lms.people.models import Person
from tests.access.matrix import Rule, observed
from tests.access.table import RULES
from tests.access.world import InTheWorld

SIGN_IN = "/sign-in/"


class TestTicketSession(InTheWorld):
    def setUp(self) -> None:
        client = Client()
        own = self.world.own
        client.post(reverse("exam_ticket"), {"number": own.ticket.candidate.number, "code": own.ticket.code})
        self.cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        assert client.session[SESSION_KEY]

    def ask(self, rule: Rule, where: str, method: str) -> str:
        cache.clear()
        things, client = getattr(self.world, where), Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = self.cookie
        address = reverse(rule.name, kwargs=rule.arguments(things) if rule.arguments else None)
        kind = {"content_type": "application/json"} if rule.script and method == "POST" else {}
        with transaction.atomic():
            response = client.get(address) if method == "GET" else client.post(address, rule.body(things) if rule.body else {}, **kind)
            transaction.set_rollback(True)
        return observed(response, SIGN_IN, rule.gone)

    def wanted(self, rule: Rule, where: str) -> str:
        own = self.world.own
        address = reverse(rule.name, kwargs=rule.arguments(own) if rule.arguments else None)
        here = address.startswith((f"/exams/{own.sitting.pk}/", f"/exams/attempts/{own.attempt.pk}/"))
        return "pass" if rule.open or (here and where == "own") else "sign in"

    def test_it_opens_its_own_exam_and_the_public_pages_alone(self) -> None:
        faults = []
        for rule in RULES:
            for where in ("own", "foreign") if rule.arguments or rule.body else ("own",):
                for method in rule.methods:
                    seen, wanted = self.ask(rule, where, method), self.wanted(rule, where)
                    faults += [] if seen == wanted else [f"{method} {rule.name}, {where}: expected {wanted}, observed {seen}"]
        assert faults == []

    def test_it_opens_no_other_paper_of_the_same_person(self) -> None:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = self.cookie
        for name, pk in (("receipt", self.world.own.ended.pk), ("exam_entry", self.world.own.held.pk), ("paper", self.world.own.ended.pk)):
            assert client.get(reverse(name, args=[pk])).headers["Location"].startswith(SIGN_IN)

    def test_it_opens_without_a_password_ever_chosen(self) -> None:
        Person.objects.filter(pk=self.world.learner.pk).update(must_change_password=True)
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = self.cookie
        assert client.get(reverse("exam_entry", args=[self.world.own.sitting.pk])).status_code == 200

    def test_a_closed_account_ends_it(self) -> None:
        Person.objects.filter(pk=self.world.learner.pk).update(is_active=False)
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = self.cookie
        assert client.get(reverse("exam_entry", args=[self.world.own.sitting.pk])).status_code == 302

    def test_a_colleague_without_the_act_gives_no_ticket_and_sees_no_log(self) -> None:
        own, client = self.world.own, Client()
        client.force_login(self.world.other)
        assert client.get(reverse("door_log", args=[own.sitting.pk])).status_code == 403
        assert client.post(reverse("ticket_again", args=[own.sitting.pk, own.candidate.pk])).status_code == 403
