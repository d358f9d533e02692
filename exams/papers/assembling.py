"""From drawn or chosen questions to forms: who gets which question, and which other question may stand in its place. Nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

from exams.papers.drawing import NotEnoughQuestions, PoolItem, Row, Shortage, allotted
from exams.papers.forms_balance import Past, common, item, needed, split

Drawn = list[list[PoolItem]]  # the questions of one form, row by row


def drawn_forms(
    rows: Sequence[Row], pool: Iterable[PoolItem], seed: str, *, forms: int = 1, percent: int = 0, past: Mapping[int, Past] | None = None
) -> list[Drawn]:
    """Draw ``forms`` parallel forms with ``percent`` per cent of each row common to all, as hard as each other by what is known of the questions.

    ``past`` is by question. The same arguments give the same forms. Raises NotEnoughQuestions, with the rows' own numbers.
    """
    known = past or {}
    shares = [needed(row.count, forms, percent) for row in rows]
    larger = [replace(row, count=shared + own) for row, (shared, own) in zip(rows, shares, strict=True)]
    lots = sorted(pool, key=lambda one: _lot(seed, one.question))
    given, short = allotted(larger, lots)
    if short:
        raise NotEnoughQuestions(short)
    by_question = {one.question: one for items in given for one in items}
    weighed = [
        item(one.question, n, one.topic, difficulty=one.difficulty, points=row.points, past=known.get(one.question))
        for n, (row, items) in enumerate(zip(rows, given, strict=True))
        for one in items[common(row.count, percent) :]
    ]
    made = []
    for hand in split(weighed, forms, seed):
        own = {one.question for one in hand}
        form = [
            [one for place, one in enumerate(items) if place < common(row.count, percent) or one.question in own]
            for row, items in zip(rows, given, strict=True)
        ]
        made.append([[by_question[one.question] for one in items] for items in form])
    return made


def lacking_forms(rows: Sequence[Row], pool: Iterable[PoolItem], forms: int, percent: int) -> list[Shortage]:
    """What the stock lacks for so many forms; empty means `drawn_forms` succeeds."""
    try:
        drawn_forms(rows, pool, "", forms=forms, percent=percent)
    except NotEnoughQuestions as error:
        return error.shortages
    return []


def nearest(row: Row, question: int, pool: Iterable[PoolItem], lot: str) -> PoolItem | None:
    """A question other than ``question`` that the row asks for: of its topic and difficulty if there is one, else of its difficulty, else any."""
    items = list(pool)
    old = next((one for one in items if one.question == question), None)

    def distance(one: PoolItem) -> tuple[bool, bool, bytes]:
        away = old is not None and one.difficulty != old.difficulty
        return away, old is not None and one.topic != old.topic, _lot(lot, one.question)

    return min((one for one in items if one.question != question and row.fits(one)), key=distance, default=None)


def _lot(seed: str, question: int) -> bytes:
    return blake2b(f"{seed}\x1fquestion\x1f{question}".encode(), digest_size=16).digest()
