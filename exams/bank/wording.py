"""One wording of a question: is it whole, what changed, is it like another. No Django here; the rules: `docs/algorithms/wording.md`."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from content.lessons.typed import normal
from exams.bank.kinds import rule_of, rules
from exams.bank.kinds.base import Face, Fault, Option, text_faults

DIMENSIONS = ("knowledge", "operation")
DIFFICULTIES = (1, 2, 3)
ALIKE = 0.8  # share of common letter pairs from which two stems count as near-duplicates


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Everything a candidate or a marker sees.

    The key stands in ``chosen`` (right option ids), ``blanks`` (accepted texts of each blank) or ``key`` (whatever else the kind compares with);
    ``extra`` is what the kind shows besides stem and options. Which of them a kind uses, its rule says.
    """

    kind: str
    dimension: str
    difficulty: int
    stem: str
    options: tuple[Option, ...] = ()
    chosen: tuple[str, ...] = ()
    blanks: tuple[tuple[str, ...], ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    key: Mapping[str, Any] = field(default_factory=dict)
    explanation: str = ""
    cites: tuple[str, ...] = ()

    @property
    def options_stored(self) -> list[dict[str, str]]:
        """The options as a question version keeps them."""
        return [{"id": option.id, "text": option.text} for option in self.options]

    @property
    def answer_stored(self) -> Any:
        """The key as a question version keeps it."""
        return rule_of(self.kind).answer_stored(self)

    @property
    def face(self) -> Face:
        """What a candidate may see of it."""
        return Face(kind=self.kind, stem=self.stem, options=self.options, extra=self.extra)


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
            ("kind", wording.kind, tuple(rules())), ("dimension", wording.dimension, DIMENSIONS), ("difficulty", wording.difficulty, DIFFICULTIES),
        )
        if value not in known
    ]  # fmt: skip
    if not wording.stem.strip():
        found.append(Fault(code="missing", field="stem"))
    found += text_faults("stem", [wording.stem])
    found += text_faults("explanation", [wording.explanation])
    found += text_faults("cites", wording.cites)
    return found + rule_of(wording.kind).faults(wording) if wording.kind in rules() else found


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
    if wording.extra:
        content.append(dict(wording.extra))
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


def options_unordered(texts: Iterable[str], known: Mapping[str, str]) -> tuple[Option, ...]:
    """Like `options_named`, for texts whose order is (part of) the key: neither the ids nor the order returned say anything of it."""
    named = options_named(sorted(texts, key=lambda text: hashlib.sha256(text.encode()).digest()), known)
    return tuple(sorted(named, key=lambda option: option.id))


def _names() -> Iterable[str]:
    letters = "abcdefghijklmnopqrsuvwxyz"  # no t, so that an id names true or false at sight
    yield from letters
    yield from (f"{letter}{n}" for n in range(2, 1000) for letter in letters)


def differences(before: Wording, after: Wording) -> list[Change]:
    """Return what changed from one version to the next, field by field, options by id."""
    names = ("kind", "dimension", "difficulty", "stem")
    changes = [_change(name, "", str(getattr(before, name)), str(getattr(after, name))) for name in names]
    old, new = ({option.id: option.text for option in wording.options} for wording in (before, after))
    changes += [_change("options", name, old.get(name, ""), new.get(name, "")) for name in [*old, *(n for n in new if n not in old)]]
    changes += [
        _change("extra", "", _laid_out(before.extra), _laid_out(after.extra)),
        _change("answer", "", key_text(before), key_text(after)),
        _change("explanation", "", before.explanation, after.explanation),
        _change("cites", "", "\n".join(before.cites), "\n".join(after.cites)),
    ]
    return [change for change in changes if change.before != change.after]


def key_text(wording: Wording) -> str:
    """The right answer in words, as the kind puts it."""
    return rule_of(wording.kind).key_text(wording)


def _laid_out(extra: Mapping[str, Any]) -> str:
    return json.dumps(extra, ensure_ascii=False, indent=1, sort_keys=True) if extra else ""


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
