"""Exceptions on the screen: who may see and change them, what is asked and refused, what comes out."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from exams.sittings.accommodations import Accommodation, CandidateGroup
from exams.sittings.accommodations_actions import accommodate
from exams.sittings.actions import cancel_sitting
from exams.sittings.models import Sitting
from tests.conftest import TODAY
from tests.factories.exams import admit, make_sitting
from tests.factories.people import PersonFactory


@pytest.fixture(autouse=True)
def clock(exam):
    with time_machine.travel(exam.at, tick=False) as traveller:
        yield traveller


def seat(person) -> Client:
    client = Client()
    client.force_login(person)
    client.cookies.load({"lang": "en"})
    return client


@pytest.fixture
def trainer(exam) -> Client:
    return seat(exam.county.trainer)


def address(exam, name: str = "accommodations", *more) -> str:
    return reverse(name, args=[exam.sitting.pk, *more])


def given() -> list[tuple]:
    return [(row.minutes, row.extra, row.attempts, row.ended_at is None) for row in Accommodation.objects.order_by("pk")]


def test_an_exception_is_added_changed_copied_to_another_and_ended(exam, trainer) -> None:
    admit(exam.sitting, exam.county.stranger)
    empty = trainer.get(address(exam)).content.decode()
    assert "Nobody has other terms" in empty
    form = {"person": exam.learner.pk, "extra": "25", "reason": "手部受伤"}
    listed = trainer.post(address(exam, "accommodation_new", "person"), form, follow=True).content.decode()
    assert ("王慧敏" in listed, "75 minutes" in listed, "25% more time" in listed) == (True, True, True)
    row = Accommodation.objects.get()
    changed = trainer.post(address(exam, "accommodation_edit", row.pk), {"minutes": "0", "reason": "手部受伤"}, follow=True).content.decode()
    assert "no time limit" in changed
    new = Accommodation.objects.get(ended_at=None)
    same = trainer.get(address(exam, "accommodation_new", "person") + f"?like={new.pk}").content.decode()
    assert 'value="手部受伤"' in same
    assert exam.county.stranger.name in same
    assert exam.learner.staff_number not in same  # who has an exception is not offered again
    trainer.post(address(exam, "accommodation_end", new.pk))
    assert given() == [(None, 25, None, False), (0, None, None, False)]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"reason": "病"}, "Give at least one thing"), ({"extra": "25"}, "This field is required"),
        ({"extra": "301", "reason": "病"}, "At most 300 percent"),
        ({"extra": "-1", "reason": "病"}, "greater than or equal to 0"), ({"closes_at": "2026-11-23T08:00", "reason": "病"}, "close before it opens"),
        ({"minutes": "x", "reason": "病"}, "Enter a whole number"),
    ],
)  # fmt: skip
def test_bad_input_is_said_at_the_field_and_nothing_is_saved(exam, trainer, form, words) -> None:
    html = trainer.post(address(exam, "accommodation_new", "person"), {"person": exam.learner.pk} | form).content.decode()
    assert words in html.replace("&#x27;", "'")
    assert Accommodation.objects.count() == 0


def test_only_admitted_people_can_be_chosen(exam, trainer) -> None:
    form = {"person": exam.county.stranger.pk, "extra": "25", "reason": "病"}
    assert trainer.post(address(exam, "accommodation_new", "person"), form).status_code == 200
    assert Accommodation.objects.count() == 0


def test_a_group_from_a_pasted_list(exam, trainer) -> None:
    admit(exam.sitting, exam.county.stranger)
    new = address(exam, "accommodation_new", "group")
    bad = trainer.post(new, {"name": "夜班", "people": f"{exam.learner.staff_number}\n没有此人", "minutes": "90", "reason": "夜班"}).content.decode()
    assert "没有此人 is not a candidate" in bad
    trainer.post(new, {"name": "夜班", "people": f"{exam.learner.staff_number}\n{exam.county.stranger.name}", "minutes": "90", "reason": "夜班"})
    group = CandidateGroup.objects.get()
    row = Accommodation.objects.get()
    edit = trainer.get(address(exam, "accommodation_edit", row.pk)).content.decode()
    assert {exam.learner.staff_number, exam.county.stranger.staff_number} <= set(re.findall(r"[\w-]+", edit))
    trainer.post(
        address(exam, "accommodation_edit", row.pk), {"name": "夜班甲", "people": exam.learner.staff_number, "minutes": "95", "reason": "夜班"}
    )
    group.refresh_from_db()
    assert (group.name, group.members.filter(ended_at=None).count()) == ("夜班甲", 1)
    assert given() == [(90, None, None, False), (95, None, None, True)]


def test_invigilators_see_and_can_not_change(exam) -> None:
    row = accommodate(Accommodation(sitting=exam.sitting, person=exam.learner, extra=25, reason="视力"), by=exam.county.trainer, at=exam.at)
    reader = seat(exam.county.invigilator)
    assert f'href="{address(exam)}"' in reader.get(reverse("watch", args=[exam.sitting.pk])).content.decode()
    html = reader.get(address(exam)).content.decode()
    assert ("视力" in html, "<form" in html.split("<main")[1].split("</main")[0]) == (True, False)
    assert reader.get(address(exam, "accommodation_new", "person")).status_code == 403
    assert reader.post(address(exam, "accommodation_end", row.pk)).status_code == 403


def test_exceptions_of_a_cancelled_sitting_are_marked_inactive(exam, trainer) -> None:
    accommodate(Accommodation(sitting=exam.sitting, person=exam.learner, extra=25, reason="视力"), by=exam.county.trainer, at=exam.at)
    cancel_sitting(Sitting.objects.get(), reason="停电", by=exam.county.trainer, at=exam.at)
    html = trainer.get(address(exam)).content.decode()
    assert ('<span class="tag">inactive</span>' in html, "accommodations/person/new" in html) == (True, False)


def test_standing_extra_time_is_kept_listed_and_ended(exam, trainer) -> None:
    form = {"staff_number": exam.learner.staff_number, "extra": "25", "reason": "视力", "valid_from": "2026-11-23", "valid_to": "2026-11-22"}
    assert "The last day comes before the first" in trainer.post(reverse("standing"), form).content.decode()
    assert "Nobody in your units" in trainer.post(reverse("standing"), form | {"staff_number": "nobody"}).content.decode()
    listed = trainer.post(reverse("standing"), form | {"valid_to": "2027-11-22"}, follow=True).content.decode()
    assert ("王慧敏" in listed, "2027-11-22" in listed) == (True, True)
    here = trainer.get(address(exam)).content.decode()
    assert ("wherever they sit" in here, "75 minutes" in here) == (True, True)
    trainer.post(reverse("standing_end", args=[Accommodation.objects.get().pk]))
    assert "wherever they sit" not in trainer.get(address(exam)).content.decode()


def test_taking_over_from_another_sitting(exam, trainer) -> None:
    accommodate(Accommodation(sitting=exam.sitting, person=exam.learner, extra=25, reason="视力"), by=exam.county.trainer, at=exam.at)
    target = make_sitting(exam.county.root, exam.at, exam.sitting.blueprint, title="补考")
    admit(target, exam.learner)
    page = reverse("accommodations", args=[target.pk])
    assert f'value="{exam.sitting.pk}"' in trainer.get(page).content.decode()
    done = trainer.post(reverse("accommodations_copy", args=[target.pk]), {"source": exam.sitting.pk}, follow=True).content.decode()
    assert "Copied for 1 people" in done
    assert target.accommodations.get().extra == 25
    assert "Choose the sitting" in trainer.post(reverse("accommodations_copy", args=[target.pk]), {"source": "x"}, follow=True).content.decode()


def test_a_long_list_costs_no_more_statements(exam, trainer, django_assert_max_num_queries) -> None:
    people = [PersonFactory(home_unit=exam.county.finance) for _ in range(3)]
    admit(exam.sitting, *people)
    for person in (exam.learner, *people):
        accommodate(Accommodation(sitting=exam.sitting, person=person, extra=25, reason="视力"), by=exam.county.trainer, at=exam.at)
    row = {"extra": 10, "reason": "长期", "valid_from": TODAY, "valid_to": TODAY + timedelta(days=9)}
    accommodate(Accommodation(person=exam.learner, **row), by=exam.county.trainer, at=exam.at)
    with django_assert_max_num_queries(16):
        trainer.get(address(exam))
