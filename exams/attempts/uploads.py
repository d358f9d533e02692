"""Taking a file from a candidate: checked by its content, stored under a random name outside every public folder, noted once."""

from datetime import datetime
from hashlib import sha256
from secrets import token_hex

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from exams.attempts.enclosures import Enclosure
from exams.attempts.models import Attempt
from exams.attempts.paging import open_page
from exams.attempts.reading import ended, ran_out
from exams.bank.kinds.upload.files import MEGABYTE, is_of_type, tidy_name, type_of_name
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person
from lms.web.room import NoRoom

MOST_FILES, MOST_BYTES = 40, 100 * MEGABYTE  # of one attempt


class NotTaken(Exception):
    """The file was refused; ``reason`` is a sentence for the candidate."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(str(reason))
        self.reason = reason


def take_file(pk: int, n: int, *, name: str, content: bytes, by: Person, at: datetime) -> Enclosure:
    """Keep a file for slot ``n`` of the candidate's own attempt. The same file again is the same row.

    What comes after the end, or while the clock stands still, is kept as late. Raises Attempt.DoesNotExist; NotTaken for a slot that takes no file or
    is not open, a type or size the question does not take, an empty file, too many files, a full disk. What is refused leaves nothing.
    """
    attempt = Attempt.objects.with_state().of_person(by).get(pk=pk)
    tidy = _checked(attempt, n, name, content)
    digest = sha256(content).hexdigest()
    known = attempt.enclosures.filter(n=n, sha256=digest, name=tidy, late=False).first()
    if known is not None:
        return known
    token = token_hex(16)
    store = storages["private"]
    try:
        stored = store.save(f"uploads/{attempt.candidate_id % 100:02d}/{token}", ContentFile(content))
    except NoRoom:
        raise NotTaken(_("The server has no room for files at the moment. Keep the file and tell the invigilator.")) from None
    try:
        return _noted(
            pk, Enclosure(n=n, token=token, name=tidy, kind=type_of_name(tidy), size=len(content), sha256=digest, stored=stored), by=by, at=at
        )
    except BaseException:
        store.delete(stored)
        raise


def _checked(attempt: Attempt, n: int, name: str, content: bytes) -> str:
    """The file's name as it is kept. Raises NotTaken."""
    paper = attempt.drawn
    slot = paper.slots.get(n)
    if slot is None or paper.kinds[n] != "upload":
        raise NotTaken(_("This question takes no file."))
    if n not in open_page(attempt.cut, attempt.page):
        raise NotTaken(_("The page of this question is not open."))
    tidy = tidy_name(name)
    kind = type_of_name(tidy)
    if not content:
        raise NotTaken(_("The file is empty."))
    if len(content) > slot.more["bytes"]:
        raise NotTaken(_("The file is too large: at most %(n)d MB.") % {"n": slot.more["bytes"] // MEGABYTE})
    if kind not in slot.more["types"]:
        raise NotTaken(_("This question takes these types only: %(types)s.") % {"types": "、".join(slot.more["types"])})
    if not is_of_type(content, kind):
        raise NotTaken(_("The content of the file is not what its name says (%(kind)s). Save it anew in that format.") % {"kind": kind})
    return tidy


@transaction.atomic
def _noted(pk: int, file: Enclosure, *, by: Person, at: datetime) -> Enclosure:
    """Write the row under the attempt's lock. Raises NotTaken once the attempt holds its share."""
    attempt = Attempt.objects.of_person(by).filter(pk=pk).locked().with_state().get()
    held = attempt.enclosures.aggregate(n=Count("pk"), size=Sum("size"))
    if held["n"] >= MOST_FILES or (held["size"] or 0) + file.size > MOST_BYTES:
        raise NotTaken(_("This attempt has handed in as many files as it may. Tell the invigilator."))
    file.attempt, file.received_at = attempt, at
    file.late = ended(attempt) or ran_out(attempt, at) or attempt.paused_at is not None
    file.save(force_insert=True)
    record(Verb.FILE_TAKEN, attempt, by=by, at=at, detail={"n": file.n, "file": file.token, "sha256": file.sha256, "late": file.late})
    return file
