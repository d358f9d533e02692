"""Who sits where? Plain values in, plain values out; the rule: `docs/algorithms/seating.md`."""

import random
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

PIECE = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")
DASHES = str.maketrans("–—~～至", "-----")


class BadSeats(ValueError):
    """A list of seat numbers that cannot be read; the message is the piece that is wrong."""


class Shortage(Exception):
    """More people than seats."""

    def __init__(self, people: int, seats: int) -> None:
        super().__init__(people, seats)
        self.people, self.seats = people, seats


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitter:
    """Someone to be seated. ``unit`` is what neighbours should not share; empty for none."""

    id: int
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """A room: the seats that can be given, how many stand in a row (0: one line), and the units of people who sit there already."""

    id: int
    seats: tuple[int, ...]
    columns: int = 0
    taken: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One seat given."""

    sitter: int
    hall: int
    seat: int


def numbers_in(text: str) -> frozenset[int]:
    """Return the seats that a text like ``3, 7, 12-14`` names. Raises BadSeats."""
    plain = unicodedata.normalize("NFKC", text).translate(DASHES)
    found: set[int] = set()
    for piece in filter(None, re.split(r"[\s,、;]+", plain)):
        match = PIECE.fullmatch(piece)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last:
            raise BadSeats(piece)
        found |= set(range(first, last + 1))
    return frozenset(found)


def row_and_column(seat: int, columns: int) -> tuple[int, int] | None:
    """Return where a seat stands, both counted from 1, or None in a room without rows."""
    return ((seat - 1) // columns + 1, (seat - 1) % columns + 1) if columns else None


def left_of(seat: int, columns: int) -> int | None:
    """Return the neighbour on the left, None at the start of a row."""
    return None if seat == 1 or (columns and (seat - 1) % columns == 0) else seat - 1


def beside(seat: int, columns: int) -> tuple[int, ...]:
    """Return the seats in front (straight and slantwise) and the one on the right, as far as they exist."""
    near = [seat + 1] if not columns or seat % columns else []
    if columns:
        column = (seat - 1) % columns
        near += [seat - columns + step for step in (0, -1, 1) if 0 <= column + step < columns]
    return tuple(n for n in near if n > 0)


def seat_all(sitters: Iterable[Sitter], halls: Sequence[Hall], seed: int) -> list[Taken]:
    """Seat everyone, hall by hall and seat by seat, with people of one unit apart. Raises Shortage, and then seats nobody."""
    people = list(sitters)
    free = [(hall, seat) for hall in halls for seat in hall.seats if seat not in hall.taken]
    if len(people) > len(free):
        raise Shortage(len(people), len(free))
    waiting = _by_unit(people, random.Random(seed))
    units: dict[int, dict[int, str]] = {hall.id: dict(hall.taken) for hall in halls}
    given = []
    for left, (hall, seat) in zip(range(len(people), 0, -1), free, strict=False):
        unit = _next_unit(waiting, left, units[hall.id], seat, hall.columns)
        sitter = waiting[unit].pop()
        if not waiting[unit]:
            del waiting[unit]
        units[hall.id][seat] = unit
        given.append(Taken(sitter=sitter, hall=hall.id, seat=seat))
    return given


def _by_unit(people: Iterable[Sitter], chance: random.Random) -> dict[str, list[int]]:
    """Return each unit's people in drawn order, the units in drawn order too. Who has no unit stands alone."""
    groups: dict[str, list[int]] = defaultdict(list)
    for sitter in people:
        groups[sitter.unit or f"#{sitter.id}"].append(sitter.id)
    drawn = sorted(groups)
    chance.shuffle(drawn)
    for unit in drawn:
        groups[unit].sort()
        chance.shuffle(groups[unit])
    return {unit: groups[unit] for unit in drawn}


def _next_unit(waiting: Mapping[str, Sequence[int]], left: int, here: Mapping[int, str], seat: int, columns: int) -> str:
    """Choose the unit whose person takes this seat: rules 2 to 4."""
    before = left_of(seat, columns)
    neighbour = here.get(before, "") if before else ""
    most = max(waiting, key=lambda unit: len(waiting[unit]))
    if 2 * len(waiting[most]) > left and most != neighbour:
        return most
    near = Counter(here[n] for n in beside(seat, columns) if n in here)
    allowed = [unit for unit in waiting if unit != neighbour] or list(waiting)
    return min(allowed, key=lambda unit: (near[unit], -len(waiting[unit])))
