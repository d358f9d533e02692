"""The year's material of one person: facts and figures in, lines out. No Django; the rules: `docs/algorithms/assessment.md`.

The sentences are the record itself, so they are in the county's language whatever language the reader has chosen.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from lms.policy.figures import Figure

Verdict = Literal["", "met", "short", "open", "unknown"]
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a line rests on: the policy row (None: a text alone), its source, and whether that source is a secondary one."""

    text: str
    policy: int | None = None
    secondary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One record a line was made from: ``kind:id`` in this system, and what it is in words."""

    kind: str
    id: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One statement. ``value`` is the figure as shown, ``sentence`` why; ``amount`` and ``needed`` are hours or percent where there are any."""

    key: str
    heading: str
    value: str
    sentence: str
    verdict: Verdict = ""
    rules: tuple[Rule, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    amount: Decimal | None = None
    needed: Decimal | None = None


def number(value: Decimal) -> str:
    """Return a figure without needless zeros: 90, 92.5, 0.25."""
    return f"{value.quantize(HUNDREDTH, ROUND_HALF_UP).normalize():f}"


def day(value: date) -> str:
    """Return a day as written in Chinese documents: 2026年3月1日."""
    return f"{value.year}年{value.month}月{value.day}日"


def rule_of(figure: Figure, what: str) -> Rule:
    """Name a policy figure and its source; a secondary source is said to be one."""
    source = f"{figure.source}（间接来源）" if figure.secondary else figure.source
    return Rule(text=f"{what}。依据：{source}", policy=figure.id, secondary=figure.secondary)


NO_FIGURE = Rule(text="没有生效的政策参数")
NO_FIGURE_SENTENCE = "没有生效的政策参数，不能作出结论；请先设定该项参数。"


def against(amount: Decimal, figure: Figure | None, *, key: str, heading: str, so_far: str, asked: str, evidence: tuple[Evidence, ...] = ()) -> Line:
    """Return the line that holds an amount of hours against a figure. ``so_far`` begins the sentence, ``asked`` names the requirement."""
    if figure is None:
        return Line(
            key=key, heading=heading, value=f"{number(amount)} 学时", sentence=f"{so_far}。{NO_FIGURE_SENTENCE}", verdict="unknown",
            rules=(NO_FIGURE,), evidence=evidence, amount=amount,
        )  # fmt: skip
    needed = figure.value.quantize(HUNDREDTH, ROUND_HALF_UP)
    met = amount >= needed
    end = "已达到。" if met else f"还差 {number(needed - amount)} 学时。"
    return Line(
        key=key, heading=heading, value=f"{number(amount)} / {number(needed)} 学时", sentence=f"{so_far}，{asked}不少于 {number(needed)} 学时，{end}",
        verdict="met" if met else "short", rules=(rule_of(figure, f"{asked}不少于 {number(needed)} 学时"),), evidence=evidence,
        amount=amount, needed=needed,
    )  # fmt: skip


def as_plain(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Return lines as JSON values, as stored with a record."""
    return [
        {
            "key": line.key, "heading": line.heading, "value": line.value, "sentence": line.sentence, "verdict": line.verdict,
            "rules": [{"text": r.text, "policy": r.policy, "secondary": r.secondary} for r in line.rules],
            "evidence": [{"kind": e.kind, "id": e.id, "label": e.label} for e in line.evidence],
            "amount": None if line.amount is None else str(line.amount.quantize(HUNDREDTH, ROUND_HALF_UP)),
            "needed": None if line.needed is None else str(line.needed.quantize(HUNDREDTH, ROUND_HALF_UP)),
        }
        for line in lines
    ]  # fmt: skip


def digest(plain: Iterable[Mapping[str, Any]]) -> str:
    """Return the SHA-256 of lines as stored: the same material always has the same digest."""
    text = json.dumps(list(plain), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def gaps(plain: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the stored lines that fall short or could not be judged."""
    return [line for line in plain if line["verdict"] in {"short", "unknown"}]
