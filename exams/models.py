"""Index of the models of this app; each stands in its room."""

from exams.assessment.models import AssessmentRecord, ExportBatch, ExportRow, Objection
from exams.attempts.models import AnswerRecord, Attempt, AttemptDevice, HandIn, Incident, TimeGrant
from exams.bank.models import Question, QuestionVersion
from exams.certificates.models import Certificate, CertificateEvent, CertificateType, NumberSeries
from exams.compliance.models import Requirement, StaffingRule
from exams.marking.models import GradeRun, Release, Result
from exams.papers.models import Blueprint, BlueprintRow
from exams.sittings.models import Candidate, Sitting

__all__ = [
    "AnswerRecord", "AssessmentRecord", "Attempt", "AttemptDevice", "Blueprint", "BlueprintRow", "Candidate", "Certificate", "CertificateEvent",
    "CertificateType", "ExportBatch", "ExportRow", "GradeRun", "HandIn", "Incident", "NumberSeries", "Objection", "Question", "QuestionVersion",
    "Release", "Requirement", "Result", "Sitting", "StaffingRule", "TimeGrant",
]  # fmt: skip
