"""What the cells of a roster mean. The rule in prose: `docs/algorithms/roster-import.md`. No Django here."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

from lms.exchange.reading import FORMULA, Cell
from lms.people.identity import BadIdentityNumber, normal

HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "名字", "name"),
    "staff_number": ("工号", "人员编号", "职工号", "staffnumber"),
    "identity_number": ("身份证号", "身份证号码", "身份证", "证件号码", "公民身份号码", "identitynumber"),
    "unit_code": ("单位代码", "单位编码", "机构代码", "unitcode"),
    "unit": ("单位", "单位名称", "工作单位", "所在单位", "部门", "unit"),
    "post": ("岗位", "岗位名称", "职务", "post"),
    "rank": ("职级", "级别", "职务层次", "rank"),
    "from_day": ("任职日期", "任职时间", "到岗日期", "任职起始日期", "from", "appointedfrom"),
}
NEEDED = ("name", "staff_number", "post")
RANKS: dict[str, str] = {
    "section": "section", "division": "division", "sectionrankandbelow": "section", "county-divisionrankandabove": "division",
    "科级及以下": "section", "科级以下": "section", "科员": "section", "办事员": "section", "科员级": "section", "正科": "section", "副科": "section",
    "正科级": "section", "副科级": "section", "乡科级": "section", "乡科级正职": "section", "乡科级副职": "section",
    "县处级及以上": "division", "县处级以上": "division", "县处级": "division", "正处": "division", "副处": "division", "正处级": "division",
    "副处级": "division", "县处级正职": "division", "县处级副职": "division",
}  # fmt: skip
SAMPLE = "示例"
EARLIEST, FUTURE = date(1950, 1, 1), timedelta(days=366)
EXCEL_EPOCH = date(1899, 12, 30)
_HEADING_NOISE = re.compile(r"[\s*＊:：]|[（(].*?[)）]")
_DATE = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
_EXPONENT = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Where the columns stand: ``columns`` maps a field to its place; the data begins after ``last_line``."""

    columns: dict[str, int]
    last_line: int
    headings: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row as understood. ``reasons`` are codes of what is wrong in the row itself; with any, the row is refused."""

    line: int
    cells: list[str]
    name: str = ""
    staff_number: str = ""
    identity_number: str = ""
    unit_code: str = ""
    unit: str = ""
    post: str = ""
    rank: str = ""
    from_day: date | None = None
    staff_number_was_number: bool = False
    reasons: list[str] = field(default_factory=list)


def field_of(heading: Cell) -> str | None:
    """Return the field a heading names, whatever signs, hints in brackets and spaces surround it."""
    if not isinstance(heading, str):
        return None
    plain = _HEADING_NOISE.sub("", unicodedata.normalize("NFKC", heading)).lower()
    return next((name for name, known in HEADINGS.items() if plain in known), None)


def find_header(rows: list[tuple[int, list[Cell]]]) -> Header | None:
    """Find the headings within the first six rows, in one row or spread over two. None where the needed ones are not found."""
    best: Header | None = None
    for start in range(min(6, len(rows))):
        for depth in (1, 2):
            block = rows[start : start + depth]
            columns: dict[str, int] = {}
            headings: list[str] = []
            for place in range(max(len(cells) for _line, cells in block)):
                texts = [cells[place] for _line, cells in block if place < len(cells)]
                names = [name for name in map(field_of, texts) if name]
                headings.append(str(next((t for t in reversed(texts) if t), "") or ""))
                if names and names[-1] not in columns:
                    columns[names[-1]] = place
            if all(name in columns for name in NEEDED) and (best is None or len(columns) > len(best.columns)):
                best = Header(columns=columns, last_line=block[-1][0], headings=headings)
    return best


def entries(rows: list[tuple[int, list[Cell]]], header: Header, today: date) -> list[Entry]:
    """Return the data rows as understood. Sample rows (示例) are left out."""
    found = []
    for line, cells in rows:
        if line <= header.last_line:
            continue
        values = {name: cells[place] if place < len(cells) else None for name, place in header.columns.items()}
        if any(isinstance(cell, str) and cell.strip().startswith(SAMPLE) for cell in cells[:3]):
            continue
        found.append(_entry(line, cells, values, today))
    return found


def _entry(line: int, cells: list[Cell], values: dict[str, Cell], today: date) -> Entry:
    reasons: list[str] = []
    if any(is_formula(value) for value in values.values()):
        reasons.append("formula")
    name = tidy_name(values.get("name"))
    number = compact(values.get("staff_number"))
    if not name:
        reasons.append("name_missing")
    elif len(name) > 60 or any(unicodedata.category(c) in {"Cc", "Cs"} or c.isdigit() for c in name):
        reasons.append("name_bad")
    elif any(unicodedata.category(c) == "Co" for c in name):
        reasons.append("name_private_character")
    if not number:
        reasons.append("staff_number_missing")
    elif not re.fullmatch(r"[0-9A-Za-z-]{1,20}", number):
        reasons.append("staff_number_bad")
    identity, reason = identity_of(values.get("identity_number"))
    reasons += [reason] if reason else []
    code, unit, post = compact(values.get("unit_code")).lower(), spaced(values.get("unit")), spaced(values.get("post"))
    if not code and not unit:
        reasons.append("unit_missing")
    if not post:
        reasons.append("post_missing")
    rank_text = compact(values.get("rank"))
    rank = RANKS.get(rank_text.lower(), "")
    if rank_text and not rank:
        reasons.append("rank_unknown")
    day, reason = day_of(values.get("from_day"), today)
    reasons += [reason] if reason else []
    return Entry(
        line=line, cells=[shown(cell) for cell in cells], name=name, staff_number=number, identity_number=identity, unit_code=code, unit=unit,
        post=post, rank=rank, from_day=day, staff_number_was_number=isinstance(values.get("staff_number"), float),
        reasons=["formula"] if "formula" in reasons else reasons,
    )  # fmt: skip


def is_formula(value: Cell) -> bool:
    """A formula is not a value: what it shows depends on the computer that opens it."""
    return isinstance(value, str) and (value.startswith(FORMULA) or value.lstrip().startswith(("=", "+", "-", "@")))


def shown(cell: Cell) -> str:
    """A cell as it goes back to the sender."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return cell.isoformat() if isinstance(cell, date) else cell.removeprefix(FORMULA)


def compact(cell: Cell) -> str:
    """Codes and numbers: half-width, without any space or leading quote."""
    return "".join(unicodedata.normalize("NFKC", shown(cell)).split()).removeprefix("'")


def spaced(cell: Cell) -> str:
    """Names of units and posts: half-width signs, no space at the ends or beside Chinese characters. Compare only what both went through this."""
    text = " ".join(unicodedata.normalize("NFKC", shown(cell)).split())
    return re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", text)


def tidy_name(cell: Cell) -> str:
    """A person's name: characters stay as they are (no compatibility folding), spaces between Chinese characters go."""
    text = " ".join(shown(cell).replace("\u3000", " ").replace("\ufeff", "").split())
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", text)


def identity_of(cell: Cell) -> tuple[str, str]:
    """Return ``(number, "")`` or ``("", reason)``. A number cell is always an error: Excel keeps 15 digits, the rest is lost."""
    if isinstance(cell, float) or (isinstance(cell, str) and _EXPONENT.fullmatch(compact(cell))):
        return "", "identity_as_number"
    text = compact(cell)
    if not text:
        return "", ""
    try:
        return normal(text), ""
    except BadIdentityNumber as bad:
        return "", f"identity_{bad.reason}"


def day_of(cell: Cell, today: date) -> tuple[date | None, str]:
    """Return ``(day, "")`` or ``(None, reason)``. Understands dates, serial numbers, 20260301 and the usual ways of writing."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None, "date_missing"
    day: date | None = None
    try:
        if isinstance(cell, date):
            day = cell
        else:
            text = compact(cell) if isinstance(cell, float) else unicodedata.normalize("NFKC", str(cell)).strip()
            if re.fullmatch(r"\d{8}", text):
                day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
            elif re.fullmatch(r"\d{5}", text):
                day = EXCEL_EPOCH + timedelta(days=int(text))
            elif match := _DATE.fullmatch(text):
                day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None, "date_bad"
    if day is None or not EARLIEST <= day <= today + FUTURE:
        return None, "date_bad"
    return day, ""


def duplicates(rows: list[Entry]) -> dict[int, list[int]]:
    """Return, for each line that repeats a staff number or identity number, the other lines with it.

    Rows alike in every field: the first one counts, the later are repeats. Rows that differ: nobody knows which is right, all are named.
    """
    found: dict[int, set[int]] = {}
    for attribute in ("staff_number", "identity_number"):
        groups: dict[str, list[Entry]] = {}
        for row in rows:
            if key := getattr(row, attribute):
                groups.setdefault(key, []).append(row)
        for group in groups.values():
            if len(group) > 1:
                alike = len({_content(row) for row in group}) == 1
                for row in group[1:] if alike else group:
                    found.setdefault(row.line, set()).update(other.line for other in group if other.line != row.line)
    return {line: sorted(others) for line, others in found.items()}


def _content(row: Entry) -> tuple[object, ...]:
    return (row.name, row.staff_number, row.identity_number, row.unit_code, row.unit, row.post, row.rank, row.from_day)
