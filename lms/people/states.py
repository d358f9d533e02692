"""The words of the people room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    COUNTY = "county", _("County")
    DEPARTMENT = "department", _("Department")
    TOWNSHIP = "township", _("Township")
    VILLAGE = "village", _("Village point")


class Tier(models.TextChoices):
    LEADERS = "leaders", _("Leaders")
    CIVIL_SERVANTS = "civil-servants", _("Civil servants")
    TECHNICAL = "technical", _("Technical staff")


class Rank(models.TextChoices):
    """Decides the hours rule: section rank and below a year, county-division rank and above five years."""

    DIVISION = "division", _("County-division rank and above")
    SECTION = "section", _("Section rank and below")


class Role(models.TextChoices):
    """What a person may do besides learning. Every active person is a learner without a grant."""

    TRAINER = "trainer", _("Trainer")
    HR = "hr", _("HR officer")
    CENTRE = "centre", _("Information centre")
    UNIT_ADMIN = "unit_admin", _("Unit information administrator")
    HEAD = "head", _("Head of unit")
    INVIGILATOR = "invigilator", _("Invigilator")
    AUDITOR = "auditor", _("Auditor")
    SYSADMIN = "sysadmin", _("System administrator")


# The three administrators watch each other: no person holds two of these at once (GB/T 22239-2019 level 3, separation of duties).
EXCLUSIVE_ROLES = frozenset({Role.AUDITOR, Role.SYSADMIN, Role.HR})


class Act(models.TextChoices):
    """What a role lets a person do. Asked through `lms.people.scope` only."""

    SEE_PEOPLE = "see_people", _("see people")
    MANAGE_PEOPLE = "manage_people", _("manage people")
    IMPORT_PEOPLE = "import_people", _("import people")
    REVEAL_IDENTITY = "reveal_identity", _("see full identity numbers")
    MANAGE_UNITS = "manage_units", _("manage units")
    MANAGE_POSTS = "manage_posts", _("manage posts")
    GRANT_ROLES = "grant_roles", _("grant roles")
    SET_POLICY = "set_policy", _("set policy figures")
    PUBLISH_NOTICE = "publish_notice", _("publish announcements")
    WRITE_CONTENT = "write_content", _("write lessons and questions")
    MANAGE_SITTINGS = "manage_sittings", _("manage sittings")
    WATCH_SITTINGS = "watch_sittings", _("watch sittings")
    MARK_ANSWERS = "mark_answers", _("mark answers by hand")
    RELEASE_RESULTS = "release_results", _("release results")
    SEE_RESULTS = "see_results", _("see results")
    MANAGE_CERTIFICATES = "manage_certificates", _("manage certificates")
    SEE_COVERAGE = "see_coverage", _("see coverage")
    MANAGE_REQUIREMENTS = "manage_requirements", _("manage certificate requirements")
    CONFIRM_ASSESSMENT = "confirm_assessment", _("confirm assessment material")
    EXPORT_ASSESSMENT = "export_assessment", _("export assessment material")
    READ_AUDIT = "read_audit", _("read the audit trail")
    SEE_JOBS = "see_jobs", _("see all jobs")
