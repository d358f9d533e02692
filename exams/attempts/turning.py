"""Going on to the next page of a paper that is shown page by page, and moving the deadlines of what runs when the terms change."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from exams.attempts.actions import Ack, _append, _check_place, _locked
from exams.attempts.course import DeadlineSet, Page
from exams.attempts.models import Attempt
from exams.attempts.reading import ended, first_deadline_of, gone
from exams.attempts.timing import first_deadline
from exams.sittings.accommodations import terms_for
from exams.sittings.models import Sitting
from lms.people.models import Person


@transaction.atomic
def go_on(pk: int, *, page: int, epoch: int, seq: int, items: object, by: Person, at: datetime) -> Ack:
    """Save what came along and open the page after ``page``, once, whoever asks twice. No audit line: the row itself is the record.

    Nothing is opened after the end, during a pause, from a browser that was taken over, or from a page that isn't the open one.
    Raises Attempt.DoesNotExist, `exams.attempts.answers.BadAnswers`.
    """
    _check_place(epoch, seq)
    attempt = _locked(pk, by, epoch, seq)
    ack = _append(attempt, epoch=epoch, seq=seq, items=items, at=at, renumber=True)
    if attempt.page == page < len(attempt.cut) and not (ack.closed or ack.held or ack.moved):
        Page(attempt=attempt, number=page + 1, at=at).save(force_insert=True)
    return ack


def move_deadlines(sitting: Sitting, people: Iterable[int] | None, *, by: Person, at: datetime) -> int:
    """Give running attempts the deadlines that follow from the terms as they are now; returns how many moved.

    ``people`` None: everybody's. Belongs into the transaction that changed the terms. A deadline never moves before ``at``; what has ended, or can't
    be handed in any more, stays as it is. Six statements, however many attempts run.
    """
    running = Attempt.objects.filter(candidate__sitting=sitting, hand_in__isnull=True)
    if people is not None:
        running = running.filter(candidate__person__in=list(people))
    attempts = list(running.locked().with_state().select_related("hand_in", "candidate").defer("paper"))
    terms = terms_for(sitting, {attempt.candidate.person_id for attempt in attempts}, timezone.localdate(at))
    moved = []
    for attempt in attempts:
        held = terms[attempt.candidate.person_id]
        deadline = max(first_deadline(attempt.started_at, held.limit, held.closes), at)
        if not (ended(attempt) or gone(attempt, at)) and deadline != first_deadline_of(attempt):
            moved.append(DeadlineSet(attempt=attempt, deadline=deadline, by=by, at=at))
    DeadlineSet.objects.bulk_create(moved)
    return len(moved)
