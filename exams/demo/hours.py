"""Hours beyond the shipped lessons: the province's platform, lectures, forums, classes; two past years and this one."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from courses.hours.models import HoursEntry, HoursKind
from exams.demo.days import dice, moment, weekday
from exams.demo.learning import TIER_OF, lay_learning
from exams.demo.people import Staff
from exams.demo.seats import ACCOUNTS
from lms.people.models import Person
from lms.people.states import Rank, Tier
from lms.policy.defaults import SINCE
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook

LECTURES = [
    "政务数据共享与电子印章", "个人信息保护法律实务", "电子公文归档要求", "网络安全责任制解读",
    "办公终端安全与钓鱼邮件防范", "政务服务“一网通办”经验", "数据安全分类分级", "人工智能在政务中的应用与边界",
]  # fmt: skip
CLASSES = {
    Tier.LEADERS: (5, 24, "领导干部电子政务专题研讨班"),
    Tier.CIVIL_SERVANTS: (6, 20, "公务员电子政务轮训班"),
    Tier.TECHNICAL: (9, 32, "专业技术人员集中培训"),
}
REQUIRED, OTHER = Decimal(54), [("lecture", "3"), ("lecture", "3"), ("forum", "2"), ("lecture", "3"), ("class", "7.5")]  # the learner's year


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that earns hours on a day. ``likely`` is the share of diligent people who took part."""

    kind: HoursKind
    day: date
    hours: Decimal
    title: str
    evidence: str
    likely: float
    own: bool = False


def events(year: int, tier: Tier, division: bool) -> list[Event]:
    """Return what a person of a tier could take part in during a year."""
    rows = [
        Event(
            kind=HoursKind.SELF_STUDY, day=weekday(date(year, 3 * quarter, 20)), hours=Decimal("13.5"), own=True, likely=1.3,
            title=f"省干部网络学院{year}年第{quarter}季度选学", evidence=f"platform:{year}-Q{quarter}",
        )
        for quarter in (1, 2, 3, 4)
    ]  # fmt: skip
    rows += [
        Event(
            kind=HoursKind.LECTURE, day=weekday(date(year, number + 2, 11)), hours=Decimal(3), likely=0.5,
            title=f"讲座《{title}》", evidence=f"lecture:{year}-{number:02d}",
        )
        for number, title in enumerate(LECTURES, start=1)
    ]  # fmt: skip
    rows += [
        Event(kind=HoursKind.FORUM, day=weekday(date(year, month, 15)), hours=Decimal(2), likely=0.4, title=title, evidence=f"forum:{year}-{month}")
        for month, title in ((4, "政务服务便民化论坛"), (10, "县域数字治理论坛"))
    ]
    month, hours, title = CLASSES[tier]
    rows.append(
        Event(
            kind=HoursKind.CLASS, day=weekday(date(year, month, 22)), hours=Decimal(hours), own=True, likely=0.95,
            title=f"{year}年{title}", evidence=f"class:{year}-{tier}",
        )
    )  # fmt: skip
    if division:
        rows.append(
            Event(
                kind=HoursKind.EXTERNAL, day=date(year, 11, 8), hours=Decimal(16), likely=0.8,
                title=f"{year}年县处级干部进修班（市委党校）", evidence=f"external:{year}-school",
            )
        )  # fmt: skip
    return rows


def lay_hours(staff: Staff, today: date) -> None:
    """Insert the ledger: lessons first, then events, then the entries that take two of them back."""
    entries = lay_learning(staff, today)
    for person, seat in staff.seats:
        entries += _of_person(person, TIER_OF[seat.post], today)
    for person in staff.left:
        entries += _of_person(person, Tier.CIVIL_SERVANTS, today)
    entries += _learner(staff, today, entries)
    HoursEntry.objects.bulk_create(entries, batch_size=500)
    wrong = [entry for entry in entries if entry.kind == HoursKind.LECTURE and entry.earned_on.year == today.year][:400:200]
    HoursEntry.objects.bulk_create(
        HoursEntry(
            person=entry.person, kind=entry.kind, tier=entry.tier, professional=entry.professional, hours=-entry.hours, earned_on=entry.earned_on,
            title="签到核对：本人未到场，予以冲销", evidence=f"reversal:{entry.pk}", policy_id=entry.policy_id, reverses=entry,
            recorded_at=entry.recorded_at + timedelta(days=3),
        )
        for entry in wrong
    )  # fmt: skip


def _of_person(person: Person, tier: Tier, today: date) -> list[HoursEntry]:
    division = person.rank == Rank.DIVISION
    first_year = today.year - (4 if division else 2)
    last = min(today, person.left_on) if person.left_on else today
    chance = dice(f"hours:{person.staff_number}")
    diligence = chance.uniform(1.0, 1.2) if division else chance.triangular(0.72, 1.4, 1.2)
    return [
        _entry(person, event, tier, chance, diligence)
        for year in range(first_year, today.year + 1)
        if not (year == today.year and person.staff_number == ACCOUNTS["learner"])
        for event in events(year, tier, division)
        if person.joined_on <= event.day <= last and chance.random() < event.likely * diligence
    ]


def _entry(person: Person, event: Event, tier: Tier, chance: Random, diligence: float) -> HoursEntry:
    hours = event.hours
    if event.evidence.startswith("platform"):  # as much as they chose to take
        hours = (hours * Decimal(str(round(diligence * chance.uniform(0.85, 1.2), 2))) * 2).quantize(Decimal(1)) / 2
    return HoursEntry(
        person=person, kind=event.kind, tier=tier.value if event.own else "", professional=event.own and tier == Tier.TECHNICAL, hours=hours,
        earned_on=event.day, title=event.title, evidence=event.evidence, recorded_at=moment(event.day + timedelta(days=1), 10),
    )  # fmt: skip


def _learner(staff: Staff, today: date, lessons: list[HoursEntry]) -> list[HoursEntry]:
    """Fill this year of the demo's learner up to 54 hours of her own tiers and 18.5 others, spread over the days gone by."""
    person, start = staff.numbered(ACCOUNTS["learner"]), date(today.year, 1, 1)
    gone = max((today - start).days - 1, 0)
    figure = PolicyBook()(Key.HOURS_TOPIC_TEST, max(today, SINCE))
    rows: list[HoursEntry] = []

    def add(kind: str, hours: Decimal, title: str, evidence: str, share: float, *, own: bool, policy: int | None = None) -> None:
        day = start + timedelta(days=int(gone * share))
        rows.append(
            HoursEntry(
                person=person, kind=kind, hours=hours, earned_on=day, title=title, evidence=evidence, policy_id=policy,
                tier=Tier.CIVIL_SERVANTS.value if own else "", recorded_at=moment(day, 18),
            )
        )  # fmt: skip

    tests = (("01", "电子政务概述"), ("02", "电子政务建设的规划和实施"))
    for topic, title in tests:
        add("topic_test", figure.value, f"专题测试：{title}", f"topic_test:civil-servants-{topic}", 0.3 * int(topic), own=True, policy=figure.id)
    done = sum((entry.hours for entry in [*lessons, *rows] if entry.person is person and entry.earned_on.year == today.year), Decimal(0))
    quarter = ((REQUIRED - done) / 3).quantize(Decimal(1))
    for number, hours in enumerate((quarter, quarter, REQUIRED - done - 2 * quarter), start=1):
        title, evidence = f"省干部网络学院{today.year}年第{number}季度选学", f"platform:{today.year}-Q{number}"
        add("self_study", hours, title, evidence, 0.28 * number, own=True)
    for number, (kind, text) in enumerate(OTHER, start=1):
        title = {"forum": "政务服务便民化论坛", "class": f"{today.year}年信息安全员短训班"}.get(kind, f"讲座《{LECTURES[number]}》")
        add(kind, Decimal(text), title, f"{kind}:{today.year}-{number:02d}", 0.19 * number, own=False)
    return rows
