"""From a file to a plan: each row gets a verdict against the people, units and posts as they stand."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.exchange.models import Verdict
from lms.exchange.reasons import sentence
from lms.exchange.roster import Entry, duplicates, spaced
from lms.people import identity
from lms.people.appointing import reasons_against
from lms.people.checks import obstacles
from lms.people.models import Appointment, Person, Post, Unit
from lms.people.scope import reach
from lms.people.states import Act, Rank

PROBE = "probe-of-a-plan"


@dataclass(slots=True, kw_only=True)
class PlannedRow:
    """One row with its verdict. ``values`` are ready to be written and name units and posts by primary key."""

    entry: Entry
    verdict: Verdict
    reasons: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)


class Planner:
    """Knows the people a file speaks of, the units in reach and all posts; seven queries, whatever the number of rows."""

    def __init__(self, rows: list[Entry], *, by: Person, day: date) -> None:
        self.rows, self.by, self.day = rows, by, day
        self.paths = reach(by, Act.IMPORT_PEOPLE, day)
        self.units = {unit.code: unit for unit in Unit.objects.reached_by(by, Act.IMPORT_PEOPLE, day).filter(closed_on=None)}
        self.units_by_name: dict[str, list[Unit]] = {}
        for unit in self.units.values():
            self.units_by_name.setdefault(spaced(unit.name), []).append(unit)
        posts = list(Post.objects.all())
        self.posts = {spaced(key): post for post in posts for key in (post.code, post.name, post.name_en)}
        self.people = self._people([row.staff_number for row in rows if row.staff_number])
        self.digests = {row.line: identity.digest(row.identity_number, settings.IDENTITY_KEY) for row in rows if row.identity_number}
        self.holders = self._holders(set(self.digests.values()))
        self.mains: dict[int, Appointment] = {}
        for part in chunks([person.pk for person in self.people.values()]):
            for row in Appointment.objects.filter(person__in=part, main=True, voided=False, valid_to=None).select_related("unit", "post"):
                self.mains[row.person_id] = row
        self.repeated = duplicates(rows)
        self.newcomer: dict[tuple[int, int, date], list[str]] = {}

    def _people(self, numbers: list[str]) -> dict[str, Person]:
        wanted = {*numbers, *(number.zfill(6) for number in numbers if number.isdigit())}
        return {
            p.staff_number: p for part in chunks(sorted(wanted)) for p in Person.objects.filter(staff_number__in=part).select_related("home_unit")
        }

    @staticmethod
    def _holders(digests: set[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for part in chunks(sorted(digests)):
            found.update(Person.objects.filter(identity_digest__in=part).values_list("identity_digest", "staff_number"))
        return found

    def plan(self) -> list[PlannedRow]:
        planned = [self._row(row) for row in self.rows]
        self._ask_for_newcomers([row for row in planned if row.verdict == Verdict.CREATE])
        return planned

    def _row(self, row: Entry) -> PlannedRow:
        reasons = [sentence(code) for code in row.reasons]
        if others := self.repeated.get(row.line):
            reasons.append(_("The same number stands in row %(rows)s of the file too.") % {"rows": "、".join(map(str, others[:5]))})
        unit, post = self._unit(row, reasons), self._post(row, reasons)
        person = self.people.get(row.staff_number)
        self._check_person(row, person, reasons)
        if reasons or unit is None or post is None or row.from_day is None:
            return refused(row, reasons)
        if unit.founded_on > row.from_day:
            return refused(row, [_("%(unit)s did not exist on that day.") % {"unit": unit.name}])
        values = self._values(row, unit, post)
        if person is None or is_shell(person):
            return PlannedRow(entry=row, verdict=Verdict.CREATE, values=values)
        return self._change(row, person, unit, post, values)

    def _values(self, row: Entry, unit: Unit, post: Post) -> dict[str, Any]:
        number = row.identity_number
        values = {
            "staff_number": row.staff_number, "name": row.name, "rank": row.rank, "unit": unit.pk, "post": post.pk, "from_day": row.from_day,
            "unit_name": unit.name, "post_name": post.name,
        }  # fmt: skip
        if number:
            values["identity_sealed"] = identity.sealed(number, settings.IDENTITY_KEY, row.staff_number)
            values["identity_digest"], values["identity_tail"] = self.digests[row.line], identity.masked(number)
        return values

    def _unit(self, row: Entry, reasons: list[str]) -> Unit | None:
        if row.unit_code:
            unit = self.units.get(row.unit_code)
            if unit is None:
                reasons.append(_("There is no unit with the code “%(code)s” among those you look after.") % {"code": row.unit_code})
            elif row.unit and row.unit not in {spaced(unit.name), spaced(unit.name_en)}:
                reasons.append(_("The unit code belongs to %(unit)s, not to the unit named in the row.") % {"unit": unit.name})
                return None
            return unit
        named = self.units_by_name.get(row.unit, [])
        if row.unit and not named:
            reasons.append(_("There is no unit “%(name)s” among those you look after.") % {"name": row.unit})
        if len(named) > 1:
            reasons.append(_("Several units are called “%(name)s”; give the unit code.") % {"name": row.unit})
        return named[0] if len(named) == 1 else None

    def _post(self, row: Entry, reasons: list[str]) -> Post | None:
        post = self.posts.get(row.post) or self.posts.get(row.post.lower())
        if row.post and post is None:
            reasons.append(_("There is no post “%(name)s”; see the list in the template.") % {"name": row.post})
        return post

    def _check_person(self, row: Entry, person: Person | None, reasons: list[str]) -> None:
        if person is None and row.staff_number_was_number and row.staff_number.zfill(6) in self.people:
            reasons.append(_("The staff number was typed as a number and lost its leading zeros; format the column as text."))
        if person is not None:
            home = person.home_unit
            if home is not None and not any(home.path.startswith(path) for path in self.paths):
                reasons.append(_("The staff number belongs to a person of a unit you do not look after."))
            elif person.left_on is not None and not is_shell(person):
                reasons.append(_("The person with this staff number has left; reinstate them on their page."))
            digest = self.digests.get(row.line)
            if person.name != row.name and digest and person.identity_digest and digest != person.identity_digest:
                reasons.append(_("The staff number belongs to another person: name and identity number both differ."))
        holder = self.holders.get(self.digests.get(row.line, ""))
        if holder is not None and holder != row.staff_number:
            reasons.append(_("The identity number belongs to a person with another staff number."))

    def _change(self, row: Entry, person: Person, unit: Unit, post: Post, values: dict[str, Any]) -> PlannedRow:
        main = self.mains.get(person.pk)
        fields = [name for name, new, old in (("name", row.name, person.name), ("rank", row.rank or person.rank, person.rank)) if new != old]
        if row.identity_number and values["identity_digest"] != person.identity_digest:
            fields.append("identity_number")
        if main is None or (main.unit_id, main.post_id) != (unit.pk, post.pk):
            fields.append("appointment")
            assert row.from_day is not None
            against = reasons_against(person, unit, post, valid_from=row.from_day, valid_to=None, main=True)
            if against:
                return refused(row, [str(reason.sentence) for reason in against])
        if not fields:
            return PlannedRow(entry=row, verdict=Verdict.SKIP, values={"staff_number": row.staff_number, "name": row.name})
        notes = _differences(person, main, row, values, fields)
        return PlannedRow(entry=row, verdict=Verdict.CHANGE, reasons=notes, values={**values, "person": person.pk, "fields": fields})

    def _ask_for_newcomers(self, rows: list[PlannedRow]) -> None:
        """Ask the registered checks once per unit, post and day: a newcomer holds nothing, so one stands for all."""
        if not rows:
            return
        units, posts = {unit.pk: unit for unit in self.units.values()}, {post.pk: post for post in self.posts.values()}
        with transaction.atomic():
            probe = Person.objects.create(staff_number=PROBE, name=PROBE, joined_on=self.day, is_active=False)
            for row in rows:
                key = (row.values["unit"], row.values["post"], row.values["from_day"])
                if key not in self.newcomer:
                    found = obstacles(probe, units[key[0]], posts[key[1]], key[2])
                    self.newcomer[key] = [str(obstacle.sentence).replace(PROBE, _("The person")) for obstacle in found]
            transaction.set_rollback(True)
        for row in rows:
            reasons = self.newcomer[(row.values["unit"], row.values["post"], row.values["from_day"])]
            if reasons:
                row.verdict, row.reasons = Verdict.REFUSE, list(reasons)


def refused(row: Entry, reasons: list[str]) -> PlannedRow:
    """A row that stays out; the preview shows what was typed in it, save the identity number."""
    typed = {"staff_number": row.staff_number, "name": row.name, "unit_name": row.unit or row.unit_code, "post_name": row.post}
    return PlannedRow(entry=row, verdict=Verdict.REFUSE, reasons=reasons, values=typed)


def is_shell(person: Person) -> bool:
    """A person whose import was undone: the row stays for the trail, but they never served."""
    return not person.is_active and person.left_on is not None and person.left_on == person.joined_on


def _differences(person: Person, main: Appointment | None, row: Entry, values: dict[str, Any], fields: list[str]) -> list[str]:
    before = f"{main.unit.name} {main.post.name}" if main else "—"
    texts = {
        "name": f"{person.name} → {row.name}",
        "rank": f"{Rank(person.rank).label} → {Rank(row.rank).label}" if row.rank else "",
        "identity_number": f"{person.identity_tail or '—'} → {values.get('identity_tail', '')}",
        "appointment": f"{before} → {values['unit_name']} {values['post_name']}",
    }
    return [texts[name] for name in fields]


def chunks(items: list[Any], size: int = 500) -> list[list[Any]]:
    """Return ``items`` in lists of at most ``size``."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def planned(rows: list[Entry], *, by: Person) -> list[PlannedRow]:
    """Return what an import of ``rows`` by this person would do, row by row. Nothing is written."""
    return Planner(rows, by=by, day=timezone.localdate()).plan()
