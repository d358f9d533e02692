"""Whom an exam is for: those whose post calls for a certificate they lack, or are about to lack, on the day of the exam."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from exams.certificates.models import CertificateType
from exams.compliance.coverage import as_of
from exams.compliance.gaps import Standing
from exams.sittings.models import Sitting
from exams.sittings.sources import Choice
from lms.web.requests import number

SOON = "soon-"


def choices(sitting: Sitting, day: date) -> list[Choice]:
    """Each certificate that some post calls for on ``day``, the one this sitting earns first: lacking, and lacking or lapsing soon."""
    called_for = Q(requirements__since__lte=day) & (Q(requirements__until=None) | Q(requirements__until__gt=day))
    found = []
    for kind in CertificateType.objects.filter(called_for).distinct().order_by("code"):
        first, name = kind.pk == sitting.certificate_type_id, {"name": kind.name}
        found += [
            Choice(key=str(kind.pk), label=_("lacks it on the day: %(name)s") % name, first=first),
            Choice(key=f"{SOON}{kind.pk}", label=_("lacks it, or it lapses soon: %(name)s") % name, first=first),
        ]
    return found


def people(sitting: Sitting, key: str, day: date) -> Iterable[int]:
    """The holders of posts that call for the certificate and who lack it when the sitting opens; with `SOON`, also those it warns of."""
    kind = number(key.removeprefix(SOON))
    meant = {Standing.GAP, Standing.EXPIRING} if key.startswith(SOON) else {Standing.GAP}
    board = as_of(max(day, timezone.localdate(sitting.opens_at)))
    return {line.person for line in board.lines if line.type == kind and line.standing in meant}
