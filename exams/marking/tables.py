"""Results as lists and figures for staff: scoped, filtered, counted."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from exams.marking.models import GradeRun, Release, Result
from exams.sittings.models import Sitting
from lms.exchange.sheets import Column
from lms.people.models import Person
from lms.people.scope import may, reach, within
from lms.people.states import Act

BINS = 10  # columns of the histogram, ten percent each; full marks fall into the last


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Which run of a sitting a viewer sees: the released one, or the open one for those who may release it."""

    run: GradeRun | None
    release: Release | None
    releasable: bool


def sittings_for(viewer: Person, day: date) -> QuerySet[Sitting]:
    """Sittings with a released result of someone in reach, or held by a unit in reach; with how many released results are visible."""
    paths = reach(viewer, Act.SEE_RESULTS, day)
    visible = within(paths, "attempt__candidate__person__home_unit__path")
    counted = Result.objects.released().counting().filter(visible, attempt__candidate__sitting=OuterRef("pk")).order_by()
    grouped = counted.values("attempt__candidate__sitting").annotate(n=Count("pk"), p=Count("pk", filter=Q(passed=True)))
    listed = Sitting.objects.filter(practice=False).annotate(
        visible=Subquery(grouped.values("n")), passed=Subquery(grouped.values("p")), released_at=Max("releases__at")
    )
    return listed.filter(Q(visible__gt=0) | within(paths, "unit__path")).select_related("unit").order_by("-opens_at", "-pk")


def shown_run(sitting: Sitting, viewer: Person, day: date) -> Shown:
    """The run to show; the open one counts as releasable once it has results."""
    release = sitting.releases.select_related("run", "by").order_by("-pk").first()
    if may(viewer, Act.RELEASE_RESULTS, day, sitting.unit):
        run = sitting.grade_runs.open().order_by("-number").first()
        if run is not None and run.results.exists():
            return Shown(run=run, release=release, releasable=True)
    return Shown(run=release.run if release else None, release=release, releasable=False)


def rows_for(run: GradeRun | None, viewer: Person, day: date) -> QuerySet[Result]:
    """Results of a run of people in the viewer's reach, by candidate number; of several attempts the one that counts."""
    rows = Result.objects.filter(run=run).counting() if run else Result.objects.none()
    rows = rows.filter(within(reach(viewer, Act.SEE_RESULTS, day), "attempt__candidate__person__home_unit__path"))
    return rows.select_related("attempt__candidate__person__home_unit", "attempt__hand_in").order_by("attempt__candidate__number", "attempt__number")


def filtered(rows: QuerySet[Result], given: dict[str, str]) -> QuerySet[Result]:
    """Apply the filters of the address: ``q`` name or staff number, ``unit`` code, ``outcome`` passed or failed, ``level``."""
    if given.get("q"):
        q = given["q"].strip()
        rows = rows.filter(Q(attempt__candidate__person__name__icontains=q) | Q(attempt__candidate__person__staff_number__icontains=q))
    if given.get("unit"):
        rows = rows.filter(attempt__candidate__person__home_unit__code=given["unit"])
    if given.get("outcome") in {"passed", "failed"}:
        rows = rows.filter(passed=given["outcome"] == "passed")
    if given.get("level"):
        rows = rows.filter(level=given["level"])
    return rows


def histogram(scores: list[tuple[Decimal, Decimal]], pass_percent: Decimal) -> dict[str, Any]:
    """Bars of a drawing 600 × 200: how many scored 0–9 %, 10–19 %, …, 90–100 %; and where the pass line stands."""
    counts = [0] * BINS
    for score, full in scores:
        counts[min(BINS - 1, int(score * BINS / full)) if full else 0] += 1
    top = max(counts, default=0) or 1
    bars = [
        {
            "x": 10 + 58 * i, "y": 160 - 130 * n // top, "height": 130 * n // top, "n": n, "from": i * 10, "to": 100 if i == BINS - 1 else i * 10 + 9,
            "middle": 10 + 58 * i + 25, "label": 154 - 130 * n // top,
        }
        for i, n in enumerate(counts)
    ]  # fmt: skip
    return {"bars": bars, "pass_x": round(6 + float(pass_percent) * 5.8, 1), "counts": counts}


def columns() -> list[Column]:
    """Return the columns of the list of results, as exported."""
    texts = [
        ("number", _("Candidate number")), ("staff", _("Staff number")), ("name", _("Full name")), ("unit", _("Unit")), ("handed", _("Handed in")),
    ]  # fmt: skip
    numbers = [("score", _("Score")), ("full", _("Full marks")), ("knowledge", _("Knowledge")), ("operation", _("Operation"))]
    last = [("level", _("Operating level")), ("outcome", _("Outcome")), ("receipt", _("Receipt code"))]
    return [
        *(Column(key=key, heading=heading, text=key in {"number", "staff"}, kind="date" if key == "handed" else "text") for key, heading in texts),
        *(Column(key=key, heading=heading, kind="number") for key, heading in numbers),
        *(Column(key=key, heading=heading) for key, heading in last),
    ]


def lines(rows: QuerySet[Result]) -> list[list[Any]]:
    """The cells of each row, in the order of `columns`."""
    return [
        [
            r.attempt.candidate.number, r.attempt.candidate.person.staff_number, r.attempt.candidate.person.name,
            r.attempt.candidate.person.home_unit.name if r.attempt.candidate.person.home_unit else "", r.attempt.hand_in.at, r.score, r.full,
            r.knowledge, r.operation, r.get_level_display(), _("Passed") if r.passed else _("Not passed"), r.attempt.hand_in.receipt,
        ]
        for r in rows
    ]  # fmt: skip
