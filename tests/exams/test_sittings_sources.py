"""Admitting everyone who lacks a certificate, and the hook by which other sources come in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exams.sittings import sources
from exams.sittings.models import Candidate
from exams.sittings.sources import Choice, Source
from lms.people.states import Role
from tests.factories.certificates import certify, make_type
from tests.factories.compliance import call
from tests.factories.people import PersonFactory, PostFactory
from tests.factories.sittings import make_sitting, make_stock


@pytest.fixture
def sitting(county):
    make_stock()
    now = timezone.now()
    return make_sitting(county.root, opens_at=now + timedelta(days=1), closes_at=now + timedelta(days=1, hours=3), certificate_type=make_type())


@pytest.fixture
def guards(county, sitting):
    """Three holders of a post that calls for the certificate: one has it, two do not."""
    post = PostFactory(code="anquan")
    call(post, sitting.certificate_type)
    people = [PersonFactory(home_unit=unit, post=post) for unit in (county.finance, county.finance, county.township)]
    certify(people[0], sitting.certificate_type)
    return people


def found(client, sitting, **asked) -> list[int]:
    page = client.post(f"/sittings/{sitting.pk}/candidates/add/", {"text": "", "do": "preview"} | asked)
    return sorted(person.id for person in page.context["meant"].found)


def test_all_who_lack_the_certificate_are_meant_narrowed_by_unit(county, client, sitting, guards) -> None:
    client.force_login(county.trainer)
    lacking = f"lacking:{sitting.certificate_type_id}"
    assert found(client, sitting, source=lacking) == sorted(p.pk for p in guards[1:])
    assert found(client, sitting, source=lacking, unit=county.finance.pk) == [guards[1].pk]
    assert client.post(f"/sittings/{sitting.pk}/candidates/add/", {"source": "lacking:x", "do": "preview"}).context["form"].errors


def test_confirmed_they_are_admitted(county, client, sitting, guards) -> None:
    client.force_login(county.trainer)
    client.post(f"/sittings/{sitting.pk}/candidates/add/", {"text": "", "source": f"lacking:{sitting.certificate_type_id}", "do": "confirm"})
    assert set(Candidate.objects.values_list("person", flat=True)) == {p.pk for p in guards[1:]}


def test_only_people_in_reach_are_meant(county, client, guards, sitting) -> None:
    client.force_login(PersonFactory(home_unit=county.finance, role=Role.TRAINER))
    own = make_sitting(county.finance, opens_at=sitting.opens_at, closes_at=sitting.closes_at)
    assert found(client, own, source=f"lacking:{sitting.certificate_type_id}") == [guards[1].pk]


def test_the_certificate_of_the_sitting_stands_on_top(county, client, sitting, guards) -> None:
    call(PostFactory(), make_type("AAA", name="甲证"))
    client.force_login(county.trainer)
    (group,) = [group for group in sources.offered(sitting, timezone.localdate()) if len(group[1]) == 4]
    assert group[1][0][0] == f"lacking:{sitting.certificate_type_id}"


def test_a_room_above_hangs_in_a_source_of_its_own(county, client, sitting, monkeypatch) -> None:
    """As training classes will."""
    monkeypatch.setattr(sources, "SOURCES", {})
    of_class = Source(
        name="class", label="培训班", choices=lambda s, day: [Choice(key="1", label="秋季班")], people=lambda s, key, day: [county.learner.pk]
    )
    sources.add_source(of_class)
    sources.add_source(of_class)
    client.force_login(county.trainer)
    assert found(client, sitting, source="class:1") == [county.learner.pk]
