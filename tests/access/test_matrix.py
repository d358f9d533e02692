"""Every address × everyone × a thing of the own and of another unit: the answer the rules call for, and nothing that doesn't belong in it.

One test an address, made from the table. Each request stands in a savepoint that is rolled back, so that no answer depends on the one before.
"""

import io
import re
import zipfile
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lms.people.models import Person
from tests.access.matrix import Rule, expected, observed
from tests.access.table import RULES, our_addresses
from tests.access.world import AtNow, askers, make_world, session_of
from tests.conftest import TODAY

SIGN_IN = "/sign-in/"
WRITE = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"(\w+)"', re.IGNORECASE)
BOOKKEEPING = ("django_session",)  # a session that slides or is begun
SCRIPT_OR_STYLE = re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+\s*=\s*[\"']")


def test_every_address_has_exactly_one_rule() -> None:
    assert sorted(rule.name for rule in RULES) == sorted(our_addresses())


class TestMatrix(AtNow):
    """Filled below with one test an address."""

    world: SimpleNamespace
    sessions: dict[str, str]

    @classmethod
    def setUpTestData(cls) -> None:
        SHARED.world = make_world()
        SHARED.askers = askers(SHARED.world)
        SHARED.sessions = {name: session_of(person) for name, person in SHARED.askers.items() if person is not None}


SHARED = SimpleNamespace()  # kept off the class: its attributes would be copied for every test


def client_of(name: str, **options: Any) -> Client:
    client = Client(**options)
    if name in SHARED.sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = SHARED.sessions[name]
    return client


def ask(rule: Rule, things: SimpleNamespace, name: str, method: str, **options: Any) -> tuple[Any, str, list[str]]:
    """Ask once and roll back; returns the answer, what stands in it as text, and the tables it wrote."""
    cache.clear()
    address = reverse(rule.name, kwargs=rule.arguments(things) if rule.arguments else None)
    client = client_of(name, **options)
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        if method == "GET":
            response = client.get(address)
        else:
            response = client.post(address, rule.body(things) if rule.body else {}, content_type="application/json") if rule.script else client.post(
                address, rule.body(things) if rule.body else {}
            )  # fmt: skip
        text = text_of(response)
        transaction.set_rollback(True)
    written = [found[1] for query in queries if (found := WRITE.match(query["sql"]))]
    return response, text, written


def text_of(response: Any) -> str:
    """The answer with its headers, workbooks unpacked."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"".join(book.read(name) for name in book.namelist())
    return body.decode("utf-8", "replace") + str(response.headers)


def faults_of_page(response: Any, text: str) -> list[str]:
    """What a page of ours must carry and must not hold."""
    headers, found = response.headers, []
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy or "*" in policy:
        found.append(f"policy {policy!r}")
    if headers.get("X-Content-Type-Options") != "nosniff" or headers.get("Referrer-Policy") != "same-origin":
        found.append("nosniff or referrer policy is missing")
    if "no-store" not in headers.get("Cache-Control", ""):
        found.append("may be kept by caches")
    if headers.get("Content-Type", "").startswith("text/html") and SCRIPT_OR_STYLE.search(text):
        found.append("inline script or style")
    return found


def matrix_test(rule: Rule) -> Any:
    def test(self: TestMatrix) -> None:
        faults, wrote, showed = [], set(), set()
        for where in ("own", "foreign") if rule.arguments or rule.body else ("own",):
            things = getattr(SHARED.world, where)
            for name, person in SHARED.askers.items():
                for method in rule.methods:
                    response, text, written = ask(rule, things, name, method)
                    wanted = expected(rule, person and Person.objects.get(pk=person.pk), things, TODAY)
                    seen = observed(response, SIGN_IN, rule.gone)
                    found = [] if seen == wanted else [f"expected {wanted}, observed {seen}"]
                    found += faults_of_page(response, text)
                    found += [f"leaks {kind}" for kind in SHARED.world.canaries.found_in(text, rule.shows)]
                    if method == "GET":
                        found += [f"GET writes {table}" for table in sorted(set(written) - {*BOOKKEEPING, *rule.writes})]
                        wrote |= set(written)
                    showed |= set(SHARED.world.canaries.found_in(text))
                    faults += [f"{method} as {name}, {where} unit: {fault}" for fault in found]
        assert faults == []
        assert set(rule.writes) <= wrote, "the table excuses a write that no longer happens"
        assert set(rule.shows) <= showed, "the table excuses a secret that no longer shows"

    return test


def method_test(rule: Rule) -> Any:
    def test(self: TestMatrix) -> None:
        """The method an address does not take answers 405, and a change without its token is refused."""
        name = next(
            name for name, person in SHARED.askers.items()
            if expected(rule, person and Person.objects.get(pk=person.pk), SHARED.world.own, TODAY) == "pass" and (person or rule.open)
        )  # fmt: skip
        if not rule.both:
            assert ask(rule, SHARED.world.own, name, "GET" if rule.change else "POST")[0].status_code == 405
        if rule.change or rule.both:
            response, text, written = ask(rule, SHARED.world.own, name, "POST", enforce_csrf_checks=True)
            assert response.status_code == 403
            assert sorted(set(written) - set(BOOKKEEPING)) == []

    return test


def absence_test(rule: Rule) -> Any:
    def test(self: TestMatrix) -> None:
        """What does not exist is answered like what is out of reach: nobody learns by asking which ids are taken."""
        arguments = rule.arguments(SHARED.world.foreign)  # type: ignore[misc]
        nowhere = {name: 999_999 if isinstance(value, int) and name != "year" else value for name, value in arguments.items()}
        if nowhere == arguments:
            nowhere |= {name: f"{value}-none" for name, value in arguments.items() if name in {"code", "number", "key"}}
        for name, person in SHARED.askers.items():
            wanted = expected(rule, person and Person.objects.get(pk=person.pk), SHARED.world.foreign, TODAY)
            if wanted != "pass":
                things = SimpleNamespace(**vars(SHARED.world.foreign), nowhere=nowhere)
                absent = replace(rule, arguments=lambda o: o.nowhere)
                assert (name, observed(ask(absent, things, name, rule.methods[0])[0], SIGN_IN, rule.gone)) == (name, wanted)

    return test


for _rule in RULES:
    setattr(TestMatrix, f"test_{_rule.name}", matrix_test(_rule))
    setattr(TestMatrix, f"test_method_of_{_rule.name}", method_test(_rule))
    if _rule.arguments and not _rule.open:
        setattr(TestMatrix, f"test_absence_at_{_rule.name}", absence_test(_rule))
