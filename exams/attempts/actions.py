"""What a candidate may do: start, save, take over, hand in. Every one can be repeated and gives the first answer again."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, OuterRef, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.attempts.answers import BadAnswers, answered, answers_digest, clean, items_digest
from exams.attempts.models import AnswerRecord, Attempt, AttemptDevice, HandIn
from exams.attempts.paging import open_page, sorted_out
from exams.attempts.querysets import AttemptQuerySet
from exams.attempts.reading import answers_of, due, ended, gone, left, ran_out, until
from exams.attempts.standstill import arrives_paused
from exams.attempts.timing import first_deadline, lapses, may_start, next_start
from exams.papers.drawing import Paper
from exams.papers.sources import paper_for
from exams.signals import attempt_submitted
from exams.sittings.accommodations import terms_for
from exams.sittings.models import Candidate, Sitting
from exams.sittings.terms import Terms
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person
from lms.statements import NUMBER, Blank, Ready

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
    """What the server answers after commit. ``moved``: another browser has taken over. ``closed``: the save was kept, but too late to count.

    ``paused``: the clock stands still. With ``held`` the save came during the pause: it was kept as evidence and is to be sent again afterwards.
    ``shut``: these questions stand on a page that is not open; what was said of them was kept as evidence too.
    """

    seq: int
    left: int
    moved: bool = False
    closed: bool = False
    paused: bool = False
    held: bool = False
    shut: tuple[int, ...] = ()


def receipt_code() -> str:
    """16 characters in groups of four, drawn at random: 78 bits."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(16))
    return "-".join(drawn[i : i + 4] for i in range(0, 16, 4))


def why_not(sitting: Sitting, terms: Terms, used: int, at: datetime, last_end: datetime | None = None) -> list[str | Promise]:
    """Every reason why an attempt cannot be started now under the terms that hold for the person; empty when it can.

    ``last_end`` is when the attempt before ended.
    """
    reasons: list[str | Promise] = []
    if sitting.cancelled_at is not None:
        reasons.append(_("This sitting was cancelled."))
    if at < terms.opens:
        reasons.append(_("The sitting has not opened yet."))
    elif not may_start(at, terms.opens, terms.closes):
        reasons.append(_("The sitting is closed."))
    if terms.attempts and used >= terms.attempts:
        reasons.append(_("You have used all your attempts."))
    elif sitting.wait_minutes and last_end is not None and at < next_start(last_end, sitting.wait_minutes):
        moment = date_format(timezone.localtime(next_start(last_end, sitting.wait_minutes)), "SHORT_DATETIME_FORMAT")
        reasons.append(gettext("You can begin again from %(moment)s on.") % {"moment": moment})
    return reasons


def held_by(candidate: Candidate, at: datetime) -> Terms:
    """The terms that hold for this candidate at a moment: two statements."""
    return terms_for(candidate.sitting, [candidate.person_id], timezone.localdate(at))[candidate.person_id]


def last_end(attempts: Iterable[Attempt]) -> datetime | None:
    """When the last of these attempts ended, or would have been taken at the latest."""
    return max((attempt.hand_in.at if ended(attempt) else until(attempt) for attempt in attempts), default=None)


EARLIER: Ready[Attempt] = Ready(
    lambda candidate: Attempt.objects.with_state().filter(candidate=candidate).defer("paper").order_by("number"), candidate=NUMBER
)


def start(candidate: Candidate, *, key: str, by: Person, at: datetime) -> Attempt:
    """Draw a paper and start the clock; returns the attempt.

    The same ``key`` again, or any key while an attempt is still open, returns that attempt. The paper is drawn before the transaction, so that
    nobody waits for it. The number of statements does not depend on the paper. Raises MayNotStart, `exams.papers.drawing.NotEnoughQuestions`.
    """
    again = next((attempt for attempt in EARLIER.all(candidate=candidate.pk) if attempt.start_key == key), None)
    if again is not None:
        return again
    reasons = why_not(candidate.sitting, held_by(candidate, at), 0, at)
    if reasons:
        raise MayNotStart(reasons)
    seed = secrets.token_hex(16)
    return _start(candidate, key, seed, paper_for(candidate.sitting.source, seed, candidate.number), by=by, at=at)


@transaction.atomic
def _start(candidate: Candidate, key: str, seed: str, paper: Paper, *, by: Person, at: datetime) -> Attempt:
    candidate = Candidate.objects.select_for_update(of=("self",)).select_related("sitting").get(pk=candidate.pk)
    earlier = EARLIER.all(candidate=candidate.pk)[::-1]
    for attempt in earlier:
        if attempt.start_key == key or not (ended(attempt) or gone(attempt, at)):
            return attempt
    sitting, terms = candidate.sitting, held_by(candidate, at)
    reasons = why_not(sitting, terms, len(earlier), at, last_end(earlier))
    if reasons:
        raise MayNotStart(reasons)
    attempt = Attempt(
        candidate=candidate, number=len(earlier) + 1, start_key=key, seed=seed, paper=paper.as_json(), paper_digest=paper.digest(), started_at=at,
        deadline=first_deadline(at, terms.limit, terms.closes), overdue=sitting.overdue, grace=sitting.grace_minutes, navigation=sitting.navigation,
    )  # fmt: skip
    attempt.save(force_insert=True)
    AttemptDevice(attempt=attempt, device=key, epoch=1, at=at).save(force_insert=True)
    record(Verb.ATTEMPT_STARTED, attempt, by=by, at=at, detail={"sitting": candidate.sitting_id, "paper": attempt.paper_digest})
    return attempt


def _locked(pk: int, by: Person, epoch: int = 0, seq: int = 0) -> Attempt:
    """The candidate's own attempt under its lock, with ``known``: the digest already saved at (epoch, seq). Raises Attempt.DoesNotExist."""
    Attempt.objects.of_person(by).filter(pk=pk).locked()
    attempt = KNOWN.first(pk=pk, person=by, epoch=epoch, seq=seq)
    if attempt is None:
        raise Attempt.DoesNotExist
    return attempt


def _known(pk: Blank, person: Blank, epoch: Blank, seq: Blank) -> AttemptQuerySet:
    saved = AnswerRecord.objects.filter(attempt=OuterRef("pk"), epoch=epoch, seq=seq).values("digest")
    return Attempt.objects.with_state().filter(pk=pk, candidate__person=person).annotate(known=Subquery(saved[:1]))  # type: ignore[no-redef]


KNOWN: Ready[Attempt] = Ready(_known, pk=NUMBER, person=NUMBER, epoch=NUMBER, seq=NUMBER)


@transaction.atomic
def save(pk: int, *, epoch: int, seq: int, items: object, by: Person, at: datetime, renumber: bool = False) -> Ack:
    """Append one save. Three statements (two on SQLite), whatever the size of the paper; no audit line, the record is its own.

    The same save again is acknowledged again. What comes after the end is kept as late and answered ``closed``; what comes during a pause is kept
    as late and answered ``held``, and counts when it is sent again afterwards. With ``renumber`` (plain forms, which cannot count) another
    content at the same place gets the next free place instead of Conflict.
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
    body = clean(attempt.drawn, items)
    digest = items_digest(body)
    said, stray = sorted_out(body, open_page(attempt.cut, attempt.page))
    closed = ended(attempt) or ran_out(attempt, at)
    held = not closed and arrives_paused(at, attempt.paused_at)
    if attempt.known == digest and not (closed or held) and _only_as_evidence(attempt, epoch, seq, digest):
        attempt.known, renumber = "", True
    if attempt.known is not None and attempt.known != digest:
        newest = attempt.answers.filter(epoch=epoch).aggregate(top=Max("seq"))["top"]
        if not renumber:
            raise Conflict(newest + 1)
        seq, attempt.known = newest + 1, None
        _check_place(epoch, seq)
    if attempt.known is None and body:
        AnswerRecord(attempt=attempt, epoch=epoch, seq=seq, items=said, stray=stray, digest=digest, received_at=at, late=closed or held).save(
            force_insert=True
        )
    if not ended(attempt) and gone(attempt, at):
        run_out(attempt, recorded_at=at)
    return Ack(
        seq=seq, left=left(attempt, at), moved=epoch < attempt.epoch, closed=closed, paused=attempt.paused_at is not None, held=held,
        shut=tuple(int(str(item["n"])) for item in stray),
    )  # fmt: skip


def _only_as_evidence(attempt: Attempt, epoch: int, seq: int, digest: str) -> bool:
    """Whether the save known at this place came during a pause or an end that is no more, and has not come again since."""
    same = attempt.answers.filter(epoch=epoch, digest=digest)
    return same.filter(seq=seq, late=True).exists() and not same.filter(seq__gt=seq, late=False).exists()


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

    After the deadline the attempt counts as closed at the deadline, unless its sitting gives a grace: then nothing that comes along counts, and
    the hand-in does, with its real time. Announces ``attempt_submitted`` on commit.
    Raises Attempt.DoesNotExist, `exams.attempts.answers.BadAnswers`.
    """
    if items is not None:
        _check_place(epoch, seq)
    attempt = _locked(pk, by, epoch, seq)
    if ended(attempt):
        return attempt.hand_in
    if items is not None and arrives_paused(at, attempt.paused_at):
        raise BadAnswers("The clock stands still: what came along would not count. Hand in when it goes on.")
    if items is not None:
        _append(attempt, epoch=epoch, seq=seq, items=items, at=at, renumber=True)
        if ended(attempt):
            return attempt.hand_in
    if gone(attempt, at):
        return run_out(attempt, recorded_at=at)
    return _end(attempt, HandIn.How.CANDIDATE, at=at if ran_out(attempt, at) else min(at, due(attempt)), recorded_at=at, by=by)


def run_out(attempt: Attempt, *, recorded_at: datetime) -> HandIn:
    """Close, under its lock, what nobody handed in: as it stands at its deadline, or lapsed where the sitting wants it handed in."""
    how = HandIn.How.LAPSED if lapses(attempt.overdue) else HandIn.How.DEADLINE
    return _end(attempt, how, at=until(attempt), recorded_at=recorded_at, by=None)


def _end(attempt: Attempt, how: str, *, at: datetime, recorded_at: datetime, by: Person | None) -> HandIn:
    """Write the end under the attempt's lock; the audit line is the last statement."""
    answers = answers_of([attempt])[attempt.pk]
    end = HandIn(
        attempt=attempt, how=how, at=at, recorded_at=recorded_at, receipt=receipt_code(), answered=answered(answers),
        answers_digest=answers_digest(answers),
    )  # fmt: skip
    end.save(force_insert=True)
    verb = Verb.ATTEMPT_CLOSED if how in {HandIn.How.DEADLINE, HandIn.How.LAPSED} else Verb.ATTEMPT_HANDED_IN
    record(verb, attempt, by=by, at=recorded_at, detail={"how": str(how), "answered": end.answered, "answers": end.answers_digest})
    transaction.on_commit(lambda: attempt_submitted.send_robust(sender=Attempt, attempt=attempt))
    return end
