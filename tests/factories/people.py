"""People, units and posts for tests: a small county that reads like the real one."""

from datetime import date
from typing import Any

import factory

from lms.people.models import Appointment, Person, Post, RoleGrant, Unit, UnitPlacement
from lms.people.states import Role, Tier, UnitKind

LONG_AGO = date(2020, 1, 1)
PASSWORD = "only-for-tests-2026"


class UnitFactory(factory.django.DjangoModelFactory[Unit]):
    class Meta:
        model = Unit
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"u{n}")
    name = factory.LazyAttribute(lambda unit: f"单位{unit.code}")
    kind = UnitKind.DEPARTMENT
    parent = None
    founded_on = LONG_AGO
    path = factory.LazyAttribute(lambda unit: (unit.parent.path if unit.parent else "") + unit.code + "/")

    @factory.post_generation
    def placed(unit, create: bool, extracted: Any, **kwargs: Any) -> None:
        UnitPlacement.objects.create(unit=unit, name=unit.name, path=unit.path, valid_from=unit.founded_on, valid_to=unit.closed_on)


class PostFactory(factory.django.DjangoModelFactory[Post]):
    class Meta:
        model = Post

    code = factory.Sequence(lambda n: f"p{n}")
    name = factory.Sequence(lambda n: f"岗位{n}")
    name_en = factory.Sequence(lambda n: f"Post {n}")
    tier = Tier.CIVIL_SERVANTS


class PersonFactory(factory.django.DjangoModelFactory[Person]):
    class Meta:
        model = Person
        skip_postgeneration_save = True

    staff_number = factory.Sequence(lambda n: f"{n + 1:06d}")
    name = factory.Sequence(lambda n: f"人员{n}")
    joined_on = LONG_AGO
    password = factory.django.Password(PASSWORD)
    home_unit = factory.SubFactory(UnitFactory)

    @factory.post_generation
    def post(person, create: bool, extracted: Post | None, **kwargs: Any) -> None:
        """``PersonFactory(post=some_post)`` appoints the person to it in their unit, long ago."""
        if extracted is not None:
            Appointment.objects.create(person=person, unit=person.home_unit, post=extracted, valid_from=LONG_AGO)

    @factory.post_generation
    def role(person, create: bool, extracted: Role | None, **kwargs: Any) -> None:
        """``PersonFactory(role=Role.HR)`` grants the role for the person's own unit and below."""
        if extracted is not None:
            RoleGrant.objects.create(person=person, role=extracted, unit=person.home_unit, valid_from=LONG_AGO)


def identity_number(n: int) -> str:
    """Return a well-formed identity number of nobody: region 999999 does not exist."""
    from lms.people.identity import check_character

    body = f"99999919{80 + n % 20:02d}0101{n % 1000:03d}"
    return body + check_character(body)
