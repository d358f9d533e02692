"""Whom does a pasted list mean? Plain values in, plain values out; the rule: `docs/algorithms/rosters.md`."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

BETWEEN = re.compile(r"[\s,，、;；|｜]+")
HEADINGS = frozenset({"工号", "姓名", "单位", "部门", "岗位", "序号", "编号", "备注", "职务", "name", "no", "no.", "unit"})
LONGEST_SERIAL = 3  # digits of a running number in front of a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Someone who may be meant."""

    id: int
    number: str
    name: str
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """A name that more than one person bears; the reader chooses."""

    word: str
    people: tuple[Known, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """A line whose number belongs to ``person`` while its name is someone else's."""

    line: str
    person: Known


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a list says. ``found`` are new, each once, in list order; ``already`` are on the sitting's list; ``repeated`` were named twice."""

    found: tuple[Known, ...]
    already: tuple[Known, ...]
    repeated: tuple[Known, ...]
    unknown: tuple[str, ...]
    several: tuple[Several, ...]
    mismatched: tuple[Mismatch, ...]


def words(text: str) -> list[list[str]]:
    """Split a pasted text into words, line by line, folding full-width letters and digits."""
    lines = unicodedata.normalize("NFKC", text).splitlines()
    return [split for split in ([word for word in BETWEEN.split(line) if word] for line in lines) if split]


def sought(text: str) -> set[str]:
    """Return every word that could be a number or a name, to look people up with: single words, and lines written with gaps in a name."""
    lines = words(text)
    return {word for line in lines for word in line} | {"".join(line) for line in lines if len(line) <= 4}


def match(text: str, people: Iterable[Known], already: Iterable[int] = ()) -> Match:
    """Read a pasted list against the people who may be meant."""
    by_number: dict[str, Known] = {}
    by_name: dict[str, list[Known]] = {}
    units = set()
    for person in people:
        by_number[person.number.lower()] = person
        by_name.setdefault(person.name, []).append(person)
        units.add(person.unit)
    named: list[Known] = []
    unknown: list[str] = []
    several: list[Several] = []
    mismatched: list[Mismatch] = []
    for line in words(text):
        numbered = [by_number[word.lower()] for word in line if word.lower() in by_number]
        if numbered:
            if len(numbered) == 1 and any(w in by_name for w in line) and numbered[0].name not in line:
                mismatched.append(Mismatch(line=" ".join(line), person=numbered[0]))
                continue
            named += numbered
            unknown += [w for w in line if w.lower() not in by_number and w.isdecimal() and len(w) > LONGEST_SERIAL]
            continue
        parts = ["".join(line)] if not any(word in by_name for word in line) and "".join(line) in by_name else line
        for word in parts:
            bearers = by_name.get(word, [])
            if len(bearers) > 1:
                bearers = [person for person in bearers if person.unit in line] or bearers
            if len(bearers) == 1:
                named.append(bearers[0])
            elif bearers:
                several.append(Several(word=word, people=tuple(bearers)))
            elif not _aside(word, units):
                unknown.append(word)
    return _sorted_out(named, unknown, several, mismatched, set(already))


def _aside(word: str, units: set[str]) -> bool:
    return word in units or word.lower() in HEADINGS or (word.rstrip(".").isdecimal() and len(word.rstrip(".")) <= LONGEST_SERIAL)


def _sorted_out(
    named: Sequence[Known], unknown: Sequence[str], several: Sequence[Several], mismatched: Sequence[Mismatch], already: set[int]
) -> Match:
    found: dict[int, Known] = {}
    there: dict[int, Known] = {}
    repeated: dict[int, Known] = {}
    for person in named:
        if person.id in found or person.id in there:
            repeated[person.id] = person
        elif person.id in already:
            there[person.id] = person
        else:
            found[person.id] = person
    return Match(
        found=tuple(found.values()), already=tuple(there.values()), repeated=tuple(repeated.values()),
        unknown=tuple(dict.fromkeys(unknown)), several=tuple(dict.fromkeys(several)), mismatched=tuple(mismatched),
    )  # fmt: skip


def candidate_number(day: date, n: int) -> str:
    """Return the candidate number: the day of the exam and a running number of that day, ``20261205-0007``."""
    return f"{day:%Y%m%d}-{n:04d}"


def next_number(day: date, taken: Iterable[str]) -> int:
    """Return the first running number of ``day`` after all that are taken."""
    prefix = f"{day:%Y%m%d}-"
    return max((int(number[len(prefix) :]) for number in taken if number.startswith(prefix)), default=0) + 1
