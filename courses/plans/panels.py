"""What learning shows on the home page: what is due in one sentence, where to go on, the hours ring, the path."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import pi
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from courses.hours.querysets import Standing
from courses.plans.rendering import learning_of
from lms.people.models import Person
from lms.web.todo import todos

RADIUS = 90
AROUND = 2 * pi * RADIUS
TODO_ROWS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """Lengths on the ring's circumference, and the angle of the mark "due by today". More than is needed fills the ring and no more."""

    required: float
    other: float
    around: float
    angle: float


def ring(*, needed: Decimal, done: Decimal, required: Decimal, due: Decimal) -> Ring:
    """Return the arcs for ``done`` hours out of ``needed``, of which ``required`` lie in the person's own tiers."""
    if needed <= 0:
        return Ring(required=AROUND, other=0, around=AROUND, angle=0)
    full = min(max(done, Decimal(0)), needed)
    own = min(max(required, Decimal(0)), full)
    scale = AROUND / float(needed)
    return Ring(
        required=round(float(own) * scale, 1), other=round(float(full - own) * scale, 1), around=round(AROUND, 1),
        angle=round(360 * float(min(due, needed) / needed), 1),
    )  # fmt: skip


def due_sentence(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """What is due within a week, and the hours a week that the year's requirement still takes; no pace for requirements of several years."""
    now = timezone.now()
    rows = _todos(request, now)
    learning = learning_of(request)
    week = [row for row in rows if row.due is not None and (row.due - now).days < 7]
    missing = learning.standing.deciding.missing if learning else None
    weeks = max(1, (timezone.localdate(now).replace(month=12, day=31) - timezone.localdate(now)).days // 7)
    pace = (missing / weeks).quantize(Decimal("0.1")) if missing and learning and learning.standing.deciding.years == 1 else None
    return {"week": len(week), "missing": missing, "pace": pace, "year": timezone.localdate(now).year}


def _todos(request: HttpRequest, now: datetime) -> list[Any]:
    if not hasattr(request, "_todos"):
        request._todos = todos(request.user, now)  # type: ignore[attr-defined, arg-type]
    return request._todos  # type: ignore[attr-defined]


def resume_and_todo(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """The lesson to go on with and the first rows of what is to be done."""
    learning = learning_of(request)
    rows = _todos(request, timezone.now())
    found = learning.resume() if learning else None
    context: dict[str, Any] = {"todos": rows[:TODO_ROWS], "more": max(0, len(rows) - TODO_ROWS), "stop": None}
    if learning and found:
        stop, lesson, position = found
        ticks = [learning.where.get(other.pk) for other in stop.topic.lessons]
        states = ["ok" if at and at.finished else "now" if other.pk == lesson.pk else "" for at, other in zip(ticks, stop.topic.lessons, strict=True)]
        context |= {"stop": stop, "lesson": lesson, "position": position, "ticks": states, "seen": learning.where.get(lesson.pk)}
    return context


def hours_ring(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """The year's hours as a ring; None before the figures of policy are set."""
    learning = learning_of(request)
    if learning is None:
        return None
    standing: Standing = learning.standing
    line = standing.deciding
    arcs = ring(needed=line.needed, done=line.done, required=standing.totals.required, due=standing.due_by_now)
    return {"standing": standing, "line": line, "ring": arcs, "online": standing.lines[1]}


def path(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """The three tiers with their topics; None before the figures of policy are set."""
    learning = learning_of(request)
    return {"lanes": learning.lanes} if learning else None
