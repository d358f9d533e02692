"""Answers as given: checked at the door, folded from records, digested. The rule: `docs/algorithms/answers.md`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from json import dumps

from exams.papers.drawing import Paper, Slot

LONGEST = 2000  # characters in one blank


class BadAnswers(ValueError):
    """What came is not a save of this paper. The message is for the log of the developer; it never repeats the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One record: what was said about some slots, at its place (epoch, seq). ``late`` came after the end and is kept as evidence only."""

    epoch: int
    seq: int
    items: tuple[Mapping[str, object], ...]
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What stands for one slot: option ids in the order of their ids, or one text per blank; and whether it is flagged."""

    values: tuple[str, ...] = ()
    flagged: bool = False


def _clean_values(slot: Slot, kind: str, values: object) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadAnswers("Values are a list of texts.")
    if kind == "fill_in":
        if len(values) not in {0, slot.blanks}:
            raise BadAnswers("One text per blank.")
        for value in values:
            if len(value) > LONGEST:
                raise BadAnswers("A text is too long.")
            if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
                raise BadAnswers("A text holds what no keyboard gives.")
        return values if any(value.strip() for value in values) else []
    if len(set(values)) != len(values) or not set(values) <= set(slot.options):
        raise BadAnswers("Not options of this question.")
    if kind != "multiple" and len(values) > 1:
        raise BadAnswers("One option at most.")
    return sorted(values)


def clean(paper: Paper, items: object) -> list[dict[str, object]]:
    """Check a save against the paper; returns it in its one canonical form, by slot number. Raises BadAnswers."""
    if not isinstance(items, list) or len(items) > len(paper.slots):
        raise BadAnswers("Items are a list, a slot once.")
    slots, kinds = paper.slots, paper.kinds
    found: dict[int, dict[str, object]] = {}
    for item in items:
        if not isinstance(item, dict) or not set(item) <= {"n", "v", "f"}:
            raise BadAnswers("An item has n, v and f.")
        n = item.get("n")
        if type(n) is not int or n not in slots or n in found:
            raise BadAnswers("No such slot, or a slot twice.")
        if item.get("f", 0) not in (0, 1):
            raise BadAnswers("A flag is 0 or 1.")
        found[n] = {"n": n, "v": _clean_values(slots[n], kinds[n], item.get("v")), "f": int(item.get("f", 0))}
    return [found[n] for n in sorted(found)]


def items_digest(items: Iterable[Mapping[str, object]]) -> str:
    """SHA-256 over the canonical form of a save: equal saves have equal digests."""
    return sha256(dumps(list(items), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


def fold(records: Iterable[Saved]) -> dict[int, Answer]:
    """The answers that stand: for each slot what the record highest in (epoch, seq) said of it, in whatever order records came."""
    answers: dict[int, Answer] = {}
    for record in sorted((r for r in records if not r.late), key=lambda r: (r.epoch, r.seq)):
        for item in record.items:
            answers[item["n"]] = Answer(values=tuple(item["v"]), flagged=bool(item["f"]))  # type: ignore[index, arg-type]
    return answers


def answered(answers: Mapping[int, Answer]) -> int:
    """How many slots have an answer."""
    return sum(1 for answer in answers.values() if answer.values)


def answers_digest(answers: Mapping[int, Answer]) -> str:
    """SHA-256 over the answers that stand; flags and empty slots do not count."""
    given = [[n, list(answers[n].values)] for n in sorted(answers) if answers[n].values]
    return sha256(dumps(given, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
