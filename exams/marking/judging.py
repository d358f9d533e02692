"""What a person gives for an answer. The latest signed mark counts; nothing is ever changed. After the release only a regrade changes a result."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from exams.attempts.models import Attempt
from exams.bank.kinds import rule_of
from exams.bank.kinds.base import CENT
from exams.bank.models import QuestionVersion
from exams.marking.handwork import HandMark, Piece
from exams.marking.laying_out import digest_of
from exams.marking.models import Result
from exams.sittings.models import Sitting
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person

Given = Mapping[str, Decimal]


class Closed(Exception):
    """The result of this attempt is released, or its sitting was cancelled: nothing can be marked any more."""


class MarkedMeanwhile(Exception):
    """Somebody else gave a mark since the page was opened; ``mark`` is theirs."""

    def __init__(self, mark: HandMark) -> None:
        super().__init__(f"Marked meanwhile: {mark.points}.")
        self.mark = mark


def worth(version: QuestionVersion, given: Given, points: Decimal) -> Decimal:
    """The points of a filled sheet, to the cent."""
    rule = rule_of(version.kind)
    return rule.from_sheet(rule.sheet(version.answer, version.extra), given, points).quantize(CENT)


@transaction.atomic
def judge(
    piece: Piece, *, points: Decimal | None = None, given: Given | None = None, comment: str = "", known: int = 0, by: Person, at: datetime
) -> HandMark:
    """Give points for an answer that waits, as one number or by the ``given`` marks of its sheet. ``known`` is the mark the marker saw, 0 for none.

    Raises ValueError for points outside the question's, Closed, MarkedMeanwhile.
    """
    slot = piece.attempt.drawn.slots[piece.n]
    got = worth(piece.version, given, slot.points) if given is not None else points
    if got is None or not 0 <= got <= slot.points:
        raise ValueError("Points are from 0 to those of the question.")
    newest = _still_open(piece.attempt, piece.n, piece.digest)
    if newest is not None and newest.pk != known and newest.by_id != by.pk:
        raise MarkedMeanwhile(newest)
    mark = HandMark(
        attempt=piece.attempt, n=piece.n, digest=piece.digest, points=got.quantize(CENT), sheet=_stored(given), comment=comment.strip(), by=by, at=at,
        grave=rule_of(piece.version.kind).grave(piece.version.answer, given or {}),
    )  # fmt: skip
    mark.save(force_insert=True)
    record(Verb.ANSWER_MARKED, piece.attempt, by=by, at=at, detail={"n": piece.n, "points": mark.points, "mark": mark.pk})
    return mark


@transaction.atomic
def note_station(
    attempt: Attempt,
    n: int,
    *,
    given: Given,
    comment: str = "",
    seconds: int | None = None,
    final: bool = False,
    known: int = 0,
    second: Person | None = None,
    by: Person,
    at: datetime,
) -> HandMark:
    """Save an examiner's checklist as it stands, or sign it off. Before or after the paper is handed in.

    What was signed off is never undone by a save on the way: then only another signature counts. Raises Closed, MarkedMeanwhile, and KeyError for a
    slot that is no station.
    """
    paper = attempt.drawn
    slot = paper.slots[n]
    version = QuestionVersion.objects.get(pk=slot.version)
    if rule_of(version.kind).written:
        raise KeyError(n)
    digest = digest_of(())
    newest = _still_open(attempt, n, digest)
    if newest is not None and newest.pk != known and newest.by_id != by.pk:
        raise MarkedMeanwhile(newest)
    mark = HandMark(
        attempt=attempt, n=n, digest=digest, points=worth(version, given, slot.points), sheet=_stored(given), comment=comment.strip(), final=final,
        grave=final and rule_of(version.kind).grave(version.answer, given), seconds=seconds, second=second, by=by, at=at,
    )  # fmt: skip
    mark.save(force_insert=True)
    if final:
        record(Verb.STATION_SIGNED, attempt, by=by, at=at, detail={"n": n, "points": mark.points, "mark": mark.pk, "grave": mark.grave})
    return mark


def _stored(given: Given | None) -> dict[str, str]:
    return {name: str(value) for name, value in (given or {}).items()}


def _still_open(attempt: Attempt, n: int, digest: str) -> HandMark | None:
    """Take the sitting's lock, which release takes too; returns the newest mark of the answer. Raises Closed."""
    sitting = Sitting.objects.select_for_update().get(candidates__attempts=attempt)
    if sitting.cancelled_at is not None or Result.objects.released().filter(attempt=attempt).exists():
        raise Closed
    return HandMark.objects.filter(attempt=attempt, n=n, digest=digest).order_by("-pk").first()
