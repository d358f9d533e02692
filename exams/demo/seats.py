"""Which posts there are to fill in which unit, and who is known by name."""

from collections.abc import Iterator
from dataclasses import dataclass

from exams.demo.places import DEPARTMENTS, ROOT, TOWNSHIPS, village_codes

PEOPLE = 600
RETIRED = 14

# Staff numbers of the demo sign-ins, by role; `learner` has no grant.
ACCOUNTS = {
    "learner": "004217",
    "trainer": "100001",
    "hr": "100002",
    "centre": "100003",
    "unit_admin": "100004",
    "head": "100005",
    "invigilator": "100006",
    "auditor": "100007",
    "sysadmin": "100008",
}

# (unit, post) → (staff number, name); taken by the first seat that fits.
KNOWN = {
    ("renshe", "anquan"): ("004217", "王慧敏"),
    ("xinxi", "wenshu"): ("100001", "李文静"),
    ("renshe", "kezhang"): ("100002", "张国强"),
    ("xinxi", "juzhang"): ("100003", "陈立群"),
    ("caizheng", "wenshu"): ("100004", "吴晓燕"),
    ("caizheng", "juzhang"): ("100005", "何建华"),
    ("xinxi", "keyuan"): ("100006", "徐敏"),
    ("zhengban", "kezhang"): ("100007", "郑直"),
    ("xinxi", "zhuguan"): ("100008", "冯宇"),
    ("longkou", "anquan"): ("005118", "陈志远"),
    ("weijian", "anquan"): ("003907", "刘慧"),
    ("nongye", "wangluo"): ("002261", "周建国"),
    ("quyang", "anquan"): ("005240", "何敏"),
    ("jiaoyu", "shujuku"): ("003316", "郭小川"),
    ("caizheng", "anquan"): ("001874", "林芳"),
    ("gaochuan", "anquan"): ("004902", "邓长春"),
    ("gongan", "anquan"): ("002048", "赵立新"),
    ("weiban", "wangluo"): ("001102", "胡雪"),
    ("zhengban", "anquan"): ("001233", "马骏"),
    ("liping", "anquan"): ("004655", "吴桂英"),
    ("gongan", "shujuku"): ("002051", "孙浩"),
    ("zhengban", "wangluo"): ("001240", "杨帆"),
}
# These security officers are officers first: the technical post is a second one.
SECOND_HAT = {"renshe", "minzheng", "sifa", "shangwu", "wenlv", "dongtang", "nankeng", "yanghu"}
NETWORK = {"weiban", "zhengban", "gongan", "jiaoyu", "weijian", "caizheng", "nongye", "renshe", "zhujian", "ziran"}
DATABASE = {"gongan", "jiaoyu", "caizheng", "renshe", "weijian"}
DIVISION = {"weiban", "zuzhi", "xuanchuan", "gongan"}  # led by members of the county's leadership


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One place to fill: the main post, a second one perhaps."""

    unit: str
    post: str
    second: str = ""
    division: bool = False


def seats() -> list[Seat]:
    """Return the seats of everybody in office, leaders first within a unit; officers fill up to the number of people."""
    rows = [Seat(unit=ROOT, post="xianling", division=True) for _ in range(6)]
    for code, *_names in DEPARTMENTS:
        rows += _department(code)
    for code, *_names in TOWNSHIPS:
        rows += _township(code)
    villages = [village for code, *_names in TOWNSHIPS for village in village_codes(code)]
    rows += [Seat(unit=village, post="cunxinxi") for n, village in enumerate(villages) if n % 11 != 7]
    missing = PEOPLE - RETIRED - len(rows)
    rows += [Seat(unit=DEPARTMENTS[n % len(DEPARTMENTS)][0], post="keyuan") for n in range(missing)]
    return rows


def _department(code: str) -> Iterator[Seat]:
    yield Seat(unit=code, post="juzhang", division=code in DIVISION)
    yield Seat(unit=code, post="fenguan")
    yield from (Seat(unit=code, post="kezhang") for _ in range(2))
    yield Seat(unit=code, post="wenshu", second="xinxiguanli")
    yield Seat(unit=code, post="keyuan", second="anquan") if code in SECOND_HAT else Seat(unit=code, post="anquan")
    if code in NETWORK:
        yield Seat(unit=code, post="wangluo")
    if code in DATABASE:
        yield Seat(unit=code, post="shujuku")
    if code == "xinxi":
        yield Seat(unit=code, post="zhuguan")
        yield from (Seat(unit=code, post=post) for post in ("wangluo", "wangluo", "shujuku", "shujuku", "anquan"))
    yield from (Seat(unit=code, post="keyuan") for _ in range(4))


def _township(code: str) -> Iterator[Seat]:
    yield Seat(unit=code, post="xiangzhang")
    yield Seat(unit=code, post="fenguan")
    yield Seat(unit=code, post="kezhang")
    yield Seat(unit=code, post="wenshu", second="xinxiguanli")
    yield Seat(unit=code, post="keyuan", second="anquan") if code in SECOND_HAT else Seat(unit=code, post="anquan")
    if code not in {"quyang", "meiling", "yunmen"}:
        yield Seat(unit=code, post="xiangjishu")
    yield from (Seat(unit=code, post="keyuan") for _ in range(4))
