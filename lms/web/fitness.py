"""May this node be trusted with another answer? Its disk, its database, its program.

A node that was refused by its disk calls itself unfit and stays so until someone starts it again: after a failed sync nobody knows what the disk
holds, and the next success proves nothing. The mark is a file, so that all processes of the node see it, and a variable, in case not even
the file can be written.
"""

import errno
import logging
import sys
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from lms.web.builds import another_build

log = logging.getLogger(__name__)
BROKEN = ("disk i/o error", "malformed", "not a database")  # what SQLite says when the disk or the file cannot be relied on
_mark: list[str] = []


def away(fault: BaseException | None) -> bool:
    """Whether a fault means that the database or the disk cannot serve now, and that the same request may succeed later."""
    return isinstance(fault, OperationalError | InterfaceError) or (isinstance(fault, OSError) and fault.errno in {errno.ENOSPC, errno.EIO})


def notice(fault: BaseException | None) -> None:
    """Call the node unfit if this fault says that its disk cannot be relied on; the alarm is a line of the log at its highest level."""
    broken = isinstance(fault, DatabaseError) and any(words in str(fault).lower() for words in BROKEN)
    if not broken and not (isinstance(fault, OSError) and fault.errno == errno.EIO):
        return
    if not _mark:
        log.critical("This node is unfit and must not serve: %s", fault)
    _mark[:] = [str(fault)]
    try:
        _file().write_text(f"{fault}\n", encoding="utf-8")
    except OSError:
        log.critical("The mark of unfitness could not be written to %s.", _file())


def unfit() -> str:
    """Why this node called itself unfit, or ''."""
    if _mark:
        return _mark[0]
    try:
        return _file().read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def trust_again() -> str:
    """Take the mark away, when the node is started by hand; returns what it said."""
    said = unfit()
    _mark.clear()
    _file().unlink(missing_ok=True)
    return said


def refusals() -> list[str]:
    """Why this node must get no requests, one word each: ``unfit``, ``database``, ``build``. Empty: it is ready."""
    found = ["unfit"] if unfit() else []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return found + (["build"] if another_build() else [])
    except DatabaseError:
        notice(sys.exc_info()[1])
        return [*found, "database"]


def _file() -> Path:
    return Path(settings.VAR_DIR) / "unfit"
