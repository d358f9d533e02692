"""Reading what the year's material is made from: for many people at once, in a number of queries that does not depend on how many."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q
from django.utils import timezone

from courses.hours.models import HoursEntry
from exams.assessment.composing import WINDOW_YEARS, compose
from exams.assessment.facts import Called, Facts, Held, Hours, PostHeld, Score
from exams.assessment.material import as_plain, digest
from exams.assessment.models import AssessmentRecord, Objection
from exams.assessment.states import Standing, standing
from exams.certificates.models import Certificate
from exams.compliance.models import Requirement
from exams.marking.models import Result
from lms.people.models import Appointment, Person, Unit
from lms.people.states import Rank
from lms.policy.figures import Figure, NoFigure
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook

KEYS = (
    Key.HOURS_PER_YEAR, Key.HOURS_PER_FIVE_YEARS, Key.HOURS_ONLINE, Key.HOURS_TECHNICAL, Key.HOURS_TECHNICAL_SHARE,
    Key.LEVEL_EXCELLENT, Key.LEVEL_GOOD, Key.LEVEL_PASS,
)  # fmt: skip


def key_day(year: int, today: date) -> date:
    """Return the day as of which a year is looked at: its last, or today while it runs."""
    return min(date(year, 12, 31), today)


@dataclass(slots=True, kw_only=True)
class PersonYear:
    """One person's year as it stands now: the material, the version that counts, and objections that wait."""

    person: Person
    unit: Unit | None
    year: int
    lines: list[dict[str, Any]]
    digest: str
    latest: AssessmentRecord | None
    objections: list[Objection]

    @property
    def standing(self) -> Standing:
        latest = self.latest
        return standing(latest.state if latest else None, unchanged=bool(latest and latest.digest == self.digest))

    @property
    def waiting(self) -> list[Objection]:
        return [objection for objection in self.objections if objection.answered_at is None]

    @property
    def by_key(self) -> dict[str, dict[str, Any]]:
        return {line["key"]: line for line in self.lines}


def figures_on(book: PolicyBook, day: date, unit_path: str) -> dict[str, Figure]:
    """Return the figures in force for a unit on a day; a key without one is left out."""
    found = {}
    for key in KEYS:
        try:
            found[key.value] = book(key, day, unit_path)
        except NoFigure:
            continue
    return found


def person_years(people: Iterable[Person], year: int, *, today: date) -> dict[int, PersonYear]:
    """Return by person id the year of each of ``people`` (with ``home_unit`` selected, to save a query each)."""
    by_id = {person.pk: person for person in people}
    day, ids = key_day(year, today), list(by_id)
    appointments = _appointments(ids, day)
    hours, scores, certificates = _hours(ids, year), _scores(ids, year), _certificates(ids)
    required = _requirements(day)
    records: dict[int, AssessmentRecord] = {
        r.person_id: r for r in AssessmentRecord.objects.filter(person__in=ids, year=year).current().select_related("by")
    }
    objections: dict[int, list[Objection]] = defaultdict(list)
    for objection in Objection.objects.filter(record__person__in=ids, record__year=year).select_related("record", "answered_by").order_by("pk"):
        objections[objection.record.person_id].append(objection)
    book, figures = PolicyBook(), {}
    found = {}
    for pk, person in by_id.items():
        held = appointments[pk]
        main = next((a for a in held if a.main), None)
        unit = main.unit if main else person.home_unit
        path = unit.path if unit else ""
        if path not in figures:
            figures[path] = figures_on(book, day, path)
        facts = Facts(
            year=year, key_day=day, rank=person.rank, serving_since=person.joined_on,
            posts=tuple(
                PostHeld(unit=a.unit.name, post=a.post.name, tier=a.post.tier, main=a.main, acting=a.acting, until=a.valid_to) for a in held
            ),
            hours=tuple(hours[pk]), scores=tuple(scores[pk]), certificates=tuple(certificates[pk]),
            called_for=tuple(
                Called(type_id=r.certificate_type_id, type_name=r.certificate_type.name, post=a.post.name, since=r.since, acting=a.acting)
                for a in held for r in required[a.post_id]
            ),
            objections=tuple(objection.answered_at is not None for objection in objections[pk]),
        )  # fmt: skip
        lines = as_plain(compose(facts, figures[path]))
        found[pk] = PersonYear(
            person=person, unit=unit, year=year, lines=lines, digest=digest(lines), latest=records.get(pk), objections=objections[pk]
        )  # fmt: skip
    return found


def person_year(person: Person, year: int, *, today: date) -> PersonYear:
    """`person_years` of one person."""
    return person_years([person], year, today=today)[person.pk]


def _appointments(ids: list[int], day: date) -> dict[int, list[Appointment]]:
    """Main posts first; a post held twice over (two units) stays twice."""
    found: dict[int, list[Appointment]] = defaultdict(list)
    rows = Appointment.objects.on(day).filter(person__in=ids, voided=False).select_related("unit", "post")
    for row in rows.order_by("-main", "valid_from", "pk"):
        found[row.person_id].append(row)
    return found


def _hours(ids: list[int], year: int) -> dict[int, list[Hours]]:
    """Five years back for division rank, the year alone for the others."""
    found: dict[int, list[Hours]] = defaultdict(list)
    start = Q(earned_on__gte=date(year, 1, 1)) | Q(person__rank=Rank.DIVISION, earned_on__gte=date(year - WINDOW_YEARS + 1, 1, 1))
    rows = HoursEntry.objects.filter(start, person__in=ids, earned_on__lte=date(year, 12, 31)).order_by("earned_on", "pk")
    for person, pk, kind, hours, earned_on, professional, title in rows.values_list(
        "person", "pk", "kind", "hours", "earned_on", "professional", "title"
    ):
        found[person].append(Hours(id=pk, kind=kind, hours=hours, earned_on=earned_on, professional=professional, title=title))
    return found


def _scores(ids: list[int], year: int) -> dict[int, list[Score]]:
    zone = timezone.get_default_timezone()
    start, end = (datetime.combine(date(y, 1, 1), time(), zone) for y in (year, year + 1))
    found: dict[int, list[Score]] = defaultdict(list)
    rows = Result.objects.released().counting().filter(attempt__candidate__person__in=ids)
    rows = rows.filter(attempt__started_at__gte=start, attempt__started_at__lt=end)
    for row in rows.select_related("attempt__candidate__sitting").defer("slots", "attempt__paper").order_by("pk"):
        candidate = row.attempt.candidate
        found[candidate.person_id].append(
            Score(
                id=row.pk, sitting=candidate.sitting.title, sat_on=timezone.localdate(row.attempt.started_at, zone),
                knowledge=row.knowledge, knowledge_full=row.knowledge_full, operation=row.operation, operation_full=row.operation_full,
                passed=row.passed, level=row.level, policies=tuple(p["id"] for p in row.policies if isinstance(p, dict) and "id" in p),
            )
        )  # fmt: skip
    return found


def _certificates(ids: list[int]) -> dict[int, list[Held]]:
    found: dict[int, list[Held]] = defaultdict(list)
    for row in Certificate.objects.filter(person__in=ids).select_related("type").with_revocation().defer("facts"):
        found[row.person_id].append(
            Held(
                id=row.pk, type_id=row.type_id, type_name=row.type.name, number=row.number, since=row.valid_from, until=row.valid_until,
                revoked_on=row.revoked_on,  # type: ignore[attr-defined]
            )
        )  # fmt: skip
    return found


def _requirements(day: date) -> dict[int, list[Requirement]]:
    found: dict[int, list[Requirement]] = defaultdict(list)
    rows = Requirement.objects.filter(Q(until=None) | Q(until__gt=day), since__lte=day)
    for row in rows.select_related("certificate_type").order_by("pk"):
        found[row.post_id].append(row)
    return found
