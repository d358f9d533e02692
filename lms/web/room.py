"""Room on the data disk. The last part of it is for answers: whatever else would be stored is refused before."""

import errno
import shutil

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class NoRoom(OSError):
    """The last of the disk is kept for answers; nothing else is stored."""

    def __init__(self) -> None:
        super().__init__(errno.ENOSPC, "The disk is nearly full; its last part is kept for answers.")


def scarce() -> bool:
    """Whether less than the reserve (`DISK_RESERVE`, percent) of the data disk is free."""
    room = shutil.disk_usage(settings.VAR_DIR)
    return room.free * 100 < room.total * settings.DISK_RESERVE


class ReservedStorage(FileSystemStorage):
    """Stores files while there is room beyond the reserve. Saving raises NoRoom."""

    def _save(self, name: str, content: File) -> str:
        if scarce():
            raise NoRoom
        return super()._save(name, content)  # type: ignore[misc]
