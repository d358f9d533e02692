"""Taking in an answer file: looked at first, then done in one transaction. The rule: `docs/algorithms/answer-file.md`, "Taking it in"."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from exams.attempts.actions import _end
from exams.attempts.answers import BadAnswers, clean, items_digest
from exams.attempts.bundles import MOST_SEQ, BadFile, Bundle, Envelope, envelope, in_time, key_of_sitting, opened, seal_of_sitting
from exams.attempts.models import AnswerRecord, Attempt
from exams.attempts.paging import open_page, sorted_out
from exams.attempts.reading import due, ended
from exams.attempts.timing import TRANSIT
from exams.attempts.watched import AnswerFile
from exams.sittings.models import Sitting
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What becomes of one entry: ``same`` is there already, ``new`` counts, ``late`` waits for two people, ``unread`` is not of this paper."""

    seq: int
    what: str
    items: list[dict[str, object]]
    stray: list[dict[str, object]]
    digest: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What taking a file in will do, or did; ``why_late`` is "", "plain", "grace", "released" or "entries"."""

    attempt: Attempt
    bundle: Bundle
    digest: str
    sealed: bool
    rows: list[Row]
    why_late: str = ""
    known: AnswerFile | None = None

    def count(self, what: str) -> int:
        """How many entries of the file are ``what``."""
        return sum(1 for row in self.rows if row.what == what)


def seal_of(sitting: int) -> str:
    """The public key that the paper of a sitting carries, so that a browser can seal an answer file."""
    return seal_of_sitting(settings.IDENTITY_KEY, sitting)


def read(content: bytes, sitting: int) -> tuple[Envelope, Bundle]:
    """Open a file that was handed in at a sitting. Raises `exams.attempts.bundles.BadFile`."""
    outside = envelope(content)
    return outside, opened(outside, key_of_sitting(settings.IDENTITY_KEY, sitting))


def plan(attempt: Attempt, outside: Envelope, bundle: Bundle, *, at: datetime) -> Plan:
    """Say what taking the file in would do now, without doing it. Raises BadFile ``content``: another person's, or an epoch nobody writes at."""
    if bundle.user != attempt.candidate.person_id or bundle.epoch > attempt.epoch:
        raise BadFile("content")
    limit = attempt.hand_in.at if ended(attempt) else due(attempt)
    anchored_at = _anchor(attempt, bundle)
    why = _why_late(attempt, outside, limit, at)
    stops = [(stop.at + TRANSIT, stop.resumed_at or at) for stop in attempt.pauses.all()]
    fits = {} if why else in_time(bundle, anchored_at, limit, stops)
    page = _page(attempt, bundle.epoch)
    there = {r.seq: r for r in attempt.answers.filter(epoch=bundle.epoch).defer("items", "stray")}
    counted = {r.digest for r in there.values() if not r.late}
    kept, free, rows = {r.digest for r in there.values()}, max([*there, *(e.seq for e in bundle.entries), 0]) + 1, []
    for entry in bundle.entries:
        try:
            body = clean(attempt.drawn, entry.items)
        except BadAnswers:
            rows.append(Row(seq=entry.seq, what="unread", items=[], stray=[]))
            continue
        said, stray = sorted_out(body, page)
        digest, good, standing = items_digest(body), fits.get(entry.seq, False), there.get(entry.seq)
        place = entry.seq if standing is None else free
        same = standing is not None and digest in (counted if good else kept)
        rows.append(
            Row(seq=entry.seq, what="same" if same or not body else "new" if good else "late", items=said, stray=stray, digest=digest, place=place)
        )
        free += place == free and rows[-1].what != "same"
    if any(row.place > MOST_SEQ for row in rows):
        raise BadFile("content")
    late = why or ("entries" if any(row.what == "late" for row in rows) else "")
    known = attempt.files.filter(digest=outside.digest).first()
    return Plan(attempt=attempt, bundle=bundle, digest=outside.digest, sealed=outside.sealed is not None, rows=rows, why_late=late, known=known)


def _anchor(attempt: Attempt, bundle: Bundle) -> datetime | None:
    """The server's own instant of the anchor: when that save arrived, or with none when the browser came. None: nothing known of it."""
    if bundle.anchor:
        return attempt.answers.filter(epoch=bundle.epoch, seq=bundle.anchor).values_list("received_at", flat=True).first()
    return attempt.devices.filter(epoch=bundle.epoch).values_list("at", flat=True).first()


def _page(attempt: Attempt, epoch: int) -> tuple[int, ...]:
    """The slots of the last page that was open while the file's browser was the one that wrote: no page is turned without the server.

    The server's own instants say which, never the file's: a page that was left stays closed whatever a file claims.
    """
    left = attempt.devices.filter(epoch=epoch + 1).values_list("at", flat=True).first()
    turned = attempt.pages.filter(at__lte=left) if left else attempt.pages.all()
    return open_page(attempt.cut, turned.aggregate(top=Max("number"))["top"] or 1)


def _why_late(attempt: Attempt, outside: Envelope, limit: datetime, at: datetime) -> str:
    """Why nothing in the file can count by itself: not sealed, the result is out, or the file came after the grace; "" when it can."""
    if outside.sealed is None:
        return "plain"
    if attempt.results.filter(run__release__isnull=False).exists():
        return "released"
    figure = PolicyBook()(Key.UPLOAD_GRACE, timezone.localdate(at), attempt.candidate.sitting.unit.path)
    return "grace" if at > limit + timedelta(minutes=int(figure.value)) else ""


@transaction.atomic
def take_in(pk: int, content: bytes, *, by: Person, at: datetime) -> Plan:
    """Take an answer file in for an attempt: new entries become records at their own place, late ones evidence, the file is kept word for word.

    Where the attempt has ended and something new counts, its end is written anew at its old moment, so that it is marked again. The same file
    again changes nothing. Raises `exams.attempts.bundles.BadFile`.
    """
    Sitting.objects.select_for_update().get(candidates__attempts=pk)
    attempt = Attempt.objects.filter(pk=pk).locked().with_state().select_related("hand_in", "candidate__sitting__unit").get()
    outside, bundle = read(content, attempt.candidate.sitting_id)
    if bundle.attempt != pk:
        raise BadFile("content")
    found = plan(attempt, outside, bundle, at=at)
    if found.known is not None:
        return found
    end = attempt.hand_in if ended(attempt) and found.count("new") else None
    file = AnswerFile(attempt=attempt, digest=found.digest, content=content.decode("utf-8-sig"), sealed=found.sealed, end=end, by=by, at=at)
    file.save(force_insert=True)
    AnswerRecord.objects.bulk_create(
        AnswerRecord(
            attempt=attempt, epoch=bundle.epoch, seq=row.place, items=row.items, stray=row.stray, digest=row.digest, received_at=at,
            late=row.what == "late", file=file,
        )
        for row in found.rows if row.what in {"new", "late"}
    )  # fmt: skip
    if end is not None:
        end.attempt = None
        end.save(update_fields=["attempt"])
        _end(attempt, end.how, at=end.at, recorded_at=at, by=by)
    detail: dict[str, object] = {what: found.count(what) for what in ("same", "new", "late", "unread")}
    detail |= {"sealed": found.sealed, "file": found.digest, "why_late": found.why_late, "undone": end.receipt if end else None}
    record(Verb.ANSWER_FILE_TAKEN_IN, attempt, by=by, at=at, detail=detail)
    return found
