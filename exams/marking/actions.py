"""Marking what was handed in, and releasing it."""

import logging
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from exams.attempts.models import Attempt, HandIn
from exams.attempts.querysets import AttemptQuerySet
from exams.attempts.reading import answers_of
from exams.bank.models import QuestionVersion
from exams.marking.grading import Levels, PassRule, level, mark, passed
from exams.marking.handwork import HandMark, Piece
from exams.marking.laying_out import laid_out, numbers_for, pieces_for
from exams.marking.models import GradeRun, Release, Result
from exams.marking.querysets import PieceQuerySet
from exams.marking.scoring import KeyOf, key_of
from exams.signals import result_released
from exams.sittings.models import Sitting
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook

log = logging.getLogger(__name__)
CHUNK = 100  # attempts read, marked and written at a time
LONGEST_PAUSE = 300  # seconds between two automatic releases of a sitting, at most


class NothingToRelease(Exception):
    """There is no open run with every handed-in attempt marked; ``waiting`` answers wait for a marker."""

    def __init__(self, waiting: int = 0) -> None:
        super().__init__(f"Nothing to release; {waiting} answers wait for a marker.")
        self.waiting = waiting


def unmarked(sitting: Sitting) -> AttemptQuerySet:
    """Attempts handed in at a sitting that have no result of their end in its open run yet (and no released one)."""
    known = Result.objects.filter(run__sitting=sitting).exclude(pk__in=Result.objects.superseded()).values("attempt")
    return Attempt.objects.handed_in().filter(candidate__sitting=sitting).exclude(pk__in=known).select_related("hand_in").order_by("pk")


def in_hand() -> PieceQuerySet:
    """Answers that wait for a marker."""
    return Piece.objects.waiting()


def ready(attempts: AttemptQuerySet) -> AttemptQuerySet:
    """Those that wait for nobody: what was laid out for a marker is judged, or nothing was laid out yet."""
    return attempts.exclude(pk__in=in_hand().values("attempt"))


def waiting_sittings() -> list[Sitting]:
    """Sittings that were not cancelled, where something handed in has no result at all and waits for nobody: one query."""
    standing = Result.objects.exclude(pk__in=Result.objects.superseded()).values("attempt")
    some = ready(Attempt.objects.handed_in()).exclude(pk__in=standing).values("candidate__sitting")
    return list(Sitting.objects.filter(pk__in=some, cancelled_at=None).select_related("unit", "pass_policy"))


def mark_sitting(sitting: Sitting, *, by: Person | None, at: datetime) -> int:
    """Mark what is handed in and unmarked; returns how many results were added. What a person has to judge is laid out for markers, once.

    Reading and arithmetic happen outside the transaction; writing is one short one a chunk, and a second marker at the same time adds nothing.
    A cancelled sitting is not marked. Raises `lms.policy.figures.NoFigure` where a level has no figure on the day of a hand-in.
    """
    book, added, failed_from = PolicyBook(), 0, 0
    while True:
        attempts = list(ready(unmarked(sitting)).filter(pk__gt=failed_from)[:CHUNK])
        if not attempts:
            return added
        failed_from = attempts[-1].pk
        results, pieces = _marked(sitting, attempts, book, at)
        if pieces:
            _lay_out(sitting, pieces)
        added += _write(sitting, results, by=by, at=at)


def _marked(sitting: Sitting, attempts: list[Attempt], book: PolicyBook, at: datetime) -> tuple[list[Result], list[Piece]]:
    """The results of those whose every answer is judged, and what of the others waits for a person."""
    papers = {attempt.pk: attempt.drawn for attempt in attempts}
    versions = {slot.version for paper in papers.values() for slot in paper.slots.values()}
    keys: dict[int, KeyOf] = {
        pk: key_of(kind, dimension, answer, extra)
        for pk, kind, dimension, answer, extra in QuestionVersion.objects.filter(pk__in=versions).values_list(
            "pk", "kind", "dimension", "answer", "extra"
        )
    }
    said = {pk: {n: answer.values for n, answer in answers.items()} for pk, answers in answers_of(attempts).items()}
    laid = laid_out(attempts, papers, keys, said)
    rule = PassRule(percent=sitting.pass_percent, knowledge=Decimal(sitting.knowledge_percent), operation=Decimal(sitting.operation_percent))
    results: list[Result] = []
    pieces: list[Piece] = []
    for attempt in attempts:
        one = laid[attempt.pk]
        if one.lacking:
            pieces += pieces_for(sitting, attempt, papers[attempt.pk], one, at)
            continue
        day = timezone.localdate(attempt.hand_in.at)
        figures = [book(key, day, sitting.unit.path) for key in (Key.LEVEL_EXCELLENT, Key.LEVEL_GOOD, Key.LEVEL_PASS)]
        levels = Levels(excellent=figures[0].value, good=figures[1].value, passing=figures[2].value)
        marks = mark(papers[attempt.pk], keys, one.values, one.given, one.grave)
        used = [{"key": figure.key, "id": figure.id, "value": str(figure.value)} for figure in figures]
        if sitting.pass_policy_id:
            used.insert(0, {"key": Key.PASS_MARK.value, "id": sitting.pass_policy_id, "value": str(sitting.pass_percent)})
        results.append(
            Result(
                attempt=attempt, end=attempt.hand_in,
                score=marks.score, full=marks.full, knowledge=marks.knowledge, knowledge_full=marks.knowledge_full,
                operation=marks.operation, operation_full=marks.operation_full, passed=passed(marks, rule), level=level(marks, levels),
                slots={str(n): str(points) for n, points in marks.slots.items()}, policies=used, marked_at=at,
                last_mark=one.last_mark,
            )
        )  # fmt: skip
    return results, pieces


@transaction.atomic
def _lay_out(sitting: Sitting, pieces: list[Piece]) -> None:
    """Write what waits for markers, each with a number drawn by lot; what another wrote at the same time stays. No audit line: nothing is decided."""
    Sitting.objects.select_for_update().get(pk=sitting.pk)
    known = set(Piece.objects.filter(end__in={piece.end_id for piece in pieces}).values_list("end", "n"))
    undone = set(HandIn.objects.filter(pk__in={piece.end_id for piece in pieces}, attempt=None).values_list("pk", flat=True))
    new = [piece for piece in pieces if (piece.end_id, piece.n) not in known and piece.end_id not in undone]
    by_version: dict[int, list[Piece]] = {}
    for piece in new:
        by_version.setdefault(piece.version_id, []).append(piece)
    for version, mine in by_version.items():
        used = set(Piece.objects.filter(sitting=sitting, version=version).values_list("number", flat=True))
        for piece, number in zip(mine, numbers_for(used, len(mine)), strict=True):
            piece.number = number
    Piece.objects.bulk_create(new, batch_size=500)


@transaction.atomic
def _write(sitting: Sitting, results: list[Result], *, by: Person | None, at: datetime) -> int:
    if Sitting.objects.select_for_update().get(pk=sitting.pk).cancelled_at is not None:
        return 0
    attempts = [r.attempt_id for r in results]
    standing = Result.objects.filter(run__sitting=sitting, attempt__in=attempts).exclude(pk__in=Result.objects.superseded())
    known = set(standing.values_list("attempt", flat=True))
    undone = set(HandIn.objects.filter(pk__in=[r.end_id for r in results], attempt=None).values_list("pk", flat=True))
    newest = HandMark.objects.filter(attempt__in=attempts, final=True).values("attempt").annotate(top=Max("pk")).values_list("attempt", "top")
    newer = {attempt for attempt, top in newest if top > next(r.last_mark for r in results if r.attempt_id == attempt)}  # marked since it was read
    new = [result for result in results if result.attempt_id not in known | newer and result.end_id not in undone]
    if not new:  # another marker was faster; a run of its own would hold nothing new
        return 0
    run = _open_run(sitting, by=by, at=at)
    for result in new:
        result.run = run
    Result.objects.bulk_create(new)
    record(Verb.GRADES_RUN, run, by=by, at=at, detail={"sitting": sitting.pk, "run": run.number, "added": len(new)})
    return len(new)


def _open_run(sitting: Sitting, *, by: Person | None, at: datetime) -> GradeRun:
    """The run that takes results, under the sitting's lock; a new one begins with what the latest holds.

    A run is closed by its release, or because it holds results of ends that were undone: the new one goes on without them.
    """
    undone = Result.objects.superseded()
    closed = Exists(Release.objects.filter(run=OuterRef("pk"))) | Exists(undone.filter(run=OuterRef("pk")))
    latest = sitting.grade_runs.order_by("-number").annotate(closed=closed).first()
    if latest is not None and not latest.closed:
        return latest
    run = GradeRun(sitting=sitting, number=latest.number + 1 if latest else 1, by=by, made_at=at)
    run.save(force_insert=True)
    if latest is not None:
        carried = list(latest.results.exclude(pk__in=undone))
        for result in carried:
            result.pk, result.run = None, run
            result._state.adding = True
        Result.objects.bulk_create(carried, batch_size=500)
    return run


@transaction.atomic
def release(sitting: Sitting, *, by: Person | None, at: datetime) -> Release:
    """Sign off the open run: its results are the sitting's from here on. ``by`` None: the sitting releases by itself.

    Announces ``result_released`` on commit. Raises NothingToRelease: no open run, something handed in is not marked yet, or the
    sitting was cancelled, or it is a practice, which nobody but the candidates sees.
    """
    found = Sitting.objects.select_for_update().get(pk=sitting.pk)
    cancelled = found.cancelled_at is not None or found.practice
    run = sitting.grade_runs.open().order_by("-number").first()
    if cancelled or run is None or unmarked(sitting).exists():
        raise NothingToRelease(in_hand().filter(sitting=sitting).count())
    if run.results.superseded().exists():
        run = _open_run(sitting, by=by, at=at)
        if not run.results.exists():
            raise NothingToRelease
    signed = Release(sitting=sitting, run=run, by=by, at=at)
    signed.save(force_insert=True)
    passed_now = run.results.filter(passed=True).count()
    detail = {"run": run.number, "results": run.results.count(), "passed": passed_now}
    transaction.on_commit(lambda: result_released.send_robust(sender=Release, sitting=sitting, run=run))
    record(Verb.RESULTS_RELEASED, sitting, by=by, at=at, detail=detail)
    return signed


def release_due(*, at: datetime) -> int:
    """Release what sittings with automatic release have marked; returns how many sittings.

    After a release of n results the next waits n seconds (at most LONGEST_PAUSE): each run carries all earlier results on, and so the rows written
    a second stay bounded however people trickle in.
    """
    count = 0
    for run in GradeRun.objects.open().filter(sitting__auto_release=True, sitting__cancelled_at=None).select_related("sitting"):
        last = run.sitting.releases.select_related("run").order_by("-pk").first()
        if last and at < last.at + timedelta(seconds=min(LONGEST_PAUSE, last.run.results.count())):
            continue
        try:
            release(run.sitting, by=None, at=at)
        except NothingToRelease:
            continue
        count += 1
    return count


def mark_due(*, at: datetime) -> dict[str, int]:
    """Mark everything that waits, then release what releases itself. A sitting that cannot be marked is logged and does not hold up the others."""
    added = 0
    for sitting in waiting_sittings():
        try:
            added += mark_sitting(sitting, by=None, at=at)
        except Exception:
            log.exception("Sitting %s could not be marked.", sitting.pk)
    return {"marked": added, "released": release_due(at=at)}
