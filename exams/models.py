"""Index of the models of this app; each stands in its room."""

from exams.assessment.models import AssessmentRecord, ExportBatch, ExportRow, Objection
from exams.attempts.course import DeadlineSet, Page
from exams.attempts.enclosures import Enclosure
from exams.attempts.models import AnswerRecord, Attempt, AttemptDevice, HandIn
from exams.attempts.watched import AnswerFile, Decision, Evidence, FocusLoss, Heartbeat, Incident, Outage, Pause, TimeGrant
from exams.bank.ledger import Counted, Exposure, ExposureCount, QuestionTag, VersionStep
from exams.bank.models import Question, QuestionVersion
from exams.certificates.models import Certificate, CertificateEvent, CertificateType, NumberSeries
from exams.compliance.models import Requirement, StaffingRule
from exams.marking.handwork import HandMark, Piece
from exams.marking.models import GradeRun, Release, Result
from exams.papers.models import Blueprint, BlueprintRow, PaperForm, PaperItem, PaperRow, PaperSet
from exams.sittings.accommodations import Accommodation, CandidateGroup, GroupMember
from exams.sittings.models import Candidate, DoorNote, Place, Room, RoomUse, Seat, Sitting, Ticket

__all__ = [
    "Accommodation", "AnswerFile", "AnswerRecord", "AssessmentRecord", "Attempt", "AttemptDevice", "Blueprint", "BlueprintRow", "Candidate",
    "CandidateGroup", "Certificate", "CertificateEvent", "CertificateType", "Counted", "DeadlineSet", "Decision", "DoorNote", "Enclosure",
    "Evidence", "ExportBatch", "ExportRow", "Exposure", "ExposureCount", "FocusLoss", "GradeRun", "GroupMember", "HandIn", "HandMark",
    "Heartbeat", "Incident", "NumberSeries", "Objection", "Outage", "Page", "PaperForm", "PaperItem", "PaperRow", "PaperSet", "Pause", "Piece",
    "Place", "Question", "QuestionTag", "QuestionVersion", "Release", "Requirement", "Result", "Room", "RoomUse", "Seat", "Sitting",
    "StaffingRule", "Ticket", "TimeGrant", "VersionStep",
]  # fmt: skip
