"""Certificates for tests: what earns one, one that was issued, and a full set of facts to draw."""

from datetime import UTC, date, datetime
from typing import Any

from exams.certificates.actions import issue_to
from exams.certificates.models import Certificate, CertificateType
from exams.certificates.rendering import Sheet
from exams.marking.models import Result
from exams.sittings.models import Sitting
from lms.people.models import Person
from tests.factories.assessment import sat

EXAM_DAY = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def make_type(code: str = "SEC", **changes: Any) -> CertificateType:
    fields: dict[str, Any] = {
        "name": "信息安全员岗位合格证", "name_en": "Certificate of Competence, Information Security Officer",
        "statement": "经审核合格，准予在信息安全员岗位任职。", "statement_en": "is competent to hold the post of information security officer.",
        "issuer": "云溪县人力资源和社会保障局", "issuer_en": "Yunxi County Human Resources and Social Security Bureau", "counts_as_technician": True,
    }  # fmt: skip
    return CertificateType.objects.get_or_create(code=code, defaults=fields | changes)[0]


def earn(person: Person, kind: CertificateType | None = None, *, at: datetime = EXAM_DAY, score: str = "44", released: bool = True) -> Result:
    """A result of twice ``score`` at a sitting whose pass earns a certificate; released at the same moment."""
    result = sat(person, score, score, at=at, released=released, title="信息安全员资格考试（复审）")
    Sitting.objects.filter(pk=result.run.sitting_id).update(certificate_type=kind or make_type())
    return Result.objects.select_related("run__sitting__certificate_type", "attempt__candidate__person").get(pk=result.pk)


def certify(person: Person, kind: CertificateType | None = None, *, start: date = date(2026, 1, 1)) -> Certificate:
    """A certificate issued without an examination here, valid for as long as policy says (36 months)."""
    return issue_to(person, kind or make_type(), start=start, by=None, at=datetime(start.year, start.month, start.day, 4, tzinfo=UTC))


def make_sheet(name: str = "王慧敏", **changes: Any) -> Sheet:
    facts = {
        "name": name, "staff_number": "004217", "unit": "云溪县人力资源和社会保障局", "post": "信息安全员", "type": "信息安全员岗位合格证",
        "type_en": "Certificate of Competence, Information Security Officer", "statement": "经审核合格，准予在信息安全员岗位任职。",
        "statement_en": "is competent to hold the post of information security officer.", "issuer": "云溪县人力资源和社会保障局　云溪县信息中心",
        "issuer_en": "Yunxi County", "sitting": "信息安全员资格考试（复审）", "held_on": "2026-11-20", "score": "88",
    }  # fmt: skip
    return Sheet(
        facts=facts | changes, number="YX-SEC-2026-000418", code="SSAN-2W33-OSRY-EDVI-ODPT-SZKR-6I", valid_from=date(2026, 11, 20),
        valid_until=date(2029, 11, 19), address="http://127.0.0.1:8000/v/SSAN-2W33-OSRY-EDVI-ODPT-SZKR-6I/",
    )  # fmt: skip
