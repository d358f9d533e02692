"""Telling people."""

from datetime import date, datetime

from django.db import transaction

from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.notices.models import Announcement, Notice
from lms.people.models import Person, Unit


def tell(person: Person, *, title: str, at: datetime, body: str = "", link: str = "", key: str = "") -> Notice | None:
    """Put a message into a person's inbox. With a ``key`` it is sent once: the second time nothing happens and None comes back.

    Leaves no audit line of its own: it is part of the act it tells of.
    """
    row = Notice(person=person, key=key, title=title[:120], body=body, link=link, sent_at=at)
    if key and Notice.objects.filter(person=person, key=key).exists():
        return None
    row.save()
    return row


def mark_read(person: Person, *, at: datetime, pk: int | None = None) -> int:
    """Mark one notice, or all, of a person as read; returns how many were unread."""
    rows = Notice.objects.filter(person=person, read_at=None)
    return (rows if pk is None else rows.filter(pk=pk)).update(read_at=at)


@transaction.atomic
def publish(number: str, title: str, body: str, *, issued_by: Unit, issued_on: date, by: Person | None, at: datetime) -> Announcement:
    """Publish an official announcement; everyone who signs in sees it. Raises ValidationError for a document number in use."""
    row = Announcement(number=number, title=title, body=body, issued_by=issued_by, issued_on=issued_on)
    row.full_clean()
    row.save()
    record(Verb.NOTICE_PUBLISHED, row, by=by, at=at, detail={"number": number, "unit": issued_by.code})
    return row
