"""The register of certificates as staff see it: the filters, the rows of one's reach, and the sheet of exactly those."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from exams.certificates.forms import FilterForm
from exams.certificates.models import Certificate
from exams.certificates.numbering import normal_number
from exams.certificates.querysets import CertificateQuerySet
from exams.certificates.shown import Shown
from exams.certificates.validity import State
from lms.exchange.sheets import Column, workbook
from lms.people.models import Person, Unit
from lms.people.scope import reach, within
from lms.people.states import Act, UnitKind


def paths_of(person: Person, day: date) -> list[str]:
    """Where ``person`` may look: by the right to see coverage or to manage certificates."""
    return [*reach(person, Act.SEE_COVERAGE, day), *reach(person, Act.MANAGE_CERTIFICATES, day)]


def reached(person: Person, day: date) -> CertificateQuerySet:
    """Certificates of people in the units ``person`` reaches."""
    return Certificate.objects.filter(within(paths_of(person, day), "person__home_unit__path"))


def filters(data: Any, person: Person, day: date) -> FilterForm:
    """Return the validated filters of the register; the units to choose from are those within reach."""
    form = FilterForm(data, units=Unit.objects.filter(within(paths_of(person, day))).exclude(kind=UnitKind.VILLAGE))
    form.is_valid()
    return form


def chosen(rows: CertificateQuerySet, form: FilterForm, day: date, warn: int) -> CertificateQuerySet:
    """Narrow ``rows`` to what the filters ask for."""
    data = form.cleaned_data
    if kind := data.get("type"):
        rows = rows.filter(type=kind)
    if unit := data.get("unit"):
        rows = rows.filter(person__home_unit__path__startswith=unit.path)
    if state := data.get("state"):
        rows = rows.in_state(State(state), day, warn)
    if text := data.get("q", "").strip():
        rows = rows.filter(
            Q(person__name__icontains=text)
            | Q(person__staff_number=text)
            | Q(number__icontains=normal_number(text))
            | Q(person__pinyin__istartswith=text)
        )
    return rows


def sheet(rows: list[Shown]) -> bytes:
    """Return the rows of the register as an .xlsx workbook."""
    columns = [
        Column(key="number", heading=_("Certificate number"), text=True),
        Column(key="name", heading=_("Full name")),
        Column(key="staff", heading=_("Staff number"), text=True),
        Column(key="unit", heading=_("Unit")),
        Column(key="type", heading=_("Certificate")),
        Column(key="state", heading=_("State")),
        Column(key="from", heading=_("Valid from"), kind="date"),
        Column(key="until", heading=_("Valid until"), kind="date"),
        Column(key="left", heading=_("Days left"), kind="number"),
        Column(key="revoked", heading=_("Revoked on"), kind="date"),
        Column(key="why", heading=_("Reason")),
    ]
    lines = [
        (
            row.certificate.number, row.certificate.facts["name"], row.certificate.person.staff_number, row.certificate.facts.get("unit", ""),
            row.certificate.type.name, str(row.label), row.certificate.valid_from, row.certificate.valid_until, row.left, row.revoked_on, row.why,
        )
        for row in rows
    ]  # fmt: skip
    return workbook(columns, lines, title=_("Certificate register"))
