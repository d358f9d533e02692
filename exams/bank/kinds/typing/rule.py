"""Typing test 打字测试: a text to type, by Latin keys (指法) or as committed Chinese characters (拼音). The rule: `docs/algorithms/typing.md`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from exams.bank.kinds.base import BadValues, Fault, Rule, Shape, Trace, checked_text, parts_of, text_faults
from exams.bank.kinds.typing.speed import MINUTE, SECOND, Typed, laid_even, measured, points_for

if TYPE_CHECKING:
    from exams.bank.wording import Wording

LATIN, PINYIN = "latin", "pinyin"
FASTEST = {LATIN: 900, PINYIN: 300}  # characters a minute that people reach
LONGEST_TEXT, LONGEST_SECONDS = 2000, 3600
COUNT = re.compile(r"[0-9]{1,8}")
TOLERANCE = 10 * SECOND
PIECE = 30  # characters that may come at once without a question
COMMIT = 20  # characters that one committed piece holds at most
CODES = ("fast", "clock", "one_piece", "keys", "no_script")  # doubts, as `settle` names them


@dataclass(frozen=True, slots=True)
class Key:
    text: str
    mode: str
    seconds: int
    target: int
    accuracy: int


class Typing(Rule):
    """``extra``: ``text``, ``mode``, ``seconds``, ``target`` (characters a minute), ``accuracy`` (percent). There is no key beside it."""

    name, order, traced = "typing", 140, True

    def faults(self, wording: "Wording") -> list[Fault]:
        extra = wording.extra
        found = text_faults("text", [extra.get("text", "")], LONGEST_TEXT)
        if len(laid_even(extra.get("text", ""))) < 10:
            found.append(Fault(code="missing", field="text"))
        if extra.get("mode") not in FASTEST:
            found.append(Fault(code="unknown", field="mode"))
        elif extra["mode"] == LATIN and not extra.get("text", "").isascii():
            found.append(Fault(code="not_latin", field="text"))
        for name, least, most in (("seconds", 10, LONGEST_SECONDS), ("target", 1, FASTEST.get(extra.get("mode", ""), 900)), ("accuracy", 1, 100)):
            if not isinstance(extra.get(name), int) or not least <= extra[name] <= most:
                found.append(Fault(code="number", field=name))
        return found

    def shape(self, options: Sequence[str], answer: Any, extra: Mapping[str, Any]) -> Shape:
        return Shape(more={"longest": 2 * len(extra["text"]) + 100})

    def clean(self, shape: Shape, values: Sequence[str]) -> list[str]:
        parts = parts_of(values)
        if not set(parts) <= {"t", "ms", "k"} or any(len(said) > 1 for said in parts.values()):
            raise BadValues("A typed text, its time and its keys, each once.")
        if any(not COUNT.fullmatch(parts[name][0]) for name in ("ms", "k") if name in parts):
            raise BadValues("Time and keys are numbers.")
        text = checked_text(parts.get("t", [""])[0].replace("\r\n", "\n"), shape.more["longest"])
        if not text.strip():
            return []
        return [f"t={text}", *(f"{name}={int(parts[name][0])}" for name in ("ms", "k") if name in parts)]

    def key(self, answer: Any, extra: Mapping[str, Any]) -> Key:
        return Key(extra["text"], extra["mode"], extra["seconds"], extra["target"], extra["accuracy"])

    def settle(self, key: Key, values: Sequence[str], trace: Trace) -> tuple[list[str], tuple[str, ...]]:
        """The answer with a time that the server's record bears out, and what leaves a doubt."""
        text, ms, keys = _read(values)
        first, last, before, largest = _course(trace, text)
        span = max(0, _ms(before, last))
        time = min(ms, span) if ms is not None else span
        doubts = {
            "fast": len(text) * MINUTE > FASTEST[key.mode] * max(time, SECOND), "clock": ms is not None and ms + TOLERANCE < _ms(first, last),
            "one_piece": largest > max(PIECE, len(key.text) // 2), "no_script": ms is None,
            "keys": keys is not None and keys * (1 if key.mode == LATIN else COMMIT) < len(text),
        }  # fmt: skip
        if ms is not None and keys is None:
            doubts["keys"] = True
        return [f"t={text}", f"ms={time}"], tuple(code for code in CODES if doubts[code])

    def measure(self, key: Key, values: Sequence[str]) -> Typed:
        """What a settled answer measures."""
        text, ms, _keys = _read(values)
        return measured(key.text, text, ms or 0, key.seconds)

    def score(self, key: Key, values: Sequence[str], points: Decimal) -> Decimal:
        text, ms, _keys = _read(values)
        if ms is None:  # only what was settled has a time
            return Decimal("0.00")
        return points_for(measured(key.text, text, ms, key.seconds), target=key.target, accuracy=key.accuracy, points=points)

    def right(self, wording: "Wording") -> tuple[str, ...]:
        return (f"t={wording.extra['text']}",)

    def key_text(self, wording: "Wording") -> str:
        return str(wording.extra.get("text", ""))


def _read(values: Sequence[str]) -> tuple[str, int | None, int | None]:
    """Text, milliseconds and keys of a clean answer."""
    parts = {name: said[0] for name, said in parts_of(values).items()}
    return parts.get("t", ""), int(parts["ms"]) if "ms" in parts else None, int(parts["k"]) if "k" in parts else None


def _ms(one: datetime, other: datetime) -> int:
    return int((other - one).total_seconds() * 1000)


def _course(trace: Trace, text: str) -> tuple[datetime, datetime, datetime, int]:
    """First save with a text, last save that changed it, the moment before the first, and the largest growth between two saves."""
    said = [(at, _read(values)[0]) for at, values in trace.steps]
    first = next((i for i, (_at, words) in enumerate(said) if words), None)
    if first is None:  # a record is lost: nothing is borne out
        return trace.began, trace.began, trace.began, len(text)
    before = said[first - 1][0] if first else trace.began
    last = said[first][0]
    largest = len(said[first][1])
    for (_then, old), (at, new) in pairwise(said[first:]):
        if new != old:
            last, largest = at, max(largest, len(new) - len(old))
    return said[first][0], last, before, largest


RULE = Typing()
