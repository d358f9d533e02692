"""Numeric 数值题: a number within a tolerance, and its unit where one is asked for. The rule in prose: `docs/algorithms/scoring.md`."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from content.lessons.typed import normal
from exams.bank.kinds.base import CENT, NOTHING, BadValues, Fault, Rule, Shape, checked_text, share, text_faults

if TYPE_CHECKING:
    from exams.bank.wording import Wording

NUMBER = re.compile(r"[+-]?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,12})?(e[+-]?\d{1,2})?", re.ASCII)
LONGEST_NUMBER = 40  # characters
MOST_UNIT_SHARE = 50  # percent of the points
ABSOLUTE, PERCENT = "absolute", "percent"


def number_of(text: str) -> Decimal | None:
    """Read a number as people type it: full-width digits, any minus sign, thousands separators, powers of ten. None where it is none."""
    folded = "".join(unicodedata.normalize("NFKC", text).split()).lower().translate({0x2212: "-", 0x2013: "-"})
    return Decimal(folded.replace(",", "")) if NUMBER.fullmatch(folded) else None


@dataclass(frozen=True, slots=True)
class Key:
    value: Decimal
    margin: Decimal  # most by which an answer may differ, in the unit of the value
    units: frozenset[str]
    unit_share: int  # percent of the points that the unit earns; 0: without it nothing counts


class Numeric(Rule):
    """Key: ``{"value", "tolerance", "in": "absolute" | "percent", "units": […], "unit_share"}``; numbers are kept as texts."""

    name, order = "numeric", 50

    def faults(self, wording: "Wording") -> list[Fault]:
        key, found = wording.key, []
        value, tolerance = number_of(str(key.get("value", ""))), number_of(str(key.get("tolerance", "0")))
        if value is None:
            found.append(Fault(code="no_number", field="value"))
        if tolerance is None or tolerance < 0:
            found.append(Fault(code="no_number", field="tolerance"))
        if key.get("in", ABSOLUTE) not in {ABSOLUTE, PERCENT}:
            found.append(Fault(code="unknown", field="within"))
        if not 0 <= key.get("unit_share", 0) <= MOST_UNIT_SHARE:
            found.append(Fault(code="range", field="unit_share"))
        units = key.get("units", [])
        found += [Fault(code=fault.code, field="units", place=fault.place) for fault in text_faults("answer", units)]
        if bool(units) != bool(wording.extra.get("unit")) or not all(normal(unit) for unit in units):
            found.append(Fault(code="missing", field="units"))
        return found

    def shape(self, options: Sequence[str], answer: Any, extra: Mapping[str, Any]) -> Shape:
        return Shape(blanks=2 if extra.get("unit") else 1)

    def clean(self, shape: Shape, values: Sequence[str]) -> list[str]:
        if len(values) not in {0, shape.blanks}:
            raise BadValues("A number, and a unit where one is asked for.")
        texts = [checked_text(value, LONGEST_NUMBER) for value in values]
        return texts if any(text.strip() for text in texts) else []

    def key(self, answer: Any, extra: Mapping[str, Any]) -> Key:
        value, tolerance = number_of(answer["value"]) or Decimal(0), number_of(answer.get("tolerance", "0")) or Decimal(0)
        margin = abs(value) * tolerance / 100 if answer.get("in") == PERCENT else tolerance
        return Key(value, margin, frozenset(normal(unit) for unit in answer.get("units", [])), answer.get("unit_share", 0))

    def score(self, key: Key, values: Sequence[str], points: Decimal) -> Decimal:
        number = number_of(values[0])
        if number is None or abs(number - key.value) > key.margin:
            return NOTHING
        if not key.units or (len(values) > 1 and normal(values[1]) in key.units):
            return points.quantize(CENT)
        return share(100 - key.unit_share, 100, points) if key.unit_share else NOTHING

    def right(self, wording: "Wording") -> tuple[str, ...]:
        units = wording.key.get("units", [])
        return (wording.key["value"], units[0]) if units else (wording.key["value"],)

    def key_text(self, wording: "Wording") -> str:
        key = wording.key
        margin = key.get("tolerance", "0")
        within = f" ± {margin}{'%' if key.get('in') == PERCENT else ''}" if margin not in {"", "0"} else ""
        return f"{key['value']}{within}" + (f" {'／'.join(key['units'])}" if key.get("units") else "")


RULE = Numeric()
