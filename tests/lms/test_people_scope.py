"""Scope by subtree: whatever the tree, nobody reaches outside what they were granted."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lms.people.models import Person, Unit
from lms.people.scope import COUNTY_WIDE, PERMITS, may, reach, within
from lms.people.states import Act, Role
from tests.factories.people import PersonFactory, UnitFactory

DAY = date(2026, 3, 1)


class RandomTrees(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.integers(0, 50), st.sampled_from(list(Role)))
    def test_nobody_reaches_outside_the_granted_subtree(self, parents: list[int], chosen: int, role: Role) -> None:
        units: list[Unit] = []
        for n, parent in enumerate(parents):
            units.append(UnitFactory(code=f"{'ab' if n % 2 else 'a'}{n}", parent=units[parent % len(units)] if units and parent % 4 else None))
        granted = units[chosen % len(units)]
        person = PersonFactory(home_unit=units[0])
        person.grants.create(role=role, unit=granted, valid_from=DAY)
        inside = set()
        for unit in units:
            node: Unit | None = unit
            while node is not None:
                if node.pk == granted.pk:
                    inside.add(unit.pk)
                node = node.parent
        for act in Act:
            wide_enough = act not in COUNTY_WIDE or granted.parent is None
            expected = inside if act in PERMITS[role] and wide_enough else set()
            assert set(Unit.objects.reached_by(person, act, DAY).values_list("pk", flat=True)) == expected
            assert {unit.pk for unit in units if may(person, act, DAY, unit)} == expected


@pytest.mark.parametrize(("offset", "held"), [(-1, False), (0, True), (9, True), (10, False)])
def test_grant_holds_from_its_first_day_until_the_day_before_its_end(county, offset: int, held: bool) -> None:
    county.learner.grants.create(role=Role.HR, unit=county.root, valid_from=DAY, valid_to=DAY + timedelta(days=10))
    assert may(county.learner, Act.MANAGE_PEOPLE, DAY + timedelta(days=offset)) is held


def test_closed_account_may_nothing(county) -> None:
    Person.objects.filter(pk=county.hr.pk).update(is_active=False)
    person = Person.objects.get(pk=county.hr.pk)
    assert [act for act in Act if reach(person, act, DAY)] == []


def test_no_path_lets_nothing_through(county) -> None:
    assert Unit.objects.filter(within([])).count() == 0


def test_unit_whose_code_begins_alike_is_outside(county) -> None:
    alike = UnitFactory(code="caizheng2", parent=county.root)
    assert not may(county.unit_admin, Act.SEE_PEOPLE, DAY, alike)
    assert may(county.unit_admin, Act.SEE_PEOPLE, DAY, county.finance)
