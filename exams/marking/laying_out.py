"""Reading attempts for marking: which of their answers a person has to judge, and what people gave already."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from json import dumps
from random import SystemRandom

from exams.attempts.models import AnswerRecord, Attempt
from exams.bank.kinds import rule_of
from exams.bank.kinds.base import Trace
from exams.marking.handwork import HandMark, Piece
from exams.marking.scoring import KeyOf, score, waits
from exams.papers.drawing import Paper
from exams.sittings.models import Sitting

LEAST, MOST = 10_000, 100_000  # numbers are drawn below ten times as many as there may be answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An answer for which the record leaves doubts, and the points it would have had."""

    doubts: tuple[str, ...]
    suggested: Decimal


@dataclass(slots=True, kw_only=True)
class Laid:
    """One attempt ready to be marked, or the slots for which it waits. ``grave``: a dimension failed at a station, by slot."""

    values: dict[int, tuple[str, ...]]
    digests: dict[int, str] = field(default_factory=dict)
    held: dict[int, Held] = field(default_factory=dict)
    given: dict[int, Decimal] = field(default_factory=dict)
    grave: set[int] = field(default_factory=set)
    lacking: list[int] = field(default_factory=list)
    last_mark: int = 0


def digest_of(values: Sequence[str]) -> str:
    """SHA-256 of one answer in its canonical form."""
    return sha256(dumps(list(values), ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def laid_out(
    attempts: Sequence[Attempt], papers: Mapping[int, Paper], keys: Mapping[int, KeyOf], answers: Mapping[int, Mapping[int, tuple[str, ...]]]
) -> dict[int, Laid]:
    """Each attempt by its primary key: two statements more where somebody has to judge something, else none."""
    found = {}
    by_trace = {a.pk: [n for n, slot in papers[a.pk].slots.items() if _traced(keys[slot.version]) and answers[a.pk].get(n)] for a in attempts}
    traces = traces_of([a for a in attempts if by_trace[a.pk]])
    for attempt in attempts:
        laid = found[attempt.pk] = Laid(values=dict(answers[attempt.pk]))
        for n, slot in papers[attempt.pk].slots.items():
            key, values = keys[slot.version], laid.values.get(n, ())
            if n in by_trace[attempt.pk]:
                settled, doubts = rule_of(key.kind).settle(key.key, values, traces[attempt.pk].get(n, Trace(began=attempt.started_at, steps=())))
                if doubts:
                    laid.held[n] = Held(doubts=doubts, suggested=score(key, settled, slot.points))
                    laid.digests[n] = digest_of(values)
                laid.values[n] = tuple(settled)
            elif waits(key, values):
                laid.digests[n] = digest_of(values)
    _fill(found)
    return found


def _traced(key: KeyOf) -> bool:
    return rule_of(key.kind).traced


def _fill(found: Mapping[int, Laid]) -> None:
    """Put in what people gave; what is left lacks a mark."""
    wanted = [pk for pk, laid in found.items() if laid.digests]
    marks = HandMark.objects.filter(attempt__in=wanted).counting() if wanted else HandMark.objects.none()
    for mark in marks:
        laid = found[mark.attempt_id]
        laid.last_mark = max(laid.last_mark, mark.pk)
        if laid.digests.get(mark.n) == mark.digest:
            laid.given[mark.n] = mark.points
            if mark.grave:
                laid.grave.add(mark.n)
    for laid in found.values():
        laid.lacking = [n for n in laid.digests if n not in laid.given]


def traces_of(attempts: Sequence[Attempt]) -> dict[int, dict[int, Trace]]:
    """How each slot's answer came in, by attempt and slot (one statement)."""
    steps: dict[int, dict[int, list[tuple[datetime, tuple[str, ...]]]]] = {attempt.pk: {} for attempt in attempts}
    records = AnswerRecord.objects.filter(attempt__in=steps).counting().order_by("epoch", "seq") if attempts else AnswerRecord.objects.none()
    for attempt, items, at in records.values_list("attempt", "items", "received_at"):
        for item in items:
            steps[attempt].setdefault(item["n"], []).append((at, tuple(item["v"])))
    return {a.pk: {n: Trace(began=a.started_at, steps=tuple(said)) for n, said in steps[a.pk].items()} for a in attempts}


def pieces_for(sitting: Sitting, attempt: Attempt, paper: Paper, laid: Laid, at: datetime) -> list[Piece]:
    """The rows for what an attempt lacks, still without their numbers."""
    return [
        Piece(
            attempt=attempt, end=attempt.hand_in, sitting=sitting, version_id=paper.slots[n].version, n=n, digest=laid.digests[n], made_at=at,
            doubts=list(laid.held[n].doubts) if n in laid.held else [], suggested=laid.held[n].suggested if n in laid.held else None,
        )
        for n in laid.lacking
    ]  # fmt: skip


def numbers_for(used: Collection[int], count: int) -> list[int]:
    """So many numbers drawn by lot, none of them used before."""
    least, most, lot = LEAST, MOST, SystemRandom()
    while most - least < 10 * (len(used) + count):
        most *= 10
    taken, drawn = set(used), list[int]()
    while len(drawn) < count:
        number = lot.randrange(least, most)
        if number not in taken:
            taken.add(number)
            drawn.append(number)
    return drawn
