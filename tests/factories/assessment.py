"""What the year's material is made from, for tests: hours, released results, certificates, requirements."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from courses.hours.models import HoursEntry
from exams.attempts.models import Attempt
from exams.certificates.models import Certificate, CertificateType
from exams.marking.models import GradeRun, Release, Result
from exams.papers.models import Blueprint
from exams.sittings.models import Candidate, Sitting
from lms.people.models import Person

_next = count(1)


def credit(person: Person, hours: str, *, on: date = date(2026, 3, 1), kind: str = "self_study", **changes: Any) -> HoursEntry:
    """An entry of the ledger; negative hours take back ``reverses``."""
    n = next(_next)
    recorded = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    values = {"title": f"网络安全讲座{n}", "evidence": f"test:{n}", "recorded_at": recorded, **changes}
    return HoursEntry.objects.create(person=person, hours=Decimal(hours), earned_on=on, kind=kind, **values)


def sat(
    person: Person, knowledge: str, operation: str, *, at: datetime, level: str = "good", released: bool = True, title: str = "年度考试"
) -> Result:
    """A sitting with one candidate, one attempt and one run, released or not. Each dimension has 50 points."""
    blueprint = Blueprint.objects.create(title=title)
    sitting = Sitting.objects.create(
        title=title, blueprint=blueprint, unit=person.home_unit, opens_at=at, closes_at=at + timedelta(hours=3), duration=60, pass_percent=Decimal(60)
    )  # fmt: skip
    candidate = Candidate.objects.create(sitting=sitting, person=person, number=f"C{next(_next)}")
    attempt = Attempt.objects.create(
        candidate=candidate, number=1, start_key="k", seed="s", paper={}, paper_digest="0" * 64, started_at=at, deadline=at + timedelta(hours=1)
    )  # fmt: skip
    return mark(attempt, knowledge, operation, at=at, level=level, released=released)


def mark(attempt: Attempt, knowledge: str, operation: str, *, at: datetime, level: str = "good", released: bool = True, run: int = 1) -> Result:
    """The marks of an attempt in run number ``run`` of its sitting."""
    sitting, score = attempt.candidate.sitting, Decimal(knowledge) + Decimal(operation)
    made = GradeRun.objects.create(sitting=sitting, number=run, made_at=at)
    result = Result.objects.create(
        run=made, attempt=attempt, score=score, full=100, knowledge=Decimal(knowledge), knowledge_full=50, operation=Decimal(operation),
        operation_full=50, passed=score >= 60, level=level, slots={}, marked_at=at,
    )  # fmt: skip
    if released:
        Release.objects.create(sitting=sitting, run=made, at=at)
    return result


def certificate_type(code: str = "SEC", name: str = "信息安全员证") -> CertificateType:
    return CertificateType.objects.get_or_create(
        code=code, defaults={"name": name, "name_en": code, "statement": "合格", "statement_en": "passed", "issuer": "县人社局", "issuer_en": "HR"}
    )[0]


def certify(person: Person, *, since: date = date(2025, 1, 1), until: date | None = date(2027, 12, 31), code: str = "SEC") -> Certificate:
    n = next(_next)
    return Certificate.objects.create(
        type=certificate_type(code), person=person, number=f"YX-{code}-2025-{n:06d}", code=f"CODE{n}", valid_from=since, valid_until=until,
        issued_at=datetime(2025, 1, 1, tzinfo=UTC), facts={},
    )  # fmt: skip
