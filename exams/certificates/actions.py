"""Issuing, filing and revoking certificates."""

import secrets
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from exams.certificates.models import Certificate, CertificateEvent, CertificateType, NumberSeries
from exams.certificates.numbering import CODE_BYTES, code_of, number, series
from exams.certificates.validity import last_valid_day
from exams.marking.models import Result
from exams.signals import certificate_issued, certificate_revoked
from exams.sittings.models import Candidate
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.exchange import typefaces
from lms.notices.models import Notice
from lms.people.models import Person, UnitPlacement
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook


class MissingGlyphs(ValueError):
    """A certificate would show ■: ``characters`` are those no typeface draws."""

    def __init__(self, characters: str) -> None:
        super().__init__(" ".join(f"{c} (U+{ord(c):04X})" for c in characters))
        self.characters = characters


def _plain(score: Decimal) -> str:
    return f"{score.normalize():f}"


def facts_of(
    person: Person, kind: CertificateType, day: date, *, sitting: str = "", held_on: date | None = None, score: Decimal | None = None
) -> dict[str, Any]:
    """Return what stands on a certificate, as of ``day``; never looked up again. Keys are those of `rendering.Sheet.facts`."""
    held = person.appointments.on(day).filter(voided=False).select_related("unit", "post").order_by("-main", "valid_from").first()
    unit = held.unit if held else person.home_unit
    placed = UnitPlacement.objects.filter(unit=unit, valid_from__lte=day).order_by("-valid_from").first() if unit else None
    return {
        "name": person.name, "staff_number": person.staff_number, "unit": placed.name if placed else (unit.name if unit else ""),
        "unit_code": unit.code if unit else "", "post": held.post.name if held else "", "type": kind.name, "type_en": kind.name_en,
        "statement": kind.statement, "statement_en": kind.statement_en, "issuer": kind.issuer, "issuer_en": kind.issuer_en,
        "sitting": sitting, "held_on": held_on.isoformat() if held_on else "", "score": "" if score is None else _plain(score),
    }  # fmt: skip


def missing_glyphs(facts: dict[str, Any]) -> str:
    """Return the characters of frozen facts that cannot be printed, '' when all can."""
    return typefaces.missing(
        "".join(str(facts[key]) for key in ("name", "unit", "type", "type_en", "statement", "statement_en", "issuer", "issuer_en", "sitting"))
    )


@transaction.atomic
def issue(result: Result, *, start: date, by: Person | None, at: datetime) -> Certificate:
    """Issue what a released pass has earned, valid from ``start`` (the day of release); the same candidate and type again is the same certificate,
    whichever attempt was passed: one sitting gives a person one.

    Side effects as in `issue_to`. Raises MissingGlyphs, and ValueError for a result that earns none.
    """
    sitting = result.run.sitting
    if not result.passed or sitting.certificate_type is None:
        raise ValueError("This result earns no certificate.")
    hand_in = getattr(result.attempt, "hand_in", None)
    held_on = timezone.localdate(hand_in.at if hand_in else result.attempt.started_at)
    return issue_to(
        result.attempt.candidate.person, sitting.certificate_type, start=start, by=by, at=at,
        result=result, sitting=sitting.title, held_on=held_on, score=result.score,
    )  # fmt: skip


@transaction.atomic
def issue_to(
    person: Person,
    kind: CertificateType,
    *,
    start: date,
    by: Person | None,
    at: datetime,
    result: Result | None = None,
    sitting: str = "",
    held_on: date | None = None,
    score: Decimal | None = None,
    book: PolicyBook | None = None,
) -> Certificate:
    """Give a person a certificate. Its file is made afterwards by a job.

    Side effects in order: locks the number series (whoever issues the same waits here, then finds the certificate), takes its
    next number, adds the certificate with frozen facts, tells the person, announces `certificate_issued` on commit, audit line.
    Raises MissingGlyphs before anything is written; `lms.policy.figures.NoFigure` where neither type nor policy says how long.
    """
    facts = facts_of(person, kind, start, sitting=sitting, held_on=held_on, score=score)
    if unprintable := missing_glyphs(facts):
        raise MissingGlyphs(unprintable)
    name = series(kind.code, start.year)
    NumberSeries.objects.get_or_create(series=name)
    line = NumberSeries.objects.select_for_update().get(series=name)
    if result is not None:
        candidate = Candidate.objects.select_for_update(of=("self",)).get(pk=result.attempt.candidate_id)  # series differ from year to year
        existing = Certificate.objects.filter(attempt__candidate=candidate, type=kind).first()
        if existing is not None:
            return existing
    months, policy_id = kind.months, None
    if months is None:
        figure = (book or PolicyBook())(Key.CERTIFICATE_MONTHS, start, person.home_unit.path if person.home_unit else "")
        months, policy_id = int(figure.value), figure.id
    line.last += 1
    line.save(update_fields=["last"])
    certificate = Certificate.objects.create(
        type=kind, person=person, result=result, attempt=result.attempt if result else None, number=number(name, line.last),
        code=code_of(secrets.token_bytes(CODE_BYTES)), valid_from=start, valid_until=last_valid_day(start, months), issued_at=at,
        policy_id=policy_id, facts=facts,
    )  # fmt: skip
    _tell(certificate, "issued", _("You have been issued the certificate “%(type)s”.") % {"type": kind.name}, at)
    transaction.on_commit(partial(certificate_issued.send_robust, sender=Certificate, certificate=certificate))
    record(
        Verb.CERTIFICATE_ISSUED,
        certificate,
        by=by,
        at=at,
        detail={"number": certificate.number, "attempt": certificate.attempt_id, "policy": policy_id},
    )
    return certificate


def _tell(certificate: Certificate, key: str, title: str, at: datetime, body: str = "") -> None:
    row = {"title": title, "body": body or _("Number %(number)s.") % {"number": certificate.number}, "link": reverse("certificates"), "sent_at": at}
    Notice.objects.get_or_create(person_id=certificate.person_id, key=f"certificate:{certificate.pk}:{key}", defaults=row)


@transaction.atomic
def file_certificate(certificate: Certificate, *, name: str, digest: str, by: Person | None, at: datetime) -> bool:
    """Note where the rendered file lies and its SHA-256. Returns False, changing nothing, where the certificate was revoked meanwhile.

    The row is locked and read again: a revocation that came while the file was being made is not overlooked.
    """
    locked = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if locked.events.filter(kind=CertificateEvent.Kind.REVOKED).exists():
        return False
    if (locked.file, locked.file_digest) == (name, digest):
        return True
    locked.file, locked.file_digest = name, digest
    locked.save(update_fields=["file", "file_digest"])
    record(Verb.CERTIFICATE_RENDERED, locked, by=by, at=at, detail={"number": locked.number, "digest": digest})
    return True


@transaction.atomic
def revoke(certificate: Certificate, *, on: date, reason: str, by: Person, at: datetime) -> CertificateEvent:
    """Take a certificate back from the day ``on``. The certificate, its number and its history stay.

    Side effects in order: locks the certificate, adds the event, tells the person, announces `certificate_revoked` on commit, audit line.
    Raises ValidationError without a reason, for a day before the certificate began or after today, and for a second revocation.
    """
    locked = Certificate.objects.select_for_update().select_related("type").get(pk=certificate.pk)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the certificate is revoked.")})
    if not locked.valid_from <= on <= timezone.localdate(at):
        raise ValidationError({"on": _("The day must lie between the first valid day and today.")})
    if locked.events.filter(kind=CertificateEvent.Kind.REVOKED).exists():
        raise ValidationError(_("This certificate was revoked before."))
    event = CertificateEvent.objects.create(certificate=locked, kind=CertificateEvent.Kind.REVOKED, on=on, reason=reason.strip(), by=by, at=at)
    _tell(
        locked,
        "revoked",
        _("Your certificate “%(type)s” was revoked.") % {"type": locked.type.name},
        at,
        body=_("Number %(number)s. Reason: %(reason)s") % {"number": locked.number, "reason": event.reason},
    )
    transaction.on_commit(partial(certificate_revoked.send_robust, sender=Certificate, certificate=locked))
    record(Verb.CERTIFICATE_REVOKED, locked, by=by, at=at, detail={"number": locked.number, "on": on})
    return event
