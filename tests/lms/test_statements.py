"""Statements compiled once say what their querysets say."""

from threading import Thread

import pytest
from django.db import connection
from django.db.models import CharField, Count, DateField, Q, Value
from django.utils import timezone

from lms.people.models import Person, Unit
from lms.statements import NUMBER, Ready
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


def _of_unit(unit, name):
    return (
        Person.objects.filter(home_unit=unit)
        .filter(Q(name=name) | Q(joined_on__lte="2100-01-01"))
        .select_related("home_unit")
        .annotate(one=Value(1))
        .order_by("pk")
    )


OF_UNIT = Ready(_of_unit, unit=NUMBER, name=CharField())


def test_rows_annotations_and_related_objects_are_those_of_the_queryset(django_assert_num_queries):
    """Asked twice with different values: each time what the queryset finds, in one statement."""
    people = PersonFactory.create_batch(3)
    for person in people:
        plain = list(_of_unit(person.home_unit_id, person.name))
        with django_assert_num_queries(1):
            ready = OF_UNIT.all(unit=person.home_unit, name=person.name)
            assert [(row, row.home_unit, row.home_unit.name, row.one) for row in ready] == [
                (row, row.home_unit, person.home_unit.name, 1) for row in plain
            ]
        assert not ready[0]._state.adding


def test_values_and_groups_come_as_from_the_queryset():
    person = PersonFactory()
    counted = Ready(lambda day: Person.objects.filter(joined_on__lte=day).values("home_unit").annotate(n=Count("pk")).order_by(), day=DateField())
    flat = Ready(lambda pk: Unit.objects.filter(pk=pk).values_list("name", flat=True), pk=NUMBER)
    assert counted.first(day=timezone.localdate()) == {"home_unit": person.home_unit_id, "n": 1}
    assert flat.all(pk=person.home_unit_id) == [person.home_unit.name]


def test_nothing_is_remembered_of_the_rows():
    person = PersonFactory(name="甲")
    by_pk = Ready(lambda pk: Person.objects.filter(pk=pk), pk=NUMBER)
    assert by_pk.first(pk=person.pk).name == "甲"
    Person.objects.filter(pk=person.pk).update(name="乙")
    assert by_pk.first(pk=person.pk).name == "乙"
    assert by_pk.first(pk=person.pk + 1) is None


def test_a_number_no_column_holds_finds_nothing():
    by_pk = Ready(lambda pk: Person.objects.filter(pk=pk), pk=NUMBER)
    assert by_pk.all(pk=2**64) == []


def test_each_thread_asks_over_its_own_connection():
    by_pk = Ready(lambda pk: Person.objects.filter(pk=pk).values_list("pk", flat=True), pk=NUMBER)
    by_pk.all(pk=1)
    used = []

    def ask():
        made, compiler, *_rest = by_pk._compile()
        used.append((made, compiler.connection))

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert used[0][1] is None
    assert by_pk._compiled[1].connection is None
    assert connection.connection is not None
