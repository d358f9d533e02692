"""What waits for markers, as lists: per sitting and question, piece by piece, without names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from exams.bank.kinds.screens import kinds_where, screen_of
from exams.bank.models import QuestionVersion
from exams.marking.handwork import Piece
from exams.marking.querysets import PieceQuerySet
from exams.sittings.models import Sitting
from lms.people.models import Person
from lms.people.scope import reach, within
from lms.people.states import Act
from lms.web.todo import Todo


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One question of one sitting: so many answers in all, so many marked."""

    sitting: Sitting
    version: QuestionVersion
    total: int
    done: int

    @property
    def left(self) -> int:
        return self.total - self.done

    @property
    def label(self) -> str:
        return str(screen_of(self.version.kind).label)


def unwritten() -> list[str]:
    """Kinds whose answers an examiner writes down at a station."""
    return kinds_where(lambda rule: not rule.written)


def pieces_for(viewer: Person, day: date) -> PieceQuerySet:
    """Pieces of sittings in the viewer's reach that a marker judges: stations are judged by their examiners."""
    mine = within(reach(viewer, Act.MARK_ANSWERS, day), "sitting__unit__path")
    return Piece.objects.standing().filter(mine).exclude(version__kind__in=unwritten())


def tasks_for(viewer: Person, day: date, *, everything: bool = False, q: str = "", sitting: int | None = None) -> list[Task]:
    """The questions with something to mark, oldest sitting first; with ``everything`` the finished ones too (three statements)."""
    pieces = pieces_for(viewer, day)
    if q:
        pieces = pieces.filter(Q(sitting__title__icontains=q) | Q(version__stem__icontains=q))
    if sitting is not None:
        pieces = pieces.filter(sitting=sitting)
    counts = pieces.order_by().values("sitting", "version").annotate(total=Count("pk"))
    waiting = {(row["sitting"], row["version"]): row["n"] for row in pieces.waiting().order_by().values("sitting", "version").annotate(n=Count("pk"))}
    rows = [row for row in counts if everything or waiting.get((row["sitting"], row["version"]))]
    sittings = Sitting.objects.select_related("unit").in_bulk({row["sitting"] for row in rows})
    versions = QuestionVersion.objects.in_bulk({row["version"] for row in rows})
    tasks = [
        Task(
            sitting=sittings[row["sitting"]], version=versions[row["version"]], total=row["total"],
            done=row["total"] - waiting.get((row["sitting"], row["version"]), 0),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(tasks, key=lambda task: (task.sitting.closes_at, task.sitting.pk, task.version.pk))


def in_state(pieces: PieceQuerySet, state: str) -> PieceQuerySet:
    """Pieces that wait, or are done, or all; each with its ``mark``."""
    return pieces.waiting() if state == "waiting" else pieces.done() if state == "done" else pieces.with_mark()


def next_after(pieces: PieceQuerySet, number: int) -> int | None:
    """The number of the next piece that waits, from the beginning again after the last."""
    waiting = pieces.waiting().order_by("number").values_list("number", flat=True)
    return waiting.filter(number__gt=number).first() or waiting.exclude(number=number).first()


def station_sittings(viewer: Person, day: date) -> QuerySet[Sitting]:
    """Sittings in reach of examiners whose paper has stations."""
    paths = [*reach(viewer, Act.WATCH_SITTINGS, day), *reach(viewer, Act.MARK_ANSWERS, day)]
    kinds = unwritten()
    with_stations = Q(blueprint__rows__kind__in=kinds) | Q(paper_set__rows__kind__in=kinds)
    found = Sitting.objects.filter(within(paths, "unit__path"), with_stations, cancelled_at=None)
    return found.select_related("unit").distinct().order_by("-opens_at", "-pk")


def marking_due(person: Person, now: datetime) -> Iterable[Todo]:
    """One line a sitting with answers that wait for a marker, for those who may mark (one statement for those who may not: none)."""
    day = now.date()
    if not reach(person, Act.MARK_ANSWERS, day):
        return
    waiting = pieces_for(person, day).waiting().order_by().values("sitting", "sitting__title", "sitting__closes_at").annotate(n=Count("pk"))
    for row in waiting.order_by("sitting__closes_at"):
        yield Todo(
            title=row["sitting__title"], detail=_("%(n)d answers wait for a marker.") % {"n": row["n"]}, due=row["sitting__closes_at"],
            due_label=_("to be marked"), tone="info", address=reverse("marking") + f"?sitting={row['sitting']}", action=_("Mark answers"),
        )  # fmt: skip
