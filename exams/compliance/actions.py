"""Saying which post needs which certificate, and which units need technicians; reminding people."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from exams.certificates.models import CertificateType
from exams.compliance.gaps import Standing
from exams.compliance.models import Requirement, StaffingRule
from exams.compliance.rows import Row
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.notices.models import Notice
from lms.people.models import Person, Post
from lms.people.states import UnitKind


@transaction.atomic
def require(post: Post, certificate_type: CertificateType, *, since: date, by: Person | None, at: datetime) -> Requirement:
    """From ``since`` holders of ``post`` need a certificate of the type. Raises ValidationError where that is so already."""
    same = Requirement.objects.filter(post=post, certificate_type=certificate_type)
    if same.filter(Q(until=None) | Q(until__gt=since)).exists():
        raise ValidationError(_("This post already requires this certificate on that day or later."))
    row = Requirement.objects.create(post=post, certificate_type=certificate_type, since=since)
    record(Verb.REQUIREMENT_CHANGED, row, by=by, at=at, detail={"post": post.code, "type": certificate_type.code, "since": since})
    return row


@transaction.atomic
def end_requirement(requirement: Requirement, *, until: date, by: Person, at: datetime) -> None:
    """End a requirement: ``until`` is the first day without it. Raises ValidationError for an ended one and for a day not after its first."""
    _end(Requirement.objects.select_for_update().get(pk=requirement.pk), until)
    record(Verb.REQUIREMENT_CHANGED, requirement, by=by, at=at, detail={"until": until})


@transaction.atomic
def require_technicians(unit_kind: UnitKind, *, since: date, by: Person | None, at: datetime) -> StaffingRule:
    """From ``since`` each unit of the kind needs certified technicians. Raises ValidationError where that is so already."""
    if StaffingRule.objects.filter(Q(until=None) | Q(until__gt=since), unit_kind=unit_kind).exists():
        raise ValidationError(_("Units of this kind already need technicians on that day or later."))
    row = StaffingRule.objects.create(unit_kind=unit_kind, since=since)
    record(Verb.REQUIREMENT_CHANGED, row, by=by, at=at, detail={"kind": unit_kind, "since": since})
    return row


@transaction.atomic
def end_staffing_rule(rule: StaffingRule, *, until: date, by: Person, at: datetime) -> None:
    """End a staffing rule; raises as `end_requirement`."""
    _end(StaffingRule.objects.select_for_update().get(pk=rule.pk), until)
    record(Verb.REQUIREMENT_CHANGED, rule, by=by, at=at, detail={"until": until})


def _end(row: Requirement | StaffingRule, until: date) -> None:
    if row.until is not None:
        raise ValidationError(_("This was ended before."))
    if until <= row.since:
        raise ValidationError(_("The last day must not lie before the first."))
    row.until = until
    row.save(update_fields=["until"])


@transaction.atomic
def remind(rows: Iterable[Row], *, day: date, by: Person, at: datetime) -> int:
    """Tell the people of these rows what they lack or what will lapse; returns how many notices are new. Once a day and certificate at most."""
    sent = 0
    for row in rows:
        if row.line.standing is Standing.MET:
            continue
        words = {"post": row.post.name, "type": row.type.name, "day": row.line.until}
        if row.line.standing is Standing.EXPIRING:
            body = _(
                "Your certificate “%(type)s”, which the post %(post)s calls for, is valid until %(day)s. "
                "Register for the renewal examination in time."
            )
        else:
            body = _("The post %(post)s calls for the certificate “%(type)s”, which you do not validly hold. Register for the next examination.")
        made = Notice.objects.get_or_create(
            person=row.person, key=f"coverage:{row.type.code}:{day}",
            defaults={"title": _("Reminder: certificate for your post"), "body": body % words, "link": reverse("home"), "sent_at": at},
        )[1]  # fmt: skip
        sent += made
    record(Verb.REMINDER_SENT, "list:coverage", by=by, at=at, detail={"notices": sent, "day": day})
    return sent
