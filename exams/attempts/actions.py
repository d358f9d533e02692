"""What a candidate may do: start, save, take over, hand in. Every one can be repeated and gives the first answer again."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, OuterRef, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exams.attempts.answers import BadAnswers, answered, answers_digest, clean, items_digest
from exams.attempts.models import AnswerRecord, Attempt, AttemptDevice, HandIn
from exams.attempts.reading import answers_of, due, ended
from exams.attempts.timing import first_deadline, may_start, over, seconds_left
from exams.papers.drawing import Paper
from exams.papers.stock import paper_for
from exams.signals import attempt_submitted
from exams.sittings.models import Candidate, Sitting
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read as another
MOST_EPOCH, MOST_SEQ = 2**15 - 1, 2**31 - 1  # what the columns hold


class MayNotStart(Exception):
    """All the reasons why not, as whole sentences."""

    def __init__(self, reasons: list[str | Promise]) -> None:
        super().__init__("; ".join(str(reason) for reason in reasons))
        self.reasons = reasons


class Conflict(Exception):
    """This place holds another save. ``free`` is the next place nobody has used: number again from there and repeat."""

    def __init__(self, free: int) -> None:
        super().__init__("Another save stands at this place.")
        self.free = free


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """What the server answers after commit. ``moved``: another browser has taken over. ``closed``: the save was kept, but too late to count."""

    seq: int
    left: int
    moved: bool = False
    closed: bool = False


def receipt_code() -> str:
    """16 characters in groups of four, drawn at random: 78 bits."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(16))
    return "-".join(drawn[i : i + 4] for i in range(0, 16, 4))


def why_not(sitting: Sitting, used: int, at: datetime) -> list[str | Promise]:
    """Every reason why an attempt cannot be started now; empty when it can."""
    reasons: list[str | Promise] = []
    if sitting.cancelled_at is not None:
        reasons.append(_("This sitting was cancelled."))
    if at < sitting.opens_at:
        reasons.append(_("The sitting has not opened yet."))
    elif not may_start(at, sitting.opens_at, sitting.closes_at):
        reasons.append(_("The sitting is closed."))
    if used >= sitting.attempts_allowed:
        reasons.append(_("You have used all your attempts."))
    return reasons


def start(candidate: Candidate, *, key: str, by: Person, at: datetime) -> Attempt:
    """Draw a paper and start the clock; returns the attempt.

    The same ``key`` again, or any key while an attempt is still open, returns that attempt. The paper is drawn before the transaction, so that
    nobody waits for it. The number of statements does not depend on the paper. Raises MayNotStart, `exams.papers.drawing.NotEnoughQuestions`.
    """
    again = Attempt.objects.filter(candidate=candidate, start_key=key).first()
    if again is not None:
        return again
    reasons = why_not(candidate.sitting, 0, at)
    if reasons:
        raise MayNotStart(reasons)
    seed = secrets.token_hex(16)
    return _start(candidate, key, seed, paper_for(candidate.sitting.blueprint, seed), by=by, at=at)


@transaction.atomic
def _start(candidate: Candidate, key: str, seed: str, paper: Paper, *, by: Person, at: datetime) -> Attempt:
    candidate = Candidate.objects.select_for_update(of=("self",)).select_related("sitting").get(pk=candidate.pk)
    earlier = list(Attempt.objects.with_state().filter(candidate=candidate).defer("paper"))
    for attempt in earlier:
        if attempt.start_key == key or (not ended(attempt) and not over(at, due(attempt))):
            return attempt
    reasons = why_not(candidate.sitting, len(earlier), at)
    if reasons:
        raise MayNotStart(reasons)
    attempt = Attempt(
        candidate=candidate, number=len(earlier) + 1, start_key=key, seed=seed, paper=paper.as_json(), paper_digest=paper.digest(), started_at=at,
        deadline=first_deadline(at, candidate.sitting.duration, candidate.sitting.closes_at),
    )  # fmt: skip
    attempt.save(force_insert=True)
    AttemptDevice(attempt=attempt, device=key, epoch=1, at=at).save(force_insert=True)
    record(Verb.ATTEMPT_STARTED, attempt, by=by, at=at, detail={"sitting": candidate.sitting_id, "paper": attempt.paper_digest})
    return attempt


def _locked(pk: int, by: Person, epoch: int = 0, seq: int = 0) -> Attempt:
    """The candidate's own attempt under its lock, with ``known``: the digest already saved at (epoch, seq). Raises Attempt.DoesNotExist."""
    mine = Attempt.objects.of_person(by).filter(pk=pk).locked()
    known = AnswerRecord.objects.filter(attempt=OuterRef("pk"), epoch=epoch, seq=seq).values("digest")
    return mine.with_state().annotate(known=Subquery(known[:1])).get()  # type: ignore[no-redef]


@transaction.atomic
def save(pk: int, *, epoch: int, seq: int, items: object, by: Person, at: datetime, renumber: bool = False) -> Ack:
    """Append one save. Three statements (two on SQLite), whatever the size of the paper; no audit line, the record is its own.

    The same save again is acknowledged again. What comes after the end is kept as late and answered ``closed``. With ``renumber`` (plain forms,
    which cannot count) another content at the same place gets the next free place instead of Conflict.
    Raises Attempt.DoesNotExist, Conflict, `exams.attempts.answers.BadAnswers`.
    """
    _check_place(epoch, seq)
    attempt = _locked(pk, by, epoch, seq)
    return _append(attempt, epoch=epoch, seq=seq, items=items, at=at, renumber=renumber)


def _check_place(epoch: object, seq: object) -> None:
    """Only whole numbers in bounds reach the database. Raises BadAnswers."""
    if not (type(epoch) is int and 1 <= epoch <= MOST_EPOCH and type(seq) is int and 1 <= seq <= MOST_SEQ):
        raise BadAnswers("No such place.")


def _append(attempt: Attempt, *, epoch: int, seq: int, items: object, at: datetime, renumber: bool) -> Ack:
    if epoch > attempt.epoch:
        raise BadAnswers("No browser of this attempt writes there.")
    body = clean(Paper.from_json(attempt.paper), items)
    digest = items_digest(body)
    end = due(attempt)
    closed = ended(attempt) or over(at, end)
    if attempt.known is not None and attempt.known != digest:
        newest = attempt.answers.filter(epoch=epoch).aggregate(top=Max("seq"))["top"]
        if not renumber:
            raise Conflict(newest + 1)
        seq, attempt.known = newest + 1, None
    if attempt.known is None and body:
        AnswerRecord(attempt=attempt, epoch=epoch, seq=seq, items=body, digest=digest, received_at=at, late=closed).save(force_insert=True)
    if closed and not ended(attempt):
        _end(attempt, HandIn.How.DEADLINE, at=end, recorded_at=at, by=None)
    return Ack(seq=seq, left=seconds_left(at, end), moved=epoch < attempt.epoch, closed=closed)


@transaction.atomic
def take_over(pk: int, *, device: str, by: Person, at: datetime) -> int:
    """Let this browser write from now on; returns its epoch. The same ``device`` again keeps the epoch it has.

    No audit line: the row itself, never changed, is the record. Raises Attempt.DoesNotExist.
    """
    attempt = _locked(pk, by)
    known = attempt.devices.filter(device=device).values_list("epoch", flat=True).first()
    if known is None:
        known = attempt.epoch + 1
        AttemptDevice(attempt=attempt, device=device, epoch=known, at=at).save(force_insert=True)
    return known


@transaction.atomic
def hand_in(pk: int, *, by: Person, at: datetime, epoch: int = 0, seq: int = 0, items: object = None) -> HandIn:
    """End an attempt, once: the answers that came along are saved first, in the same transaction. Again: the same receipt.

    After the deadline the attempt counts as closed at the deadline. Announces ``attempt_submitted`` on commit.
    Raises Attempt.DoesNotExist, `exams.attempts.answers.BadAnswers`.
    """
    if items is not None:
        _check_place(epoch, seq)
    attempt = _locked(pk, by, epoch, seq)
    if ended(attempt):
        return attempt.hand_in
    if items is not None:
        _append(attempt, epoch=epoch, seq=seq, items=items, at=at, renumber=True)
        if ended(attempt):
            return attempt.hand_in
    if over(at, due(attempt)):
        return _end(attempt, HandIn.How.DEADLINE, at=due(attempt), recorded_at=at, by=None)
    return _end(attempt, HandIn.How.CANDIDATE, at=min(at, due(attempt)), recorded_at=at, by=by)


def _end(attempt: Attempt, how: str, *, at: datetime, recorded_at: datetime, by: Person | None) -> HandIn:
    """Write the end under the attempt's lock; the audit line is the last statement."""
    answers = answers_of([attempt])[attempt.pk]
    end = HandIn(
        attempt=attempt, how=how, at=at, recorded_at=recorded_at, receipt=receipt_code(), answered=answered(answers),
        answers_digest=answers_digest(answers),
    )  # fmt: skip
    end.save(force_insert=True)
    verb = Verb.ATTEMPT_CLOSED if how == HandIn.How.DEADLINE else Verb.ATTEMPT_HANDED_IN
    record(verb, attempt, by=by, at=recorded_at, detail={"how": str(how), "answered": end.answered, "answers": end.answers_digest})
    transaction.on_commit(lambda: attempt_submitted.send_robust(sender=Attempt, attempt=attempt))
    return end
