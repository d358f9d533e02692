"""What happened in the exam room: papers drawn from the bank, answers appended, papers handed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from random import Random

from exams.attempts.actions import LETTERS
from exams.attempts.answers import Answer, Saved, answered, answers_digest, clean, fold, items_digest
from exams.attempts.models import AnswerRecord, Attempt, AttemptDevice, HandIn
from exams.attempts.timing import first_deadline
from exams.bank.models import QuestionVersion
from exams.bank.states import Pool
from exams.demo.days import dice
from exams.demo.sittings import Plan
from exams.papers.drawing import Paper, PoolItem, Slot, draw
from exams.papers.stock import rows_of, stock_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Sat:
    """One attempt with what is needed to mark it."""

    plan: Plan
    attempt: Attempt
    hand_in: HandIn
    paper: Paper
    answers: Mapping[int, Answer]


def lay_attempts(rows: dict[str, Plan]) -> list[Sat]:
    """Insert attempts, answers and hand-ins of everyone who sat, in bulk; returns them in the order of the sittings."""
    pool = stock_for([], Pool.SEALED)
    keys = {version.pk: version for version in QuestionVersion.objects.filter(pk__in=[item.version for item in pool])}
    saved: list[AnswerRecord] = []
    everything: list[Sat] = []
    for plan in rows.values():
        for pk in sorted(plan.scores, key=lambda pk: plan.candidates[pk].number):
            sat, records = _sit(plan, pk, pool, keys)
            everything.append(sat)
            saved += records
    Attempt.objects.bulk_create([sat.attempt for sat in everything], batch_size=100)
    AttemptDevice.objects.bulk_create(
        [AttemptDevice(attempt=s.attempt, device=s.attempt.start_key, epoch=1, at=s.attempt.started_at) for s in everything]
    )
    AnswerRecord.objects.bulk_create(saved, batch_size=200)
    HandIn.objects.bulk_create([sat.hand_in for sat in everything], batch_size=200)
    return everything


def begun(plan: Plan, person: int, pool: list[PoolItem], at: datetime | None = None) -> tuple[Attempt, Paper, Random]:
    """An unsaved attempt of a candidate begun ``at``, or some minutes after the opening; with its paper and the dice for what they do."""
    candidate, sitting = plan.candidates[person], plan.sitting
    assert sitting is not None
    assert sitting.blueprint is not None
    name = f"{plan.title}:{candidate.number}"
    chance, seed = dice(name), sha256(name.encode()).hexdigest()[:32]
    paper = draw(rows_of(sitting.blueprint), pool, seed)
    started = (at or plan.opens) + timedelta(minutes=chance.randint(0, 12), seconds=chance.randint(0, 59))
    attempt = Attempt(
        candidate=candidate, number=1, start_key=seed[:16], seed=seed, paper=paper.as_json(), paper_digest=paper.digest(),
        started_at=started, deadline=first_deadline(started, plan.duration, plan.closes),
    )  # fmt: skip
    return attempt, paper, chance


def ended(attempt: Attempt, records: list[AnswerRecord], how: str, at: datetime, chance: Random) -> tuple[HandIn, dict[int, Answer]]:
    """The unsaved end of an attempt, and the answers that stand in it."""
    answers = fold(Saved(epoch=1, seq=record.seq, items=tuple(record.items)) for record in records)
    drawn = "".join(chance.choice(LETTERS) for _ in range(16))
    receipt = "-".join(drawn[i : i + 4] for i in range(0, 16, 4))
    hand_in = HandIn(
        attempt=attempt, how=how, at=at, recorded_at=at, receipt=receipt, answered=answered(answers), answers_digest=answers_digest(answers)
    )
    return hand_in, answers


def _sit(plan: Plan, person: int, pool: list[PoolItem], keys: Mapping[int, QuestionVersion]) -> tuple[Sat, list[AnswerRecord]]:
    attempt, paper, chance = begun(plan, person, pool)
    started, deadline = attempt.started_at, attempt.deadline
    given = _answers(paper, keys, Decimal(plan.scores[person]), chance)
    overdue = chance.random() < 0.03
    ended_at = deadline if overdue else started + timedelta(seconds=chance.randint(plan.duration * 25, plan.duration * 55))
    items = clean(paper, [{"n": n, "v": values, "f": int(chance.random() < 0.05)} for n, values in given.items()])
    records, third = [], len(items) // 3 + 1
    for seq, start in enumerate(range(0, len(items), third), start=1):
        part = items[start : start + third]
        at = started + (ended_at - started) * seq / 3 - timedelta(seconds=20)
        records.append(AnswerRecord(attempt=attempt, epoch=1, seq=seq, items=part, digest=items_digest(part), received_at=at))
    how = HandIn.How.DEADLINE if overdue else HandIn.How.CANDIDATE
    hand_in, answers = ended(attempt, records, how, ended_at, chance)
    return Sat(plan=plan, attempt=attempt, hand_in=hand_in, paper=paper, answers=answers), records


def _answers(paper: Paper, keys: Mapping[int, QuestionVersion], target: Decimal, chance: Random) -> dict[int, list[str]]:
    """Return answers worth ``target`` points: right ones in a random order while they fit, wrong ones and a few gaps for the rest."""
    got, given = Decimal(0), {}
    slots = list(paper.slots.values())
    chance.shuffle(slots)
    for slot in slots:
        version = keys[slot.version]
        if got + slot.points <= target:
            got += slot.points
            given[slot.n] = [blank[0] for blank in version.answer] if version.kind == "fill_in" else [str(option) for option in version.answer]
        elif chance.random() < 0.9:
            given[slot.n] = _wrong(slot, version, chance)
    return given


def _wrong(slot: Slot, version: QuestionVersion, chance: Random) -> list[str]:
    if version.kind == "fill_in":
        return ["不清楚"] * slot.blanks
    right = {str(option) for option in version.answer}
    if version.kind == "multiple":  # one forgotten, the commonest mistake
        return sorted(right)[:-1] or [slot.options[0]]
    return [chance.choice([option for option in slot.options if option not in right])]
