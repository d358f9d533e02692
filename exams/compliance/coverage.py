"""Coverage of any day, for all units at once: a constant number of queries, then arithmetic (`exams.compliance.gaps`).

`Records` reads everything that touches a span of days once; asking it for thirteen days costs no further query.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q

from exams.certificates.models import Certificate, CertificateType
from exams.compliance.gaps import Call, Held, Holder, Line, Staffing, Tally, by_unit, lines, staffing, tally
from exams.compliance.models import Requirement, StaffingRule
from lms.people.models import Appointment, Unit, UnitPlacement
from lms.people.scope import within
from lms.policy.figures import NoFigure
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook


def _in_span(first: date, last: date, start: str, end: str) -> Q:
    """Rows in force on some day of the span; ``end`` is exclusive."""
    return Q(**{f"{start}__lte": last}) & (Q(**{end: None}) | Q(**{f"{end}__gt": first}))


def _in_force(day: date, start: date, end: date | None) -> bool:
    return start <= day and (end is None or day < end)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitThen:
    """A unit as it was on a day. ``path`` is its present path: by it rows are scoped."""

    id: int
    code: str
    name: str
    kind: str
    path: str
    path_then: str


@dataclass(slots=True, kw_only=True)
class Board:
    """Coverage on one day."""

    day: date
    units: dict[int, UnitThen]
    lines: list[Line]
    staffing: list[Staffing]
    by_unit: dict[int, Tally] = field(default_factory=dict)
    total: Tally = field(default_factory=Tally)


class Records:
    """What is needed to answer for every day from ``first`` to ``last``, for the units under ``paths`` (None: all). Seven queries."""

    def __init__(self, first: date, last: date, paths: list[str] | None = None) -> None:
        here = Q() if paths is None else within(paths, "unit__path")
        self.book = PolicyBook()
        self.units = {
            u.pk: u for u in Unit.objects.filter(Q() if paths is None else within(paths)).filter(_in_span(first, last, "founded_on", "closed_on"))
        }
        self.placements = list(UnitPlacement.objects.filter(here, _in_span(first, last, "valid_from", "valid_to")).order_by("valid_from"))
        self.requirements = list(Requirement.objects.filter(_in_span(first, last, "since", "until")).select_related("post", "certificate_type"))
        self.rules = list(StaffingRule.objects.filter(_in_span(first, last, "since", "until")))
        inside = Appointment.objects.filter(here, _in_span(first, last, "valid_from", "valid_to"), voided=False)
        self.appointments = list(inside.select_related("person", "post").order_by("unit__path", "post__order", "person__staff_number", "pk"))
        types = CertificateType.objects.filter(Q(requirements__isnull=False) | Q(counts_as_technician=True))
        found = Certificate.objects.filter(type__in=types.values("pk"), person__in=inside.values("person")).select_related("type").with_revocation()
        self.certificates: dict[int, Any] = {c.pk: c for c in found}

    @cached_property
    def posts(self) -> dict[int, Any]:
        return {a.post_id: a.post for a in self.appointments}

    @cached_property
    def people(self) -> dict[int, Any]:
        return {a.person_id: a.person for a in self.appointments}

    @cached_property
    def types(self) -> dict[int, Any]:
        return {r.certificate_type_id: r.certificate_type for r in self.requirements} | {c.type_id: c.type for c in self.certificates.values()}

    @cached_property
    def held(self) -> list[Held]:
        return [
            Held(id=c.pk, person=c.person_id, type=c.type_id, since=c.valid_from, until=c.valid_until, revoked_on=c.revoked_on)
            for c in self.certificates.values()
        ]  # fmt: skip

    def _figure(self, key: Key, day: date, unit: UnitThen) -> int:
        """Return a figure in force for a unit; 0 on days before anyone set one: then nothing is called expiring and nobody is asked for."""
        try:
            return int(self.book(key, day, unit.path_then).value)
        except NoFigure:
            return 0

    def units_on(self, day: date) -> dict[int, UnitThen]:
        then = {p.unit_id: p for p in self.placements if _in_force(day, p.valid_from, p.valid_to)}
        return {
            unit.pk: UnitThen(
                id=unit.pk, code=unit.code, name=then[unit.pk].name if unit.pk in then else unit.name, kind=unit.kind, path=unit.path,
                path_then=then[unit.pk].path if unit.pk in then else unit.path,
            )
            for unit in self.units.values()
            if _in_force(day, unit.founded_on, unit.closed_on)
        }  # fmt: skip

    def on(self, day: date) -> Board:
        """Return coverage as it was (or will be) on ``day``; certificates revoked later still hold on it."""
        units = self.units_on(day)
        holders = [
            Holder(person=a.person_id, unit=a.unit_id, post=a.post_id, acting=a.acting)
            for a in self.appointments
            if a.unit_id in units and _in_force(day, a.valid_from, a.valid_to)
        ]  # fmt: skip
        calls = [Call(post=r.post_id, type=r.certificate_type_id) for r in self.requirements if _in_force(day, r.since, r.until)]
        warn = {unit.id: self._figure(Key.EXPIRY_WARNING_DAYS, day, unit) for unit in units.values()}
        kinds = {rule.unit_kind for rule in self.rules if _in_force(day, rule.since, rule.until)}
        bounds = {
            unit.id: (self._figure(Key.STAFF_MINIMUM, day, unit), self._figure(Key.STAFF_MAXIMUM, day, unit))
            for unit in units.values()
            if unit.kind in kinds
        }
        rows = lines(holders, calls, self.held, day, warn)
        technician = [pk for pk, kind in self.types.items() if kind.counts_as_technician]
        staffed = staffing(bounds=bounds, holders=holders, calls=calls, held=self.held, technician_types=technician, day=day)
        return Board(day=day, units=units, lines=rows, staffing=staffed, by_unit=by_unit(rows), total=tally(rows))


def as_of(day: date, paths: list[str] | None = None) -> Board:
    """Return coverage on ``day`` for the units under ``paths`` (None: the whole county)."""
    return Records(day, day, paths).on(day)


def below(board: Board, path: str, rows: Iterable[Line]) -> list[Line]:
    """Keep the lines of units at or under ``path``."""
    return [row for row in rows if board.units[row.unit].path.startswith(path)]
