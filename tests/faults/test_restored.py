"""The database is older than what was acknowledged: a backup was restored, or a standby without the last records took over."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from exams.attempts import actions
from exams.attempts.models import HandIn
from exams.certificates.models import Certificate
from lms.audit.models import AuditRow
from lms.web import checkpoint
from tests.factories.certificates import certify
from tests.factories.exams import right_items
from tests.factories.people import PersonFactory

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def data(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path


def said(*arguments: str) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("checkpoint", *arguments, stdout=out)
    except (SystemExit, CommandError) as end:
        return out.getvalue(), int(getattr(end, "code", 2))
    return out.getvalue(), 0


@pytest.mark.fault(43, 44, by="saves, an end and a certificate after the backup, then the backup again", model="a rollback stands for the restore")
def test_gap_is_named_and_nothing_given_out_is_given_out_again(attempt, exam, county, caplog, django_capture_on_commit_callbacks) -> None:
    items = right_items(attempt)
    actions.save(attempt.pk, epoch=1, seq=1, items=items[:2], by=exam.learner, at=exam.at)
    first = certify(PersonFactory(home_unit=county.finance))
    assert checkpoint.write(at=exam.at)
    assert said() == ("Nothing is missing: the database is as new as its last checkpoint.\n", 0)

    backup = transaction.savepoint()
    for seq in (2, 3, 4):
        actions.save(attempt.pk, epoch=1, seq=seq, items=items[:seq], by=exam.learner, at=exam.at + MINUTE)
    lost_receipt = actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 2 * MINUTE).receipt
    lost = certify(PersonFactory(home_unit=county.finance))
    assert checkpoint.write(at=exam.at + 12 * MINUTE)
    transaction.savepoint_rollback(backup)  # the county's disk is back, as it was twelve minutes ago

    text, code = said("--backup-at", exam.at.isoformat())
    assert (code, "12 minutes after the backup" in text) == (1, True)
    assert {"  saves: 3", "  papers handed in: 1", "  certificates: 1"} <= set(text.splitlines())
    assert not checkpoint.write(at=exam.at + 13 * MINUTE)  # the sweep does not forget what is missing
    assert "older than its checkpoint" in caplog.text

    for seq in (2, 3, 4):  # browsers send again what they hold, under its own number
        assert actions.save(attempt.pk, epoch=1, seq=seq, items=items[:seq], by=exam.learner, at=exam.at + 14 * MINUTE).seq == seq
    with django_capture_on_commit_callbacks(execute=True):
        assert said("--accept")[1] == 0
    assert said()[1] == 0
    assert checkpoint.write(at=exam.at + 15 * MINUTE)
    assert actions.hand_in(attempt.pk, by=exam.learner, at=exam.at + 16 * MINUTE).receipt != lost_receipt
    assert HandIn.objects.get().answered == 4
    after = certify(PersonFactory(home_unit=county.finance))
    assert len({first.number, lost.number, after.number}) == 3
    assert after.number > lost.number
    assert Certificate.objects.filter(number=lost.number).count() == 0
    assert AuditRow.objects.filter(verb="installation:restore").get().detail["missing"]["certificates"] == 1


@pytest.mark.fault(43, by="the number series goes on without the checkpoint", control=True)
def test_without_the_checkpoint_a_number_is_given_out_twice(exam, county) -> None:
    backup = transaction.savepoint()
    lost = certify(PersonFactory(home_unit=county.finance))
    transaction.savepoint_rollback(backup)
    assert certify(PersonFactory(home_unit=county.finance)).number == lost.number


@pytest.mark.fault(43, by="a first start, and a file of another place")
def test_no_checkpoint_is_no_gap(db, tmp_path) -> None:
    assert checkpoint.gap() is None
    (tmp_path / "other.json").write_text('{"at": "2026-11-23T02:00:00+00:00", "numbers": {"saves": 5}}')
    assert said("--against", str(tmp_path / "other.json"))[1] == 1
