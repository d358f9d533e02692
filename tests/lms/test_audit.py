"""The audit chain: every fault is found, and the trail cannot be edited."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from lms.audit.actions import record
from lms.audit.chain import GENESIS, Line, first_fault, link
from lms.audit.models import AuditHead, AuditRow
from lms.audit.verbs import Verb
from tests.conftest import NOW


def chain(length: int) -> list[tuple[Line, str, str]]:
    rows, previous = [], GENESIS
    for n in range(1, length + 1):
        line = Line(
            number=n,
            at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n),
            actor=n % 3 or None,
            verb="x:y",
            subject=f"thing:{n}",
            detail={"n": n},
        )
        digest = link(previous, line)
        rows.append((line, previous, digest))
        previous = digest
    return rows


def head(rows: list[tuple[Line, str, str]]) -> tuple[int, str]:
    return (rows[-1][0].number, rows[-1][2]) if rows else (0, GENESIS)


def test_intact_chain_has_no_fault() -> None:
    rows = chain(20)
    assert first_fault(rows, head(rows)) is None
    assert first_fault([], (0, GENESIS)) is None


@given(st.integers(0, 19))
def test_altered_row_is_named(index: int) -> None:
    rows = chain(20)
    line, previous, digest = rows[index]
    rows[index] = (Line(number=line.number, at=line.at, actor=line.actor, verb=line.verb, subject=line.subject, detail={"n": -1}), previous, digest)
    fault = first_fault(rows, head(chain(20)))
    assert fault is not None
    assert (fault.number, fault.reason) == (index + 1, "altered")


@given(st.integers(0, 18))
def test_removed_row_and_cut_tail_are_found(index: int) -> None:
    rows = chain(20)
    removed = first_fault(rows[:index] + rows[index + 1 :], head(rows))
    cut = first_fault(rows[: index + 1], head(rows))
    assert removed is not None
    assert removed.number == index + 1
    assert cut is not None
    assert (cut.number, cut.reason) == (index + 2, "missing")


def test_record_links_rows_and_moves_the_head(county) -> None:
    before = AuditHead.objects.get().number if AuditHead.objects.exists() else 0
    with transaction.atomic():
        first = record(Verb.POLICY_SET, "policy:1", by=None, at=NOW)
        second = record(Verb.POLICY_SET, "policy:2", by=county.hr, at=NOW)
    assert (first.number, second.number, second.previous) == (before + 1, before + 2, first.hash)
    assert AuditHead.objects.get().hash == second.hash


@pytest.mark.parametrize("change", [lambda row: AuditRow.objects.filter(pk=row.pk).update(verb="x:y"), lambda row: row.delete()])
def test_rows_cannot_be_changed_or_deleted(county, change) -> None:
    with transaction.atomic():
        row = record(Verb.POLICY_SET, "policy:1", by=None, at=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(row)
