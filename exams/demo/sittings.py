"""Which exams were held, are open and are planned, and who sat them with what success."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from content.curricula.models import TopicPage
from exams.bank.states import Pool
from exams.certificates.models import CertificateType
from exams.demo.days import dice, moment, month
from exams.demo.people import Staff
from exams.demo.rooms import CENTRE, ROOMS, lay_forms
from exams.demo.seats import ACCOUNTS
from exams.papers.models import Blueprint, BlueprintRow
from exams.sittings.models import Candidate, Sitting
from exams.sittings.states import Review
from lms.people.models import Person, Unit
from lms.policy.defaults import SINCE
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook

# Title and rows: (tier or topic key, kind, questions, points each). Each paper has 100 points, those of the qualifying examinations 50 questions.
BLUEPRINTS = {
    "SEC": (
        "信息安全员资格考试",
        [("technical", "single", 16, 2), ("leaders-05", "single", 3, 2), ("leaders-11", "single", 3, 2)]
        + [("technical", "multiple", 10, 3), ("technical", "true_false", 10, 1), ("technical", "fill_in", 8, 2)],
    ),
    "NET": (
        "网络管理员资格考试",
        [("technical", "single", 22, 2), ("technical", "multiple", 10, 3), ("technical", "true_false", 10, 1), ("technical", "fill_in", 8, 2)],
    ),
    "DBA": (
        "数据库管理员资格考试",
        [("technical-06", "single", 5, 2), ("technical", "single", 17, 2), ("technical", "multiple", 10, 3)]
        + [("technical", "true_false", 10, 1), ("technical", "fill_in", 8, 2)],
    ),
    "LDR": (
        "信息安全第一责任人考核",
        [("leaders", "single", 22, 2), ("leaders", "multiple", 10, 3), ("leaders", "true_false", 10, 1), ("leaders", "fill_in", 8, 2)],
    ),
    "EGOV": (
        "公务员电子政务结业考试",
        [("civil-servants", "single", 22, 2), ("civil-servants", "multiple", 6, 3), ("leaders", "multiple", 4, 3)]
        + [
            ("civil-servants", "true_false", 6, 1),
            ("leaders", "true_false", 4, 1),
            ("civil-servants", "fill_in", 6, 2),
            ("leaders", "fill_in", 2, 2),
        ],
    ),
    "SKILL": (
        "信息技术岗位能力测评",
        [("technical", "single", 10, 2), ("technical", "numeric", 1, 4), ("technical", "matching", 1, 8), ("technical", "ordering", 1, 6)]
        + [("technical", "cloze", 1, 6), ("technical", "case", 1, 16), ("technical", "typing", 1, 20), ("technical-05", "station", 1, 20)],
    ),
    "DUTY": (
        "网络安全责任论述考核",
        [("technical", "single", 10, 2), ("technical", "multiple", 5, 2)]
        + [("technical", "short", 1, 20), ("technical", "essay", 1, 30), ("technical", "upload", 1, 20)],
    ),
    "PRACTICE": (
        "信息技术岗位日常练习",
        [("technical", "single", 10, 5), ("technical", "true_false", 4, 5), ("technical", "numeric", 1, 5), ("technical", "matching", 1, 8)]
        + [("technical", "ordering", 1, 7), ("technical", "typing", 1, 10)],
    ),
}
TITLES = {
    "SEC": "信息安全员资格考试", "NET": "网络管理员资格考试", "DBA": "数据库管理员资格考试",
    "LDR": "信息安全第一责任人考核", "EGOV": "电子政务培训结业考试", "SKILL": "信息技术岗位能力测评", "DUTY": "网络安全责任论述考核",
    "PRACTICE": "信息技术岗位日常练习",
}  # fmt: skip
TECHNICAL = ("zhuguan", "anquan", "wangluo", "shujuku", "xiangjishu")


@dataclass(slots=True, kw_only=True)
class Plan:
    """A sitting to lay. ``scores`` says who sat it with how many points of 100; the others only stand on the list.

    ``written`` are those whose papers wait for markers (`exams.demo.handwork`). On ``paper`` it is sat from parallel forms instead of a blueprint.
    """

    kind: str
    opens: datetime
    closes: datetime
    title: str
    released: date | None
    duration: int = 90
    auto_release: bool = False
    place: str = "县信息中心三楼机房"
    practice: bool = False
    paper: bool = False
    scores: dict[int, int] = field(default_factory=dict)
    admitted: list[Person] = field(default_factory=list)
    written: list[Person] = field(default_factory=list)
    sitting: Sitting | None = None
    candidates: dict[int, Candidate] = field(default_factory=dict)


def held(kind: str, day: date, release: date | None, name: str = "") -> Plan:
    title = f"{day.year}年{TITLES[kind]}{name}"
    return Plan(kind=kind, opens=moment(day, 9), closes=moment(day, 11, 30), title=title, released=release)


def plans(today: date) -> dict[str, Plan]:
    """Return every sitting by a short name, oldest first; `a` to `d` are those of security officers."""
    week = timedelta(days=7)
    rows = {
        "a": held("SEC", month(today, -37, 12), month(today, -37, 16)),
        "n1": held("NET", month(today, -37, 19), month(today, -37, 23)),
        "d1": held("DBA", month(today, -35, 8), month(today, -35, 11)),
        "a2": held("SEC", month(today, -35, 27), month(today, -34, 1), "（补考）"),
        "b": held("SEC", month(today, -32, 27), month(today, -31, 1), "（第一次）"),
        "l1": held("LDR", month(today, -30, 15), month(today, -30, 20)),
        "e0": held("EGOV", month(today, -24, 14), month(today, -24, 18)),
        "c": held("SEC", month(today, -20, 24), month(today, -20, 28)),
        "n2": held("NET", month(today, -19, 9), month(today, -19, 13)),
        "d2": held("DBA", month(today, -17, 10), month(today, -17, 15)),
        "l2": held("LDR", month(today, -13, 16), month(today, -13, 20)),
        "e1": held("EGOV", month(today, -12, 13), month(today, -12, 17)),
        "d": held("SEC", month(today, -8, 18), month(today, -8, 22), "（第一次）"),
        "e2": held("EGOV", month(today, -6, 15), month(today, -6, 19), "（上半年）"),
        "waiting": held("NET", today - timedelta(days=3), None),
        "open": Plan(
            kind="SEC", opens=moment(today - timedelta(days=1), 8, 30), closes=moment(today + timedelta(days=30), 17), duration=60,
            title=f"{today.year}年{TITLES['SEC']}", released=today - timedelta(days=1), auto_release=True, place="各单位在线考试",
        ),
        "planned": Plan(
            kind="EGOV", opens=moment(today + 3 * week, 9), closes=moment(today + 3 * week, 11, 30), released=None,
            title=f"{(today + 3 * week).year}年{TITLES['EGOV']}（年终）",
        ),
        "duty": held("DUTY", today - timedelta(days=5), None),
        "skill": Plan(
            kind="SKILL", opens=moment(today - timedelta(days=2), 8, 30), closes=moment(today + timedelta(days=5), 18), duration=90,
            title=f"{today.year}年{TITLES['SKILL']}", released=None, place=f"{CENTRE} {'、'.join(name for name, _blocked in ROOMS)}",
        ),
        "practice": Plan(
            kind="PRACTICE", opens=moment(today - timedelta(days=20), 8), closes=moment(today + timedelta(days=70), 22), duration=40,
            title=TITLES["PRACTICE"], released=None, place="任何一台电脑", practice=True,
        ),
        "paper": Plan(
            kind="LDR", opens=moment(today + timedelta(days=10), 9), closes=moment(today + timedelta(days=10), 11, 30), duration=120,
            title=f"{(today + timedelta(days=10)).year}年{TITLES['LDR']}（纸笔，A、B 卷）", released=None, place="县政府第一会议室", paper=True,
        ),
    }  # fmt: skip
    return rows


def _scores(people: Iterable[Person], plan: Plan, low: int, high: int) -> None:
    chance = dice(plan.title + str(low))
    plan.scores.update({person.pk: chance.randint(low, high) for person in people})


def cast(rows: dict[str, Plan], staff: Staff) -> None:
    """Decide who sat what: most holders of a post hold its certificate, some let it lapse, some are about to, some never had one."""
    chance = dice("cast")
    fates = {
        "anquan": ["a d", "b", "c", "c", "d", "-d", "b", "a2", "d", "a"],
        "wangluo": ["n2", "n2", "n1", "n2", "-n2", "n2", "n2"],
        "xiangjishu": ["n2", "n2", "n2", "-n2"],
        "shujuku": ["d2", "d2", "d1", "d2", "-d2"],
        "fenguan": ["l1", "l2", "l2", "-l2", "l1", "l2"],
    }
    known = {
        "004217": ("b", 88), "003907": ("a", 71), "001874": ("a2", 81), "004902": ("a2", 79), "002048": ("c", 93), "001233": ("c", 86),
        "004655": ("c", 84), "002261": ("n1", 74), "001102": ("n2", 90), "001240": ("n2", 77), "003316": ("d1", 76), "002051": ("d2", 91),
    }  # fmt: skip
    never = {"005118", "005240"}
    for post, cycle in fates.items():
        holders = [person for person, seat in staff.holding(post) if person.staff_number not in never]
        for index, person in enumerate(holders):
            if person.staff_number in known:
                name, score = known[person.staff_number]
                rows[name].scores[person.pk] = score
                continue
            for name in cycle[index % len(cycle)].split():
                low, high = (39, 57) if name.startswith("-") else (63, 95)
                rows[name.lstrip("-")].scores[person.pk] = chance.randint(low, high)
    rows["d"].scores[staff.numbered("003907").pk] = 58
    learners = [person for person, seat in staff.seats if seat.post in {"keyuan", "kezhang", "wenshu", "cunxinxi"}]
    learners.remove(staff.numbered(ACCOUNTS["learner"]))  # the certificate is still before her
    for name, count in (("e0", 60), ("e1", 150), ("e2", 110)):
        sat = chance.sample([p for p in learners if p.joined_on < rows[name].opens.date()], count)
        _scores(sat[: count * 9 // 10], rows[name], 61, 97)
        _scores(sat[count * 9 // 10 :], rows[name], 36, 58)
    technicians = [person for person, seat in staff.seats if seat.post in {"xiangjishu", "wangluo"}]
    _scores(chance.sample(technicians, 14), rows["waiting"], 48, 92)
    officers = [person for person, seat in staff.seats if seat.post == "keyuan" and not seat.second]
    early = chance.sample([p for p in officers if not p.has_usable_password()], 12)
    _scores(early[:10], rows["open"], 62, 94)
    _scores(early[10:], rows["open"], 44, 57)
    technical = [person for post in TECHNICAL for person, _seat in staff.holding(post)]
    rows["skill"].admitted = rows["practice"].admitted = technical
    rows["skill"].written = [person for person in technical if not person.has_usable_password() and person.staff_number not in never][::5]
    rows["duty"].written = [person for person, _seat in staff.holding("anquan") if not person.has_usable_password()][::2]
    rows["duty"].admitted = [*rows["duty"].written, *(person for person, _seat in staff.holding("shujuku"))]
    rows["paper"].admitted = [person for person, _seat in staff.holding("fenguan")]
    rows["open"].admitted = [person for person, _seat in staff.seats]
    rows["planned"].admitted = chance.sample(learners, 200)


def lay_sittings(
    rows: dict[str, Plan], staff: Staff, units: dict[str, Unit], types: dict[str, CertificateType], today: date
) -> tuple[list[int], list[int]]:
    """Insert blueprints, papers in forms, sittings and candidates; returns the keys of the blueprints and of the papers."""
    blueprints = _lay_blueprints()
    forms = lay_forms("第一责任人考核纸笔试卷", blueprints["LDR"], staff.numbered(ACCOUNTS["trainer"]), today)
    book, people = PolicyBook(), {person.pk: person for person in staff.everybody}
    for plan in rows.values():
        figure = book(Key.PASS_MARK, max(plan.opens.date(), SINCE), units["xinxi"].path)
        plan.sitting = Sitting(
            title=plan.title, blueprint=None if plan.paper else blueprints[plan.kind], paper_set=forms if plan.paper else None,
            certificate_type=types.get(plan.kind), opens_at=plan.opens, closes_at=plan.closes, practice=plan.practice,
            unit=units["renshe" if plan.kind in {"LDR", "EGOV"} else "xinxi"], duration=plan.duration, attempts_allowed=int(not plan.practice),
            review=Review.AT_ONCE if plan.practice else Review.AFTER_RELEASE,
            pass_percent=figure.value, pass_policy_id=figure.id, auto_release=plan.auto_release, place=plan.place,
        )  # fmt: skip
    Sitting.objects.bulk_create([plan.sitting for plan in rows.values() if plan.sitting])
    for plan in rows.values():
        listed = {person.pk: person for person in [*plan.admitted, *plan.written]} | {pk: people[pk] for pk in plan.scores}
        ordered = sorted(listed.values(), key=lambda person: person.staff_number)
        day = f"{plan.opens:%Y%m%d}"
        plan.candidates = {
            person.pk: Candidate(sitting=plan.sitting, person=person, number=f"{day}-{n:04d}") for n, person in enumerate(ordered, start=1)
        }
    Candidate.objects.bulk_create([candidate for plan in rows.values() for candidate in plan.candidates.values()], batch_size=500)
    return [blueprint.pk for blueprint in blueprints.values()], [forms.pk]


def _lay_blueprints() -> dict[str, Blueprint]:
    topics = {topic.key: topic for topic in TopicPage.objects.all()}
    made = {kind: Blueprint(title=title, pool=Pool.PRACTICE if kind == "PRACTICE" else Pool.SEALED) for kind, (title, _rows) in BLUEPRINTS.items()}
    Blueprint.objects.bulk_create(made.values())
    BlueprintRow.objects.bulk_create(
        BlueprintRow(
            blueprint=made[kind], order=order, topic=topics.get(where), tier="" if where in topics else where,
            kind=asked, count=count, points=Decimal(points),
        )
        for kind, (_title, rows) in BLUEPRINTS.items()
        for order, (where, asked, count, points) in enumerate(rows, start=1)
    )  # fmt: skip
    return made
