"""Moments and numbers beyond what a calendar and a column hold: said at the field, nothing is saved, nothing breaks later."""

from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from exams.sittings.accommodations import Accommodation
from exams.sittings.models import Sitting
from tests.conftest import NOW


@pytest.fixture
def trainer(exam: SimpleNamespace):
    browser = Client()
    browser.force_login(exam.county.trainer)
    with time_machine.travel(NOW, tick=False):
        yield browser


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("minutes", "9" * 12), ("minutes", "32768"), ("attempts", "9" * 30), ("extra", "9" * 12), ("closes_at", "9999-12-31T23:59"),
        ("opens_at", "0001-01-01T00:00"),
    ],
)  # fmt: skip
def test_an_exception_stays_within_bounds(exam, trainer, field, value) -> None:
    form = {"person": exam.learner.pk, "reason": "值班", field: value}
    response = trainer.post(f"/sittings/{exam.sitting.pk}/accommodations/person/new/", form)
    assert response.context["form"].errors[field]
    assert not Accommodation.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("duration", "9" * 12), ("wait_minutes", "9" * 12), ("grace_minutes", "32768"), ("attempts_allowed", "9" * 30),
        ("closes_at", "9999-12-31T23:59"), ("opens_at", "0001-01-01T00:00"),
    ],
)  # fmt: skip
def test_the_terms_of_a_sitting_stay_within_bounds(exam, trainer, field, value) -> None:
    form = {
        "title": "考试", "blueprint": exam.sitting.blueprint_id, "unit": exam.county.root.pk, "opens_at": "2026-11-23T09:00",
        "closes_at": "2026-11-23T12:00", "duration": "60", "attempts_allowed": "2", "knowledge_percent": "0", "operation_percent": "0",
        "review": "never", "overdue": "grace", "grace_minutes": "5",
    } | {field: value}  # fmt: skip
    response = trainer.post(f"/sittings/{exam.sitting.pk}/edit/", form)
    assert response.context["form"].errors[field]
    assert Sitting.objects.get().title != "考试"
