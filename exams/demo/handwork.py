"""Papers that wait for people: a sitting at the training centre with stations and a typing test, one with essays and files, half marked."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from random import Random

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from reportlab.pdfgen.canvas import Canvas

from exams.attempts.answers import Answer, clean, items_digest
from exams.attempts.enclosures import Enclosure
from exams.attempts.models import AnswerRecord, Attempt, AttemptDevice, HandIn
from exams.attempts.watched import FocusLoss, Incident, Pause, TimeGrant
from exams.bank.kinds import rule_of
from exams.bank.models import QuestionVersion
from exams.bank.states import Pool
from exams.demo.answers import CHECKS, COMMENTS, DUTY, LEDGER
from exams.demo.days import moment
from exams.demo.exam_day import begun, ended
from exams.demo.people import Staff
from exams.demo.seats import ACCOUNTS
from exams.demo.sittings import Plan
from exams.marking.handwork import HandMark, Piece
from exams.marking.judging import worth
from exams.marking.laying_out import LEAST, digest_of
from exams.papers.drawing import Paper, PoolItem, Slot
from exams.papers.stock import stock_for
from lms.exchange import typefaces
from lms.people.models import Person

PIECES_OF_TYPING = 6  # saves in which a typed text arrived
PACE = timedelta(seconds=42)  # between two of them


@dataclass(slots=True, kw_only=True)
class Written:
    """One paper that was handed in, with what belongs to it."""

    attempt: Attempt
    paper: Paper
    chance: Random
    records: list[AnswerRecord] = field(default_factory=list)
    files: list[Enclosure] = field(default_factory=list)
    hand_in: HandIn
    answers: Mapping[int, Answer]


def lay_handwork(skill: Plan, duty: Plan, staff: Staff, today: date) -> None:
    """Insert attempts, what waits for markers, what some of them gave, and what invigilators noted."""
    pool = stock_for([], Pool.SEALED)
    versions = {version.pk: version for version in QuestionVersion.objects.filter(pk__in=[item.version for item in pool])}
    morning = moment(today - timedelta(days=1), 9)
    papers = [_written(skill, person, pool, versions, morning) for person in skill.written]
    essays = [_written(duty, person, pool, versions, duty.opens) for person in duty.written]
    rows = papers + essays
    Attempt.objects.bulk_create([row.attempt for row in rows])
    AttemptDevice.objects.bulk_create([AttemptDevice(attempt=r.attempt, device=r.attempt.start_key, epoch=1, at=r.attempt.started_at) for r in rows])
    AnswerRecord.objects.bulk_create([record for row in rows for record in row.records])
    Enclosure.objects.bulk_create([file for row in rows for file in row.files])
    HandIn.objects.bulk_create([row.hand_in for row in rows])
    for plan, written in ((skill, papers), (duty, essays)):
        _lay_pieces(plan, written, versions)
    _note(papers, skill, staff.numbered(ACCOUNTS["invigilator"]))
    examiner, marker = staff.numbered(ACCOUNTS["invigilator"]), staff.numbered(ACCOUNTS["trainer"])
    marks = [mark for row in papers[: len(papers) // 2] for mark in _judged(row, versions, {"station"}, examiner, row.hand_in.at)]
    marks += [mark for row in essays[: len(essays) // 3] for mark in _judged(row, versions, {"essay", "short"}, marker, moment(today, 8))]
    HandMark.objects.bulk_create(marks)


def _written(plan: Plan, person: Person, pool: list[PoolItem], versions: Mapping[int, QuestionVersion], at: datetime) -> Written:
    """Answer a paper: most of what is scored by itself rightly, the rest in words."""
    attempt, paper, chance = begun(plan, person.pk, pool, at)
    items, files, typing = list[dict[str, object]](), list[Enclosure](), None
    for n, slot in paper.slots.items():
        version = versions[slot.version]
        if version.kind == "typing":
            typing = slot, version
        elif version.kind == "upload":
            files.append(_file(attempt, slot, len(items)))
            items.append({"n": n, "v": [f"file={files[-1].value}"], "f": 0})
        elif rule_of(version.kind).written:
            items.append({"n": n, "v": _said(version, chance), "f": int(chance.random() < 0.05)})
    saves = [items[: len(items) // 2], items[len(items) // 2 :]]
    times = [attempt.started_at + timedelta(minutes=minute, seconds=chance.randint(0, 59)) for minute in (9, 24)]
    if typing is not None:
        said = _typed(*typing, chance)
        saves += [[{"n": typing[0].n, "v": values, "f": 0}] for values in said]
        times += [times[-1] + timedelta(minutes=3) + PACE * place for place in range(len(said))]
    records = []
    for seq, (save, received) in enumerate(zip(saves, times, strict=True), 1):
        part = clean(paper, save)
        records.append(AnswerRecord(attempt=attempt, epoch=1, seq=seq, items=part, digest=items_digest(part), received_at=received))
    end = times[-1] + timedelta(minutes=chance.randint(4, 30))
    hand_in, answers = ended(attempt, records, HandIn.How.CANDIDATE, end, chance)
    return Written(attempt=attempt, paper=paper, chance=chance, records=records, files=files, hand_in=hand_in, answers=answers)


def _said(version: QuestionVersion, chance: Random) -> list[str]:
    if version.kind in {"short", "essay"}:
        sentences = CHECKS if version.kind == "short" else DUTY
        kept = sorted(chance.sample(range(len(sentences)), chance.randint(3, len(sentences) - 2)))
        return ["".join(sentences[place] for place in kept)]
    right = list(rule_of(version.kind).right(version.wording))
    return right if chance.random() < 0.75 or version.kind in {"numeric", "multiple"} else right[: len(right) // 2]


def _typed(slot: Slot, version: QuestionVersion, chance: Random) -> list[list[str]]:
    """A text as it grew, save by save; one in six was pasted, which leaves a doubt for a marker."""
    asked = version.extra["text"]
    slips = set(chance.sample(range(len(asked)), chance.randint(0, 4)))
    text = "".join("的" if n in slips else character for n, character in enumerate(asked))
    if chance.random() < 1 / 6:
        return [[f"t={text}", "ms=15000", "k=4"]]
    pace = int(PACE.total_seconds() * 1000)
    steps = [len(text) * step // PIECES_OF_TYPING for step in range(1, PIECES_OF_TYPING + 1)]
    return [[f"t={text[:length]}", f"ms={pace * place}", f"k={3 * length}"] for place, length in enumerate(steps, 1)]


def _file(attempt: Attempt, slot: Slot, place: int) -> Enclosure:
    """A table as a PDF, always the same bytes, so that two loads are one county."""
    typefaces.typeface(typefaces.REGULAR)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(420, 220), invariant=1)
    canvas.setFont(typefaces.REGULAR, 10)
    for line, row in enumerate(LEDGER):
        for column, cell in enumerate(row.split(",")):
            canvas.drawString(20 + 65 * column, 180 - 26 * line, cell)
    canvas.save()
    content, token = out.getvalue(), sha256(f"{attempt.seed}:{slot.n}".encode()).hexdigest()[:32]
    stored = storages["private"].save(f"uploads/{attempt.candidate_id % 100:02d}/{token}", ContentFile(content))
    return Enclosure(
        attempt=attempt, n=slot.n, token=token, name="设备台账.pdf", kind="pdf", size=len(content), sha256=sha256(content).hexdigest(), stored=stored,
        received_at=attempt.started_at + timedelta(minutes=20),
    )  # fmt: skip


def _lay_pieces(plan: Plan, rows: list[Written], versions: Mapping[int, QuestionVersion]) -> None:
    """What waits for a person, as marking lays it out, with numbers by lot."""
    pieces = []
    for place, row in enumerate(rows):
        for n, slot in row.paper.slots.items():
            rule, values = rule_of(versions[slot.version].kind), row.answers[n].values if n in row.answers else ()
            if not rule.by_hand or (rule.written and not values):
                continue
            number = LEAST + 500 * ((7 * place + 3) % len(rows)) + row.chance.randrange(500)
            pieces.append(
                Piece(
                    attempt=row.attempt, end=row.hand_in, sitting=plan.sitting, version=versions[slot.version], n=n, number=number,
                    digest=digest_of(values), made_at=row.hand_in.at + timedelta(minutes=1),
                )
            )  # fmt: skip
    Piece.objects.bulk_create(pieces)


def _judged(row: Written, versions: Mapping[int, QuestionVersion], kinds: set[str], by: Person, at: datetime) -> list[HandMark]:
    """What a person gave for the answers of some kinds in a paper."""
    marks = []
    for n, slot in row.paper.slots.items():
        version = versions[slot.version]
        if version.kind not in kinds:
            continue
        rule, values = rule_of(version.kind), row.answers[n].values if n in row.answers else ()
        criteria = rule.sheet(version.answer, version.extra)
        given = {one.id: one.most if one.critical else Decimal(row.chance.randint(int(one.most) // 2, int(one.most))) for one in criteria}
        points = worth(version, given, slot.points) if criteria else Decimal(row.chance.randint(8, int(slot.points)))
        marks.append(
            HandMark(
                attempt=row.attempt, n=n, digest=digest_of(values), points=points, sheet={name: str(value) for name, value in given.items()},
                comment=row.chance.choice(COMMENTS) if version.kind == "essay" else "", by=by, at=at,
                seconds=row.chance.randint(420, 880) if version.kind == "station" else None,
            )
        )  # fmt: skip
    return marks


def _note(rows: list[Written], plan: Plan, by: Person) -> None:
    """A morning in the computer room: a keyboard, a word across the aisle, a room without air conditioning."""
    broken, talking, away = rows[0], rows[1], rows[2]
    began = broken.attempt.started_at + timedelta(minutes=11)
    pause = Pause.objects.create(
        attempt=broken.attempt, reason="键盘失灵", key="demo", by=by, at=began, resumed_at=began + timedelta(minutes=6), resumed_by=by
    )
    TimeGrant.objects.create(attempt=broken.attempt, seconds=360, reason="键盘失灵", key="demo", by=by, at=began + timedelta(minutes=6), pause=pause)
    FocusLoss.objects.create(attempt=away.attempt, epoch=1, times=4, longest_ms=21_000, at=away.attempt.started_at + timedelta(minutes=15))
    Incident.objects.bulk_create([
        Incident(attempt=broken.attempt, kind=Incident.Kind.TECHNICAL, text="键盘失灵，更换后继续，暂停 6 分钟。", by=by,
        at=began + timedelta(minutes=7)),
        Incident(attempt=talking.attempt, kind=Incident.Kind.CHEATING, text="与邻座交谈，口头警告一次。", by=by,
        at=talking.attempt.started_at + timedelta(minutes=31)),
        Incident(sitting=plan.sitting, room="一机房", kind=Incident.Kind.TECHNICAL, text="空调停机十分钟，已恢复，未影响答题。", by=by,
        at=rows[3].attempt.started_at + timedelta(minutes=40)),
    ])  # fmt: skip
