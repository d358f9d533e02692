"""`manage.py verify_audit`: a whole trail, and every kind of break by number and reason."""

import io
import json

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from lms.audit.actions import record
from lms.audit.guards import lay_all
from lms.audit.models import AuditHead, AuditRow
from lms.audit.verbs import Verb
from tests.conftest import NOW


@pytest.fixture
def trail(county):
    for n in range(5):
        with transaction.atomic():
            record(Verb.POLICY_SET, f"policy:{n}", by=county.hr, at=NOW, detail={"n": n, "名": "值"})
    return AuditHead.objects.get().number


def verified(*options: str) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify_audit", *options, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue() + err.getvalue()
    return 0, out.getvalue() + err.getvalue()


@pytest.fixture
def unguarded(trail):
    """Somebody with full power over the database takes the guards off."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER guard_u_lms_auditrow")
            cursor.execute("DROP TRIGGER guard_d_lms_auditrow")
        else:
            cursor.execute("DROP TRIGGER guard_lms_auditrow ON lms_auditrow")
    yield trail
    lay_all()


def test_whole_trail_is_whole(trail) -> None:
    code, text = verified("--json")
    assert (code, json.loads(text)) == (0, {"whole": True, "rows": trail, "first_bad_row": None, "reason": None})
    assert f"{trail} rows" in verified()[1]


def test_altered_row_is_named(unguarded) -> None:
    AuditRow.objects.filter(number=unguarded - 2).update(detail={"n": 99})
    assert json.loads(verified("--json")[1])["first_bad_row"] == unguarded - 2
    assert verified() == (1, f"Row {unguarded - 2}: the row was changed after it was written.\n")


def test_removed_row_and_cut_tail_are_named(unguarded) -> None:
    AuditRow.objects.filter(number=unguarded).delete()
    assert (verified()[0], json.loads(verified("--json")[1])["reason"]) == (1, "missing")
    AuditRow.objects.filter(number=unguarded - 3).delete()
    assert json.loads(verified("--json")[1])["first_bad_row"] == unguarded - 3
