"""The learning path of one person: three lanes of topics with how far they are. What the home page, the path and topics show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from content.lessons.outline import LessonOutline, TierOutline, TopicOutline, outline
from courses.hours.crediting import Scale
from courses.hours.querysets import Standing, standings
from courses.plans.obligations import DONE, LessonState, TopicState, topic_state
from courses.progress.querysets import Where, progress_of
from lms.people.models import Person
from lms.policy.figures import NoFigure
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook


@dataclass(frozen=True, slots=True)
class Stop:
    topic: TopicOutline
    at: TopicState

    @property
    def css(self) -> str:
        return {"done": "ok", "started": "now"}.get(self.at.state, "")


@dataclass(frozen=True, slots=True)
class Lane:
    """One tier of the path. ``mine`` when the person belongs to it."""

    tier: TierOutline
    mine: bool
    stops: list[Stop]

    @property
    def hours(self) -> Any:
        return sum(stop.at.hours for stop in self.stops)

    @property
    def done(self) -> int:
        return sum(stop.at.state == DONE for stop in self.stops)


@dataclass(frozen=True, slots=True)
class Learning:
    """Everything the learner's screens say about one person on one day; made once a request."""

    lanes: list[Lane]
    where: dict[int, Where]
    standing: Standing

    def resume(self) -> tuple[Stop, LessonOutline, int] | None:
        """The lesson to go on with: the one last seen and unfinished, else the first unfinished of an own topic. With its position."""
        places = {lesson.pk: (stop, lesson) for lane in self.lanes for stop in lane.stops for lesson in stop.topic.lessons}
        begun = [(at.seen_at, pk) for pk, at in self.where.items() if not at.finished and pk in places]
        if begun:
            pk = max(begun)[1]
            return (*places[pk], self.where[pk].position)
        for lane in self.lanes:
            for stop in lane.stops if lane.mine else []:
                for lesson in stop.topic.lessons:
                    if lesson.pk not in self.where:
                        return stop, lesson, 0
        return None

    def open_topics(self) -> list[Stop]:
        """Own topics not yet done, those begun first."""
        stops = [stop for lane in self.lanes if lane.mine for stop in lane.stops if stop.at.state != DONE and stop.at.lessons]
        return sorted(stops, key=lambda stop: stop.at.state != "started")


def learning(person: Person, now: datetime) -> Learning | None:
    """Read curriculum, progress and hours of one person; None where the figures of policy are not set yet. Constant queries."""
    day = timezone.localdate(now)
    book = PolicyBook()
    try:
        scale = Scale(**{name: book(key, day).value for name, key in SCALE.items()})
        standing = standings([person], year=day.year, day=day, book=book)[person.pk]
    except NoFigure:
        return None
    where = progress_of(person)
    lanes = []
    for tier in outline():
        stops = [
            Stop(topic, topic_state(tier=topic.tier, own_tiers=standing.tiers, lessons=_states(topic, where), scale=scale)) for topic in tier.topics
        ]
        lanes.append(Lane(tier=tier, mine=tier.tier in standing.tiers, stops=stops))
    return Learning(lanes=lanes, where=where, standing=standing)


SCALE = {"full": Key.MINUTES_FULL_HOUR, "half": Key.MINUTES_HALF_HOUR, "short": Key.HOURS_SHORT_LESSON}


def _states(topic: TopicOutline, where: dict[int, Where]) -> list[LessonState]:
    return [LessonState(minutes=lesson.minutes, begun=lesson.pk in where, finished=_finished(where.get(lesson.pk))) for lesson in topic.lessons]


def _finished(at: Where | None) -> bool:
    return at is not None and at.finished


def learning_of(request: HttpRequest) -> Learning | None:
    """`learning` of the person signed in, read once a request."""
    if not hasattr(request, "_learning"):
        request._learning = learning(request.user, timezone.now())  # type: ignore[attr-defined, arg-type]
    return request._learning  # type: ignore[attr-defined]
