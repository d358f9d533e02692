"""What a candidate's results say, put together from rows."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from exams.attempts.models import Attempt
from exams.attempts.reading import answers_of
from exams.attempts.rendering import heading_of, plain
from exams.bank.kinds.screens import screen_of
from exams.bank.models import QuestionVersion
from exams.bank.rendering import question_view
from exams.marking.grading import percent
from exams.marking.handwork import HandMark
from exams.marking.models import Result
from exams.marking.reviewing import Seen, seen
from exams.papers.numerals import numeral
from exams.sittings.models import Sitting
from lms.people.models import Person


def released_results(person: Person) -> Iterable[Result]:
    """The person's results that stand, newest first, with sitting, certificate type and hand-in (one query)."""
    rows = Result.objects.released().of_person(person)
    return rows.select_related("attempt__candidate__sitting__certificate_type", "attempt__hand_in", "run").order_by("-attempt__hand_in__at")


def practised_results(person: Person) -> Iterable[Result]:
    """The person's results of practices, which nobody else sees: no release stands between marking and them (one query)."""
    rows = Result.objects.practised().of_person(person)
    return rows.select_related("attempt__candidate__sitting", "attempt__hand_in", "run").order_by("-attempt__hand_in__at")


def result_of(person: Person, attempt: int) -> tuple[Result | None, bool]:
    """A person's own result of an attempt, and whether it is released; before that what is marked and stands.

    `seen_of` says what of it may be shown.
    """
    own = Result.objects.of_person(person).filter(attempt__in=Attempt.objects.filter(pk=attempt))
    own = own.select_related("attempt__candidate__sitting", "attempt__hand_in", "run__release")
    out = own.released().first()
    marked = own.filter(run__sitting__cancelled_at=None).exclude(pk__in=Result.objects.superseded())
    return (out, True) if out else (marked.order_by("-run__number").first(), False)


def parts_of(result: Result) -> list[dict[str, Any]]:
    """Points by part of the paper."""
    paper = result.attempt.drawn
    rows = []
    for number, section in enumerate(paper.sections, 1):
        got = sum((Decimal(result.slots[str(slot.n)]) for slot in section.slots), Decimal(0))
        row = {
            "numeral": numeral(number),
            "label": heading_of(section)["label"],
            "got": plain(got),
            "full": plain(section.points),
            "percent": percent(got, section.points),
        }
        rows.append(row | {"right": sum(1 for s in section.slots if Decimal(result.slots[str(s.n)]) == s.points), "count": len(section.slots)})
    return rows


def still_sat(sitting: Sitting, now: datetime) -> bool:
    """Whether anybody may still begin or go on writing, by the sitting's terms or their own: until then results can be out, but no key may be."""
    if now < sitting.closes_at or sitting.accommodations.filter(ended_at=None, closes_at__gt=now).exists():
        return True
    return Attempt.objects.filter(candidate__sitting=sitting, hand_in__isnull=True).exists()


def seen_of(result: Result, *, released: bool, now: datetime) -> Seen:
    """What the candidate may see of a result at a moment."""
    sitting = result.attempt.candidate.sitting
    return seen(sitting.review, released=released, over=not still_sat(sitting, now), practice=sitting.practice)


def review_of(result: Result, shows: Seen | None = None) -> list[dict[str, Any]] | None:
    """Each question with the answer given, the key and the explanation; None where the candidate may not see them (yet).

    Reads keys. Without ``shows`` the result is taken for a released one at this moment.
    """
    shows = shows or seen_of(result, released=True, now=timezone.now())
    if not shows.answers:
        return None
    paper, answers = result.attempt.drawn, answers_of([result.attempt])[result.attempt.pk]
    versions = QuestionVersion.objects.in_bulk([slot.version for slot in paper.slots.values()])
    marks = HandMark.objects.filter(attempt=result.attempt, pk__lte=result.last_mark).counting() if result.last_mark else HandMark.objects.none()
    comments = {mark.n: mark.comment for mark in marks}
    rows = []
    for n, slot in paper.slots.items():
        version = versions[slot.version]
        values = answers[n].values if n in answers else ()
        got = Decimal(result.slots[str(n)])
        screen, wording = screen_of(version.kind), version.wording
        row = question_view(screen, wording.face, slot.shape, values, n=n) | {
            "got": plain(got), "full": plain(slot.points), "right": got == slot.points, "given": screen.given(wording.face, slot.shape, values),
            "key": screen.keyed(wording, slot.shape), "by_hand": n in comments or screen.rule.by_hand, "comment": comments.get(n, ""),
        }  # fmt: skip
        rows.append(row | {"explanation": version.explanation, "cites": version.cites})
    return rows
