"""Index of the models of this app; each stands in its room."""

from lms.audit.models import AuditHead, AuditRow
from lms.exchange.models import ImportBatch, ImportRow
from lms.handouts.models import Handout, Slip
from lms.jobs.models import Job
from lms.notices.models import Announcement, Notice
from lms.people.models import Appointment, Person, Post, RoleGrant, Unit, UnitPlacement
from lms.policy.models import Policy
from lms.web.models import Build

__all__ = [
    "Announcement", "Appointment", "AuditHead", "AuditRow", "Build", "Handout", "ImportBatch", "ImportRow", "Job", "Notice", "Person", "Policy",
    "Post", "RoleGrant", "Slip", "Unit", "UnitPlacement",
]  # fmt: skip
