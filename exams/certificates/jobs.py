"""Certificates are issued and drawn outside requests. Both jobs pull what is missing, so that a lost fact heals at the next sweep."""

import logging
from datetime import date, timedelta
from typing import Any

from django.core.files.storage import storages
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from exams.certificates.actions import MissingGlyphs, file_certificate, issue
from exams.certificates.filing import write
from exams.certificates.models import Certificate
from exams.marking.models import Release, Result
from lms.exchange.typefaces import missing
from lms.jobs.handlers import Work, handles
from lms.people.models import Person
from lms.people.scope import within

log = logging.getLogger(__name__)
ISSUE, RENDER = "certificates.issue", "certificates.render"
SWEEP = timedelta(seconds=30)
AT_MOST = 25  # certificates drawn by one sweep: some seconds, so that a backlog does not keep marking and issuing waiting


def due() -> QuerySet[Result]:
    """Passed results of each sitting's latest release whose candidates have earned a certificate and have none yet, first attempts first.

    ``released_at`` is when the pass was first released: a later release carries it on unchanged.
    """
    releases = Release.objects.filter(sitting=OuterRef("run__sitting"))
    first = releases.filter(run__results__attempt=OuterRef("attempt"), run__results__passed=True).order_by("pk")
    had = Certificate.objects.filter(attempt__candidate=OuterRef("attempt__candidate"), type=OuterRef("run__sitting__certificate_type"))
    return (
        Result.objects.filter(Q(run__sitting__counting="best") | Q(pk__in=Result.objects.counting().values("pk")))
        .filter(passed=True, run__sitting__certificate_type__isnull=False, run__sitting__cancelled_at=None)
        .annotate(released_run=Subquery(releases.order_by("-pk").values("run")[:1]), released_at=Subquery(first.values("at")[:1]))
        .filter(released_run=F("run"))
        .exclude(Exists(had))
        .select_related("run__sitting__certificate_type", "attempt__candidate__person__home_unit", "attempt__hand_in")
        .order_by("attempt__number", "pk")
    )


def start_of(result: Result) -> date:
    """The first valid day: the day of the release, however late the job runs."""
    return timezone.localdate(result.released_at)  # type: ignore[attr-defined]


def blocked(paths: list[str]) -> list[tuple[Person, str]]:
    """Return people below ``paths`` whose certificate waits because their name cannot be printed, with the characters."""
    waiting = due().filter(within(paths, "attempt__candidate__person__home_unit__path"))
    people = (result.attempt.candidate.person for result in waiting)
    return [(person, lacking) for person in people if (lacking := missing(person.name))]


@handles(ISSUE, every=SWEEP)
def issue_due(work: Work) -> dict[str, Any]:
    """Issue everything that is due. A name that cannot be printed stops only its own certificate, and is shown on the list of certificates.

    So does any other fault: it is logged and met again at the next sweep.
    """
    results = list(due())
    issued = blocked = failed = 0
    for done, result in enumerate(results, start=1):
        try:
            issue(result, start=start_of(result), by=None, at=timezone.now())
            issued += 1
        except MissingGlyphs:
            blocked += 1
        except Exception:
            log.exception("No certificate could be issued for result %s.", result.pk)
            failed += 1
        work.progress(done, len(results))
    return {"issued": issued, "blocked": blocked, "failed": failed}


def undrawn() -> QuerySet[Certificate]:
    """Certificates without a file that may have one."""
    return Certificate.objects.filter(file="").not_revoked_by(date.max).order_by("pk")


@handles(RENDER, every=SWEEP)
def render(work: Work) -> dict[str, Any]:
    """Draw one certificate (argument ``certificate``; drawn anew where ``again`` is set or the file is gone), or some of those that lack a file."""
    only = work.arguments.get("certificate")
    wanted = list(Certificate.objects.filter(pk=only)) if only else list(undrawn()[:AT_MOST])
    drawn = 0
    for done, certificate in enumerate(wanted, start=1):
        present = certificate.file and storages["private"].exists(certificate.file)
        if not present or work.arguments.get("again"):
            name, digest = write(certificate)
            drawn += file_certificate(certificate, name=name, digest=digest, by=work.job.by, at=timezone.now())
        work.progress(done, len(wanted))
    return {"drawn": drawn}
