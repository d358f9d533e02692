"""Blueprints, sittings and candidates for tests."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from exams.papers.models import Blueprint, BlueprintRow
from exams.sittings.models import Candidate, Sitting
from lms.people.models import Person
from tests.conftest import NOW
from tests.factories.bank import make_curriculum, make_question


def make_blueprint(*rows: dict[str, Any], title: str = "岗位考试") -> Blueprint:
    """A blueprint of these rows; by default one row of two single choices at five points."""
    blueprint = Blueprint.objects.create(title=title)
    for order, row in enumerate(rows or ({},)):
        BlueprintRow.objects.create(blueprint=blueprint, order=order, **({"kind": "single", "count": 2, "points": Decimal(5)} | row))
    return blueprint


def make_stock() -> SimpleNamespace:
    """A curriculum with three single choices, two true/false and one fill-in in ``technical-01``."""
    curriculum = make_curriculum()
    topic = curriculum.topics["technical-01"]
    curriculum.questions = [
        make_question(topic, kind, n=n) for kind, count in (("single", 3), ("true_false", 2), ("fill_in", 1)) for n in range(count)
    ]
    return curriculum


def make_sitting(unit: Any, **changes: Any) -> Sitting:
    """A sitting tomorrow for three hours, saved without an audit line."""
    words: dict[str, Any] = {
        "title": "岗位考试", "unit": unit, "opens_at": NOW + timedelta(days=1), "closes_at": NOW + timedelta(days=1, hours=3), "duration": 60,
        "pass_percent": Decimal(60),
    }  # fmt: skip
    words |= changes
    words.setdefault("blueprint", Blueprint.objects.first() or make_blueprint())
    return Sitting.objects.create(**words)


def make_candidate(sitting: Sitting, person: Person) -> Candidate:
    return Candidate.objects.create(sitting=sitting, person=person, number=f"20261124-{sitting.candidates.count() + 1:04d}")


def make_attempt(candidate: Candidate) -> Any:
    """An attempt that has begun, with an empty paper."""
    return candidate.attempts.create(
        number=1, start_key="k", seed="s", paper={"sections": []}, paper_digest="d", started_at=NOW, deadline=NOW + timedelta(hours=1)
    )
