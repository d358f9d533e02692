"""What stood last, kept in a file outside the database: after a restore it says what is missing, and what must not be given out again.

Rooms register what they count (`counts`). Each count only ever grows; a count below its kept one means that the database is older than the file.
"""

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from lms.audit.actions import record
from lms.audit.verbs import Verb

log = logging.getLogger(__name__)
Numbers = dict[str, int]
_rooms: list[tuple[Callable[[], Numbers], Callable[[Numbers], None] | None]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    at: datetime
    numbers: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How far the database lies behind the last checkpoint: since when, and how many of each are missing."""

    last: datetime
    missing: Numbers


def counts(read: Callable[[], Numbers], lift: Callable[[Numbers], None] | None = None) -> None:
    """Register what a room counts; ``lift`` gets the kept numbers after a restore and sees that none of them is given out again."""
    _rooms.append((read, lift))


def now_standing() -> Numbers:
    """Every count as it stands."""
    return {name: number for read, _lift in _rooms for name, number in read().items()}


def kept(path: Path | None = None) -> Checkpoint | None:
    """The checkpoint in the file, or None where there is none."""
    try:
        said = json.loads((path or _file()).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Checkpoint(at=datetime.fromisoformat(said["at"]), numbers={str(name): int(number) for name, number in said["numbers"].items()})


def gap(path: Path | None = None) -> Gap | None:
    """What the database lacks of the last checkpoint, or None when it lacks nothing."""
    last = kept(path)
    if last is None:
        return None
    standing = now_standing()
    missing = {name: number - standing.get(name, 0) for name, number in last.numbers.items() if number > standing.get(name, 0)}
    return Gap(last=last.at, missing=missing) if missing else None


def write(*, at: datetime) -> bool:
    """Keep what stands now; returns False, and keeps what there was, when the database is older than the file."""
    found = gap()
    if found is not None:
        log.critical("The database is older than its checkpoint of %s: %s. See manage.py checkpoint.", found.last.isoformat(), found.missing)
        return False
    part = _file().with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        json.dump({"at": at.isoformat(), "numbers": now_standing()}, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(_file())
    return True


@transaction.atomic
def accept(found: Gap, *, at: datetime, path: Path | None = None) -> None:
    """Go on from a restored database: numbers that were given out after the backup are passed over, and the trail says so."""
    last = kept(path)
    for _read, lift in _rooms:
        if lift is not None and last is not None:
            lift(last.numbers)
    transaction.on_commit(lambda: (path or _file()).unlink(missing_ok=True))
    record(Verb.RESTORED, "installation", by=None, at=at, detail={"checkpoint": found.last.isoformat(), "missing": found.missing})


def forget() -> None:
    """Drop the checkpoint, where rows went on purpose (the demo county was cleared); the next sweep keeps a new one."""
    _file().unlink(missing_ok=True)


def _file() -> Path:
    return Path(settings.VAR_DIR) / "checkpoint.json"
