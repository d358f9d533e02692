"""The row of one person in a batch, the number of a batch, and the days of an objection. No Django.

The columns and their headings are what the personnel system takes: they don't follow the reader's language.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

PREFIX = "YX"  # 云溪, as in certificate numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """One column: ``name`` in the stored row, ``text`` on the sheet. ``kind`` text keeps leading zeros; number can be summed."""

    name: str
    text: str
    kind: str = "plain"


HEADINGS = (
    Heading(name="name", text="姓名"),
    Heading(name="staff_number", text="工号", kind="text"),
    Heading(name="identity", text="身份证号", kind="text"),
    Heading(name="unit", text="单位"),
    Heading(name="post", text="岗位"),
    Heading(name="year", text="年度", kind="text"),
    Heading(name="hours_span", text="学时口径"),
    Heading(name="hours", text="总学时", kind="number"),
    Heading(name="hours_needed", text="应达学时", kind="number"),
    Heading(name="hours_online", text="网络学时", kind="number"),
    Heading(name="knowledge", text="认识成绩", kind="number"),
    Heading(name="operation", text="操作成绩", kind="number"),
    Heading(name="level", text="操作应用水平"),
    Heading(name="certificates", text="证书"),
    Heading(name="gaps", text="缺口"),
    Heading(name="confirmed_by", text="确认人"),
    Heading(name="confirmed_at", text="确认时间", kind="text"),
    Heading(name="basis", text="依据"),
    Heading(name="record", text="材料编号", kind="text"),
)


def cells_of(
    lines: Iterable[Mapping[str, Any]], *, name: str, staff_number: str, identity: str, year: int, unit: str, confirmed_by: str, confirmed_at: str,
    record: str,
) -> dict[str, str]:  # fmt: skip
    """Return the row of a confirmed record, every value as text: what was confirmed, word for word, and nothing computed anew.

    ``unit`` is the name used where the material states no appointment.
    """
    by_key = {line["key"]: line for line in lines}

    def of(key: str, field: str) -> str:
        return str(by_key.get(key, {}).get(field) or "")

    short = [f"{line['heading']}：{line['value']}" for line in by_key.values() if line["verdict"] in {"short", "unknown"}]
    rules = [rule["text"] for line in by_key.values() for rule in line["rules"] if rule["policy"]]
    stated_unit, _dot, post = of("post", "value").partition(" · ")
    return {
        "name": name, "staff_number": staff_number, "identity": identity, "unit": stated_unit if post else unit, "post": post, "year": str(year),
        "hours_span": "五年" if "五年" in of("hours_total", "heading") else "本年度",
        "hours": of("hours_total", "amount"), "hours_needed": of("hours_total", "needed"), "hours_online": of("hours_online", "amount"),
        "knowledge": of("knowledge", "amount"), "operation": of("operation", "amount"), "level": of("level", "value"),
        "certificates": of("certificates", "value"), "gaps": "；".join(short) or "无", "confirmed_by": confirmed_by, "confirmed_at": confirmed_at,
        "basis": "；".join(dict.fromkeys(rules)), "record": record,
    }  # fmt: skip


def rows_digest(rows: Iterable[Mapping[str, str]]) -> str:
    """Return the SHA-256 of a batch's rows in their order."""
    text = json.dumps(list(rows), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def series(day: date) -> str:
    """Return the series a batch made on ``day`` is counted in: ``YX-2026-Q4``."""
    return f"{PREFIX}-{day.year:04d}-Q{(day.month + 2) // 3}"


def number(series_name: str, serial: int) -> str:
    """Return ``YX-2026-Q4-001``. Raises ValueError below 1; beyond 999 the number grows by a digit."""
    if serial < 1:
        raise ValueError("Batches are counted from 1.")
    return f"{series_name}-{serial:03d}"


def last_day_to_object(confirmed_on: date, days: int) -> date:
    """Return the last day on which a person may object: ``days`` calendar days after the day of confirmation, that day included."""
    return confirmed_on + timedelta(days=days)
