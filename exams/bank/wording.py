"""One wording of a question: is it whole, what changed, is it like another. No Django here; the rules: `docs/algorithms/wording.md`."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from content.lessons.typed import normal

KINDS = ("single", "multiple", "true_false", "fill_in")
DIMENSIONS = ("knowledge", "operation")
DIFFICULTIES = (1, 2, 3)
FEWEST_OPTIONS, MOST_OPTIONS = 2, 8
MOST_BLANKS = 12
LONGEST = {"stem": 2000, "options": 500, "answer": 200, "explanation": 4000, "cites": 200}
BLANK = re.compile(r"_{4,}")
TRUE, FALSE = "t", "f"
ALIKE = 0.8  # share of common letter pairs from which two stems count as near-duplicates


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option to choose: the id that answers name, and its text."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Everything a candidate or a marker sees. ``chosen`` holds the right option ids of choices, ``blanks`` the accepted texts of each blank."""

    kind: str
    dimension: str
    difficulty: int
    stem: str
    options: tuple[Option, ...] = ()
    chosen: tuple[str, ...] = ()
    blanks: tuple[tuple[str, ...], ...] = ()
    explanation: str = ""
    cites: tuple[str, ...] = ()

    @property
    def options_stored(self) -> list[dict[str, str]]:
        """The options as a question version keeps them."""
        return [{"id": option.id, "text": option.text} for option in self.options]

    @property
    def answer_stored(self) -> list[Any]:
        """The key as a question version keeps it: option ids in the order of the options, or a list of accepted texts for each blank."""
        if self.kind == "fill_in":
            return [list(accepted) for accepted in self.blanks]
        return [option.id for option in self.options if option.id in self.chosen]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One reason why a wording can't be saved. ``place`` counts options or blanks from 1; 0 where it does not apply."""

    code: str
    field: str
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference. ``subject`` is the option id for options, else ''. ``pieces`` are ``(same | gone | new, text)`` in reading order."""

    field: str
    subject: str
    before: str
    after: str
    pieces: tuple[tuple[str, str], ...]


def faults(wording: Wording) -> list[Fault]:
    """Return everything that is wrong with a wording; empty means it may be saved."""
    found = [
        Fault(code="unknown", field=name)
        for name, value, known in (
            ("kind", wording.kind, KINDS), ("dimension", wording.dimension, DIMENSIONS), ("difficulty", wording.difficulty, DIFFICULTIES),
        )
        if value not in known
    ]  # fmt: skip
    if not wording.stem.strip():
        found.append(Fault(code="missing", field="stem"))
    found += _text_faults("stem", [wording.stem])
    found += _text_faults("explanation", [wording.explanation])
    found += _text_faults("cites", wording.cites)
    if wording.kind not in KINDS:
        return found
    if wording.kind == "fill_in":
        return found + _blank_faults(wording)
    return found + _option_faults(wording) + _chosen_faults(wording)


def _text_faults(field: str, texts: Iterable[str]) -> list[Fault]:
    found = []
    for place, text in enumerate(texts, 1):
        if len(text) > LONGEST[field]:
            found.append(Fault(code="too_long", field=field, place=place))
        if any((ord(c) < 32 and c not in "\n\t") or 0xD800 <= ord(c) <= 0xDFFF for c in text):
            found.append(Fault(code="unprintable", field=field, place=place))
    return found


def _option_faults(wording: Wording) -> list[Fault]:
    found = _text_faults("options", [option.text for option in wording.options])
    ids = [option.id for option in wording.options]
    if wording.kind == "true_false":
        return found if ids == [TRUE, FALSE] else [*found, Fault(code="not_true_false", field="options")]
    if not FEWEST_OPTIONS <= len(ids) <= MOST_OPTIONS:
        found.append(Fault(code="count", field="options"))
    if len(set(ids)) < len(ids) or not all(ids):
        found.append(Fault(code="ids", field="options"))
    seen: set[str] = set()
    for place, option in enumerate(wording.options, 1):
        text = normal(option.text)
        if not text:
            found.append(Fault(code="missing", field="options", place=place))
        elif text in seen:
            found.append(Fault(code="repeated", field="options", place=place))
        seen.add(text)
    return found


def _chosen_faults(wording: Wording) -> list[Fault]:
    right = set(wording.chosen)
    if not right <= {option.id for option in wording.options} or len(right) < len(wording.chosen):
        return [Fault(code="unknown", field="answer")]
    if wording.kind == "multiple":
        return [] if len(right) >= 2 else [Fault(code="two_or_more", field="answer")]
    return [] if len(right) == 1 else [Fault(code="exactly_one", field="answer")]


def _blank_faults(wording: Wording) -> list[Fault]:
    found = [] if not wording.options and not wording.chosen else [Fault(code="no_options", field="options")]
    in_stem = len(BLANK.findall(wording.stem))
    if not 1 <= in_stem <= MOST_BLANKS:
        found.append(Fault(code="blanks", field="stem"))
    elif in_stem != len(wording.blanks):
        found.append(Fault(code="blank_count", field="answer"))
    for place, accepted in enumerate(wording.blanks, 1):
        found += [Fault(code=fault.code, field="answer", place=place) for fault in _text_faults("answer", accepted)]
        folded = [normal(text) for text in accepted]
        if not folded or not all(folded):
            found.append(Fault(code="missing", field="answer", place=place))
        elif len(set(folded)) < len(folded):
            found.append(Fault(code="repeated", field="answer", place=place))
    return found


def without_repeats(texts: Iterable[str]) -> tuple[str, ...]:
    """Return trimmed, non-empty texts in order, each normal form once."""
    kept: dict[str, str] = {}
    for text in texts:
        if normal(text):
            kept.setdefault(normal(text), text.strip())
    return tuple(kept.values())


def digest(wording: Wording) -> str:
    """Return the SHA-256 of everything a candidate or marker sees, in hexadecimal; equal digests mean nothing changed."""
    content = [
        wording.kind, wording.dimension, wording.difficulty, wording.stem, wording.options_stored, wording.answer_stored, wording.explanation,
        list(wording.cites),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def options_named(texts: Iterable[str], known: Mapping[str, str]) -> tuple[Option, ...]:
    """Give each text its id: the one it had in an earlier version (``known``: id → text), else the next id never used."""
    by_text = {text: name for name, text in reversed(list(known.items()))}
    used, options = set(known), []
    for text in texts:
        name = by_text.pop(text, None) or next(n for n in _names() if n not in used)
        used.add(name)
        options.append(Option(id=name, text=text))
    return tuple(options)


def _names() -> Iterable[str]:
    letters = "abcdefghijklmnopqrsuvwxyz"  # no t, so that an id names true or false at sight
    yield from letters
    yield from (f"{letter}{n}" for n in range(2, 1000) for letter in letters)


def true_false_options() -> tuple[Option, ...]:
    """The two options of every true/false question, as they stand on a Chinese paper."""
    return (Option(id=TRUE, text="正确"), Option(id=FALSE, text="错误"))


def differences(before: Wording, after: Wording) -> list[Change]:
    """Return what changed from one version to the next, field by field, options by id."""
    names = ("kind", "dimension", "difficulty", "stem")
    changes = [_change(name, "", str(getattr(before, name)), str(getattr(after, name))) for name in names]
    old, new = ({option.id: option.text for option in wording.options} for wording in (before, after))
    changes += [_change("options", name, old.get(name, ""), new.get(name, "")) for name in [*old, *(n for n in new if n not in old)]]
    changes += [
        _change("answer", "", key_text(before), key_text(after)),
        _change("explanation", "", before.explanation, after.explanation),
        _change("cites", "", "\n".join(before.cites), "\n".join(after.cites)),
    ]
    return [change for change in changes if change.before != change.after]


def key_text(wording: Wording) -> str:
    """The right answer in words: the texts of the right options, or the accepted texts of each blank."""
    if wording.kind == "fill_in":
        return "；".join("／".join(accepted) for accepted in wording.blanks)
    return "；".join(option.text for option in wording.options if option.id in wording.chosen)


def _change(field: str, subject: str, before: str, after: str) -> Change:
    pieces: list[tuple[str, str]] = []
    if before != after:
        for step, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if step == "equal":
                pieces.append(("same", before[a:b]))
            else:
                pieces += [(word, text) for word, text in (("gone", before[a:b]), ("new", after[c:d])) if text]
    return Change(field=field, subject=subject, before=before, after=after, pieces=tuple(pieces))


def likeness(one: str, other: str) -> float:
    """Return how alike two stems are, 0 to 1: twice the common letter pairs over all letter pairs (Dice), after folding, without punctuation."""
    first, second = _pairs(one), _pairs(other)
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0


def _pairs(text: str) -> Counter[str]:
    letters = [c for c in normal(text) if c.isalnum()]
    return Counter(a + b for a, b in zip(letters, letters[1:], strict=False)) or Counter(letters)
