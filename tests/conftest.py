"""What every test may ask for: a small county with people in each role, and the day it is."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone, translation

from lms.people.states import Role, UnitKind
from lms.policy.defaults import lay_defaults
from tests.factories.people import PersonFactory, UnitFactory

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in 云溪县
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """No test inherits the language that the last one's reader had chosen."""
    yield
    translation.deactivate()


@pytest.fixture
def policies(db: None) -> None:
    """The default policy figures."""
    lay_defaults(at=timezone.now())


@pytest.fixture
def county(policies: None) -> SimpleNamespace:
    """云溪县 with two departments and a township; one person for each role, granted for the county (unit_admin and head: finance only)."""
    root = UnitFactory(code="yunxi", name="云溪县", kind=UnitKind.COUNTY)
    personnel = UnitFactory(code="renshe", name="县人社局", parent=root)
    finance = UnitFactory(code="caizheng", name="县财政局", parent=root)
    township = UnitFactory(code="longkou", name="龙口乡", kind=UnitKind.TOWNSHIP, parent=root)
    people = {}
    for role in Role:
        person = PersonFactory(home_unit=finance if role in {Role.UNIT_ADMIN, Role.HEAD} else personnel, name=f"{role.label}某")
        unit = person.home_unit if role in {Role.UNIT_ADMIN, Role.HEAD} else root
        person.grants.create(role=role, unit=unit, valid_from=date(2020, 1, 1))
        people[role.value] = person
    learner = PersonFactory(home_unit=finance, name="王慧敏")
    stranger = PersonFactory(home_unit=township, name="陈志远")
    return SimpleNamespace(root=root, personnel=personnel, finance=finance, township=township, learner=learner, stranger=stranger, **people)
