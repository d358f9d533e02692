"""What it takes to undo a removal, short enough for an address. No Django."""

import re
from dataclasses import dataclass
from decimal import Decimal

WRITTEN = re.compile(r"([A-F]{1,6})\.(\d{1,10})\.(\d{1,10})\.(\d{1,4})\.(\d{1,4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """Where a question stood before it was taken out: forms by letter, row, version, order within the row, points."""

    letters: str
    row: int
    version: int
    order: int
    points: Decimal

    def written(self) -> str:
        """As an address carries it; points in tenths."""
        return f"{self.letters}.{self.row}.{self.version}.{self.order}.{int(self.points * 10)}"


def read(text: str) -> Removed | None:
    """What `Removed.written` wrote; None for anything else."""
    found = WRITTEN.fullmatch(text)
    if found is None:
        return None
    row, version, order, tenths = map(int, found.groups()[1:])
    return Removed(letters=found[1], row=row, version=version, order=order, points=Decimal(tenths) / 10) if tenths else None
