"""Arithmetic of the hash chain. The rule in prose: `docs/algorithms/audit-chain.md`."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one audit row says; everything but its place in the chain."""

    number: int
    at: datetime
    actor: int | None
    verb: str
    subject: str
    detail: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The first row at which a chain stops being one, and why."""

    number: int
    reason: str


def canonical(value: object) -> bytes:
    """Bytes of a JSON value that do not depend on key order, spacing or platform."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def link(previous: str, line: Line) -> str:
    """Return the SHA-256 (hex, 64 characters) of ``line`` tied to the hash of the row before it.

    Raises ValueError for a time without zone: the same instant must give the same hash on every machine.
    """
    if line.at.tzinfo is None:
        raise ValueError("An audit line needs a time with a zone.")
    body = [line.number, line.at.astimezone(UTC).isoformat(timespec="microseconds"), line.actor, line.verb, line.subject, line.detail]
    return hashlib.sha256(previous.encode() + b"\n" + canonical(body)).hexdigest()


def first_fault(rows: Iterable[tuple[Line, str, str]], head: tuple[int, str]) -> Fault | None:
    """Check rows of ``(line, previous hash, hash)`` in order of number against the head ``(last number, last hash)``.

    Returns None for an intact chain, else the first fault: a gap (a row was removed), a broken link (removed, swapped
    or inserted), a wrong hash (altered), or a head that names more rows than there are (the tail was cut).
    """
    number, previous = 0, GENESIS
    for line, claimed_previous, claimed in rows:
        if line.number != number + 1:
            return Fault(number=number + 1, reason="missing")
        if claimed_previous != previous:
            return Fault(number=line.number, reason="unlinked")
        if link(previous, line) != claimed:
            return Fault(number=line.number, reason="altered")
        number, previous = line.number, claimed
    if number < head[0]:
        return Fault(number=number + 1, reason="missing")
    if (number, previous) != head:
        return Fault(number=number, reason="head")
    return None
