"""What a first load weighs and asks for, compressed: the budgets of the pages that slow lines see most."""

import gzip
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.urls import reverse

from content.library.loading import load_library
from content.library.sources import ROOT, read_topic
from content.models import LessonPage
from courses.progress.actions import open_lesson
from exams.attempts.actions import start
from exams.papers.models import Blueprint
from lms.notices.actions import tell
from lms.notices.models import Announcement
from lms.people.models import Person
from tests.access.world import signed_in
from tests.conftest import NOW
from tests.factories.assessment import credit
from tests.factories.bank import make_question
from tests.factories.certificates import certify, make_type
from tests.factories.compliance import call, hold
from tests.factories.exams import admit, make_bank, make_blueprint, make_sitting
from tests.factories.people import PersonFactory, PostFactory

KILOBYTE = 1024
REQUESTS = 4  # of a first load, the page itself included
ASKED_FOR = re.compile(r"<(?:link|script|img|source)\b[^>]*?\s(?:href|src)=\"(/[^\"]+)\"")


@pytest.fixture(autouse=True)
def now() -> Any:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


def first_load(client: Any, address: str) -> tuple[int, list[str]]:
    """Return (bytes on the wire, addresses asked for) of an empty cache: the page, its styles, scripts, icon and pictures."""
    page = client.get(address)
    assert page.status_code == 200
    parts, asked = [page.content], list(dict.fromkeys(ASKED_FOR.findall(page.content.decode())))
    for name in asked:
        found = finders.find(name.removeprefix("/static/"))
        assert found, f"{name} is asked for and not there"
        parts.append(Path(str(found)).read_bytes())
    return sum(len(gzip.compress(part, 9)) for part in parts), [address, *asked]


def check(client: Any, address: str, kilobytes: int) -> None:
    weight, asked = first_load(client, address)
    assert weight <= kilobytes * KILOBYTE, f"{address} weighs {weight} bytes"
    assert len(asked) <= REQUESTS, asked


@pytest.fixture
def learner(county: SimpleNamespace) -> Person:
    """Someone in the middle of the year: learning begun, an exam open, certificates, notices, announcements."""
    load_library([read_topic(folder, "civil-servants") for folder in sorted((ROOT / "civil-servants").iterdir())], by=None, at=NOW)
    person: Person = PersonFactory(home_unit=county.finance, name="欧阳慧敏", post=PostFactory(name="信息安全员"))
    for lesson in LessonPage.objects.all()[:3]:
        open_lesson(lesson, by=person, at=NOW)
    admit(make_sitting(county.finance, NOW, Blueprint.objects.create(title="年度考试")), person)
    for n in range(3):
        certify(person, make_type(f"T{n}", name=f"第{n}种岗位合格证"))
        tell(person, title=f"您的证书将于{30 * n}天后到期，请参加复审", at=NOW, link="/certificates/")
        Announcement.objects.create(
            number=f"云人社〔2026〕{n}号", title="关于举办全县信息安全员持证培训的通知", body="正文", issued_by=county.personnel, issued_on=NOW.date()
        )
    credit(person, "62.5")
    return person


def test_home(learner: Person) -> None:
    check(signed_in(learner), reverse("home"), 14)


def test_home_of_hr(county: SimpleNamespace, learner: Person) -> None:
    county.hr.appointments.create(unit=county.personnel, post=PostFactory(), valid_from="2020-01-01")
    check(signed_in(county.hr), reverse("home"), 14)


def test_every_lesson_without_author_pictures(learner: Person) -> None:
    client = signed_in(learner)
    for lesson in LessonPage.objects.all():
        weight, asked = first_load(client, reverse("lesson", args=[lesson.pk]))
        drawings = [name for name in asked if "/drawings/" in name or "/library/" in name]
        assert weight <= (30 if drawings else 20) * KILOBYTE, f"{lesson.title} weighs {weight} bytes"
        assert len(asked) - len(drawings) <= REQUESTS, asked


@pytest.mark.parametrize(("counts", "kilobytes"), [((20, 10, 12, 8), 24), ((40, 20, 24, 16), 36)])
def test_paper(county: SimpleNamespace, counts: tuple[int, ...], kilobytes: int) -> None:
    bank, blueprint = make_bank(), make_blueprint(points="1.0")
    for row, count in zip(blueprint.rows.order_by("order"), counts, strict=True):
        for n in range(10, 10 + count):
            make_question(bank.topics["leaders-01"], row.kind, n)
        row.count = count
        row.save()
    (candidate,) = admit(make_sitting(county.finance, NOW, blueprint), county.learner)
    attempt = start(candidate, key="key-of-this-browser", by=county.learner, at=NOW)
    client = signed_in(county.learner)
    client.cookies["device"] = "key-of-this-browser"
    assert client.get(reverse("paper", args=[attempt.pk])).content.decode().count("<fieldset") == sum(counts)
    check(client, reverse("paper", args=[attempt.pk]), kilobytes)


@pytest.mark.parametrize("name", ["people", "coverage", "assessment", "hours", "certificates_all", "audit"])
def test_table_of_fifty_rows(county: SimpleNamespace, name: str) -> None:
    post = PostFactory(code="anquan", name="信息安全员")
    clerk = PostFactory(name="一级科员")
    call(post)
    for _n in range(50):
        person = PersonFactory(home_unit=county.finance, post=clerk)
        hold(county.finance, post, person)
        certify(person)
        credit(person, "92.5")
    client = signed_in(county.auditor if name == "audit" else county.hr)
    check(client, reverse(name), 24)


@pytest.mark.parametrize("name", ["verify", "verified"])
def test_public_check(county: SimpleNamespace, name: str) -> None:
    certificate = certify(county.learner)
    check(signed_in(None), reverse(name, args=[certificate.code] if name == "verified" else None), 10)


def test_sign_in(county: SimpleNamespace) -> None:
    check(signed_in(None), reverse("sign_in"), 10)
