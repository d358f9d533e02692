"""An exam to sit: a bank with tokens planted in every key, a blueprint, a sitting, a candidate."""

from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from exams.attempts.models import Attempt
from exams.bank.models import QuestionVersion
from exams.papers.drawing import Paper
from exams.papers.models import Blueprint, BlueprintRow
from exams.sittings.models import Candidate, Sitting
from lms.people.models import Person, Unit
from tests.factories.bank import make_curriculum, make_question

CANARY = "钥匙不可外泄"  # stands in every explanation and every accepted text; no page before release may hold it
KINDS = (("single", 4), ("multiple", 2), ("true_false", 2), ("fill_in", 2))


def make_bank(per_kind: int = 6) -> SimpleNamespace:
    """``per_kind`` questions of each kind in one topic, half of them operation."""
    curriculum = make_curriculum()
    topic = curriculum.topics["technical-01"]
    for kind, _count in KINDS:
        for n in range(per_kind):
            changes: dict[str, Any] = {"explanation": CANARY, "dimension": "operation" if n % 2 else "knowledge"}
            if kind == "fill_in":
                changes["blanks"] = ((CANARY, "六"),)
            make_question(topic, kind, n, **changes)
    return curriculum


def make_blueprint(times: int = 1, points: str = "2.0") -> Blueprint:
    """Rows of KINDS, each ``times`` as long: 10 questions and 20 points by default."""
    blueprint = Blueprint.objects.create(title="信息安全员资格考试")
    for order, (kind, count) in enumerate(KINDS):
        BlueprintRow.objects.create(blueprint=blueprint, order=order, kind=kind, count=count * times, points=Decimal(points))
    return blueprint


def make_sitting(unit: Unit, at: datetime, blueprint: Blueprint | None = None, **changes: Any) -> Sitting:
    """Open since an hour, for two more; 60 minutes each."""
    fields: dict[str, Any] = {
        "title": "信息安全员资格考试（复审）", "blueprint": blueprint or make_blueprint(), "unit": unit, "opens_at": at - timedelta(hours=1),
        "closes_at": at + timedelta(hours=2), "duration": 60, "pass_percent": Decimal(60), "place": "县电子政务培训中心",
    }  # fmt: skip
    return Sitting.objects.create(**(fields | changes))


def admit(sitting: Sitting, *people: Person) -> list[Candidate]:
    first = sitting.candidates.count() + 1
    return [Candidate.objects.create(sitting=sitting, person=p, number=f"20261123-{first + i:04d}") for i, p in enumerate(people)]


def right_items(attempt: Attempt, wrong: int = 0) -> list[dict[str, object]]:
    """A save that answers the whole paper rightly, except the first ``wrong`` slots, which stay open."""
    items: list[dict[str, object]] = []
    for n, slot in Paper.from_json(attempt.paper).slots.items():
        version = QuestionVersion.objects.get(pk=slot.version)
        values = ["六"] * slot.blanks if version.kind == "fill_in" else list(version.answer)
        items.append({"n": n, "v": [] if n <= wrong else values, "f": 0})
    return items
