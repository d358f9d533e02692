"""How a case's parts are written down: as trainers have them in their papers. Plain text in, parts out; faults name the part."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exams.bank.kinds.base import Option

MARKS = {"单选": "single", "多选": "multiple", "判断": "true_false", "填空": "fill_in", "数值": "numeric"}
HEAD = re.compile(r"\s*[\[【](单选|多选|判断|填空|数值|single|multiple|true_false|fill_in|numeric)\s*(\d{1,2})?[\]】]\s*(.*)")
OPTION = re.compile(r"\s*(\*?)\s*([A-Ha-h])\s*[.．、:：)）]\s*(.*)")
ANSWER = re.compile(r"\s*(?:答案|answer)\s*[:：]\s*(.*)", re.IGNORECASE)
RIGHT, WRONG = {"对", "正确", "√", "t", "true", "是"}, {"错", "错误", "×", "x", "f", "false", "否"}


@dataclass(slots=True, kw_only=True)
class Written:
    """One part as written: ``answers`` are its answer lines, ``options`` texts with whether they are starred."""

    kind: str
    stem: str
    weight: int = 1
    options: list[tuple[str, bool]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)


def read(text: str) -> list[Written]:
    """Read the parts. A part begins with its kind in brackets; what stands before the first one belongs to nothing and is a part of kind ''."""
    parts: list[Written] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        if head := HEAD.fullmatch(line):
            parts.append(Written(kind=MARKS.get(head[1], head[1]), stem=head[3].strip(), weight=int(head[2] or 1)))
        elif not parts:
            parts.append(Written(kind="", stem=line.strip()))
        elif option := OPTION.fullmatch(line):
            parts[-1].options.append((option[3].strip(), bool(option[1])))
        elif answer := ANSWER.fullmatch(line):
            parts[-1].answers.append(answer[1].strip())
        else:
            parts[-1].stem += f"\n{line.strip()}"
    return parts


def lines_of(kind: str, stem: str, weight: int, options: tuple[Option, ...], key: Any) -> str:
    """A part as `read` takes it; the inverse of reading for every part that was read."""
    mark = next(word for word, name in MARKS.items() if name == kind)
    lines = [f"[{mark}{f' {weight}' if weight != 1 else ''}] {stem}"]
    if kind in {"single", "multiple"}:
        lines += [f"{'*' if option.id in key else ''}{letter}. {option.text}" for letter, option in zip("ABCDEFGH", options, strict=False)]
    elif kind == "true_false":
        lines.append(f"答案：{'对' if key == ['t'] else '错'}")
    elif kind == "fill_in":
        lines += [f"答案：{'/'.join(accepted)}" for accepted in key]
    else:
        lines.append(f"答案：{number_text(key)}")
    return "\n".join(lines)


def number_text(key: Mapping[str, Any]) -> str:
    """A numeric key in one line: ``3.5 ± 0.1 km/千米``."""
    margin = f" ± {key['tolerance']}{'%' if key.get('in') == 'percent' else ''}" if key.get("tolerance", "0") != "0" else ""
    return f"{key['value']}{margin}" + (f" {'/'.join(key['units'])}" if key.get("units") else "")


NUMBER = re.compile(r"\s*([^\s±]+)\s*(?:±\s*([^\s%％]+)\s*([%％])?)?\s*(.*)")


def number_key(text: str) -> dict[str, Any]:
    """The inverse of `number_text`; what is no number is refused later, by the kind."""
    found = NUMBER.fullmatch(text)
    value, margin, percent, units = found.groups() if found else (text, None, None, "")
    return {
        "value": value, "tolerance": margin or "0", "in": "percent" if percent else "absolute",
        "units": [unit.strip() for unit in (units or "").replace("／", "/").split("/") if unit.strip()], "unit_share": 0,
    }  # fmt: skip
