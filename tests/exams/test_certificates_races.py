"""Racing issuers on PostgreSQL. SQLite has one writer at a time; there the database's own constraint is tested in `test_certificates_actions`."""

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection

from exams.certificates.actions import issue, revoke
from exams.certificates.models import Certificate
from lms.audit.models import AuditRow
from tests.conftest import NOW, TODAY
from tests.factories.certificates import certify, earn
from tests.factories.people import PersonFactory, UnitFactory

RACERS = 4


def race(run: Callable[[], object]) -> list[Exception]:
    """Run the same thing in four threads at once; returns what went wrong."""
    faults: list[Exception] = []
    start = threading.Barrier(RACERS)

    def racer() -> None:
        start.wait()
        try:
            run()
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=racer) for _ in range(RACERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return faults


if connection.vendor == "postgresql":

    @pytest.mark.real_database
    @pytest.mark.django_db(transaction=True)
    def test_racers_give_one_certificate_each_and_numbers_without_gap(policies) -> None:
        unit = UnitFactory()
        results = [earn(PersonFactory(home_unit=unit)) for _ in range(5)]
        faults = race(lambda: [issue(result, start=date(2026, 11, 20), by=None, at=NOW) for result in results])
        assert faults == []
        assert sorted(Certificate.objects.values_list("number", flat=True)) == [f"YX-SEC-2026-{n:06d}" for n in range(1, 6)]
        assert AuditRow.objects.filter(verb="certificate:issue").count() == 5

    @pytest.mark.real_database
    @pytest.mark.django_db(transaction=True)
    def test_racing_revocations_leave_one_event(policies) -> None:
        unit = UnitFactory()
        certificate, officer = certify(PersonFactory(home_unit=unit)), PersonFactory(home_unit=unit)
        faults = race(lambda: revoke(certificate, on=TODAY, reason="考试舞弊", by=officer, at=NOW))
        assert len(faults) == RACERS - 1
        assert certificate.events.count() == 1
