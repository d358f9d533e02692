"""Answers as given: checked at the door, folded from records, digested. The rule: `docs/algorithms/answers.md`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from json import dumps

from exams.bank.kinds import rule_of
from exams.bank.kinds.base import BadValues
from exams.papers.drawing import Paper, Slot


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
    """What stands for one slot, in the form its kind gives it (`exams.bank.kinds.base.Rule.clean`); and whether it is flagged."""

    values: tuple[str, ...] = ()
    flagged: bool = False


def _clean_values(slot: Slot, kind: str, values: object) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadAnswers("Values are a list of texts.")
    try:
        return rule_of(kind).clean(slot.shape, values)
    except BadValues as error:
        raise BadAnswers(str(error)) from None


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
