"""What people have read: progress in the shipped lessons, and the hours each finished lesson earned."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from content.curricula.models import TierPage, TopicPage
from content.lessons.models import LessonPage
from courses.hours.crediting import Scale, hours_for_minutes
from courses.hours.models import HoursEntry, HoursKind
from courses.progress.checking import accepted_answers
from courses.progress.models import LessonProgress, SelfCheckAnswer
from exams.demo.days import dice, moment
from exams.demo.people import Staff
from exams.demo.posts import POSTS
from exams.demo.seats import ACCOUNTS
from lms.people.models import Person
from lms.people.states import Tier
from lms.policy.defaults import SINCE
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook

TIER_OF = {code: tier for code, _name, _en, tier in POSTS}
FIGURES = {"full": Key.MINUTES_FULL_HOUR, "half": Key.MINUTES_HALF_HOUR, "short": Key.HOURS_SHORT_LESSON}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    page: LessonPage
    topic: TopicPage
    tier: str


def lessons() -> dict[str, list[Lesson]]:
    """Return the lessons of each tier in their order (three queries)."""
    tiers = {page.path: page.tier for page in TierPage.objects.all()}
    topics = {page.path: page for page in TopicPage.objects.all()}
    found: dict[str, list[Lesson]] = defaultdict(list)
    for page in LessonPage.objects.order_by("path"):
        topic = topics.get(page.path[: -LessonPage.steplen])
        if topic is not None:
            tier = tiers.get(topic.path[: -TopicPage.steplen], "")
            found[tier].append(Lesson(page=page, topic=topic, tier=tier))
    return found


def lay_learning(staff: Staff, today: date) -> list[HoursEntry]:
    """Insert progress and self-check answers; returns the hours earned by lessons, not yet inserted."""
    by_tier, book = lessons(), PolicyBook()
    progress: list[LessonProgress] = []
    entries: list[HoursEntry] = []

    def read(person: Person, lesson: Lesson, day: date, *, finished: bool = True, position: int = 0) -> None:
        opened = moment(day, 15, int(person.staff_number) % 50)
        ended = opened + timedelta(minutes=lesson.page.minutes)
        progress.append(
            LessonProgress(
                person=person, lesson=lesson.page, opened_at=opened, seen_at=ended, position=position, finished_at=ended if finished else None
            )  # fmt: skip
        )
        if finished:
            entries.append(_entry(person, lesson, day, book))

    for person, seat in staff.seats:
        own = by_tier.get(TIER_OF[seat.post].value, [])
        if person.staff_number == ACCOUNTS["learner"]:
            continue
        chance = dice(f"learning:{person.staff_number}")
        first = max(person.joined_on, date(today.year - 1, 3, 1))
        span = max((today - first).days - 1, 1)
        count = min(int(len(own) * chance.triangular(0, 1.1, 0.6)), len(own))
        days = sorted(first + timedelta(days=chance.randrange(span)) for _ in range(count))
        for lesson, day in zip(own, days, strict=False):
            read(person, lesson, day)
        if count < len(own) and days and chance.random() < 0.4:
            read(person, own[count], days[-1], finished=False, position=chance.randint(1, 6))
    learner = staff.numbered(ACCOUNTS["learner"])
    finished = _learner(by_tier)
    step = max((today - date(today.year, 1, 1)).days - 3, 1) / max(len(finished), 1)
    answers: list[SelfCheckAnswer] = []
    for count, lesson in enumerate(finished):
        day = date(today.year, 1, 1) + timedelta(days=int(count * step))
        read(learner, lesson, day)
        answers += _answers(learner, lesson, day)
    for lesson in by_tier.get(Tier.CIVIL_SERVANTS.value, []):
        if lesson.topic.key == "civil-servants-03" and lesson not in finished:
            read(learner, lesson, today - timedelta(days=1), finished=False, position=4)
            break
    LessonProgress.objects.bulk_create(progress, batch_size=500)
    SelfCheckAnswer.objects.bulk_create(answers)
    return entries


def _learner(by_tier: dict[str, list[Lesson]]) -> list[Lesson]:
    """What the learner of the demo has finished: two topics of her own path, a beginning in two more, one technical topic."""
    own, technical = by_tier.get(Tier.CIVIL_SERVANTS.value, []), by_tier.get(Tier.TECHNICAL.value, [])
    first: dict[str, Lesson] = {}
    for lesson in own:
        first.setdefault(lesson.topic.key, lesson)
    whole = [lesson for lesson in own if lesson.topic.key in {"civil-servants-01", "civil-servants-02"}]
    begun = [lesson for key, lesson in first.items() if key in {"civil-servants-03", "civil-servants-04"}]
    return whole + [lesson for lesson in technical if lesson.topic.key == "technical-03"] + begun


def _entry(person: Person, lesson: Lesson, day: date, book: PolicyBook) -> HoursEntry:
    figures = {name: book(key, max(day, SINCE)) for name, key in FIGURES.items()}
    earned = hours_for_minutes(lesson.page.minutes, Scale(**{name: figure.value for name, figure in figures.items()}))
    return HoursEntry(
        person=person, kind=HoursKind.SELF_STUDY, tier=lesson.tier, professional=lesson.tier == Tier.TECHNICAL, hours=Decimal(earned.hours),
        earned_on=day, title=f"{lesson.topic.title} · {lesson.page.title}"[:120], evidence=f"lesson:{lesson.page.pk}",
        policy_id=figures[earned.decided_by].id, recorded_at=moment(day, 17),
    )  # fmt: skip


def _answers(person: Person, lesson: Lesson, day: date) -> list[SelfCheckAnswer]:
    """Right answers to the self-checks of a finished lesson: without them it could not have been finished."""
    rows = []
    for block in lesson.page.body:
        if block.block_type != "self_check":
            continue
        if block.value["kind"] == "fill_in":
            given = [variants[0] for variants in accepted_answers(block.value["accepted"])]
        else:
            given = [str(index) for index, option in enumerate(block.value["options"]) if option["correct"]]
        rows.append(SelfCheckAnswer(person=person, lesson=lesson.page, block=block.id, given=given, right=True, at=moment(day, 15, 1)))
    return rows
