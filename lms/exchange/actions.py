"""What may happen to an import: planned, started, carried out row by row, undone, discarded."""

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.exchange.models import ImportBatch, ImportRow, ImportState, Verdict
from lms.exchange.plans import is_shell, planned
from lms.exchange.reading import Unreadable, read
from lms.exchange.roster import entries, find_header
from lms.jobs.actions import enqueue
from lms.jobs.models import Job
from lms.people import identity
from lms.people.appointing import place, settle_home
from lms.people.checks import Refused
from lms.people.models import Appointment, Person, Post, Unit
from lms.people.names import initials
from lms.people.scope import may
from lms.people.states import Act, Rank
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook

CHANGES = [Verdict.CREATE, Verdict.CHANGE]
KEPT_FIELDS = ("name", "rank", "pinyin", "identity_sealed", "identity_digest", "identity_tail")


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of a file in hexadecimal: by it the very same file is known again."""
    return hashlib.sha256(content).hexdigest()


def earlier(content: bytes, *, by: Person) -> ImportBatch | None:
    """The last import of the very same file by the same person, if it still counts."""
    gone = [ImportState.DISCARDED, ImportState.UNDONE]
    return ImportBatch.objects.filter(by=by, file_digest=digest_of(content)).exclude(state__in=gone).first()


@transaction.atomic
def plan_import(name: str, content: bytes, *, by: Person, at: datetime) -> ImportBatch:
    """Read a roster and write down what it would do, row by row; nothing else changes. Raises Unreadable."""
    if len(content) > settings.IMPORT_MAX_BYTES:
        raise Unreadable("size")
    table = read(name, content)
    header = find_header(table.rows)
    if header is None:
        raise Unreadable("header")
    rows = entries(table.rows, header, timezone.localdate(at))
    if not rows:
        raise Unreadable("no_rows")
    batch = ImportBatch.objects.create(
        kind="roster", file_name=name[-200:], file_digest=digest_of(content), headings=header.headings, by=by, created_at=at
    )
    ImportRow.objects.bulk_create(
        [
            ImportRow(
                batch=batch, line=row.entry.line, verdict=row.verdict, reasons=row.reasons, values=json_safe(row.values),
                cells=identity.sealed(json.dumps(row.entry.cells, ensure_ascii=False), settings.IDENTITY_KEY, f"import:{batch.pk}"),
            )
            for row in planned(rows, by=by)
        ],
        batch_size=500,
    )  # fmt: skip
    record(Verb.IMPORT_PLANNED, batch, by=by, at=at, detail={"digest": batch.file_digest, "rows": len(rows)})
    return batch


def json_safe(values: dict[str, Any]) -> dict[str, Any]:
    """Return ``values`` as they come back from a JSON column: days and decimals as text."""
    return dict(json.loads(json.dumps(values, cls=DjangoJSONEncoder)))


def lock(batch: ImportBatch) -> None:
    """Lock an import and see its present state: of two people who start and discard it at once, the second is refused."""
    batch.refresh_from_db(from_queryset=ImportBatch.objects.select_for_update(of=("self",)))


@transaction.atomic
def start_import(batch: ImportBatch, *, by: Person, at: datetime) -> Job:
    """Queue the execution of a plan, or go on with one that stopped. Raises ValidationError for one that is over."""
    lock(batch)
    if batch.state in {ImportState.UNDONE, ImportState.DISCARDED}:
        raise ValidationError(_("This import is over."))
    total = batch.rows.filter(verdict__in=CHANGES, effect__isnull=True).count()
    if not total:
        raise ValidationError(_("There is nothing to import."))
    title = _("Import of %(file)s") % {"file": batch.file_name[-80:]}
    job = enqueue("exchange.execute", title=title, by=by, at=at, key=f"import:{batch.pk}", total=total, batch=batch.pk)
    batch.job, batch.state = job, ImportState.RUNNING
    batch.save(update_fields=["job", "state"])
    record(Verb.IMPORT_EXECUTED, batch, by=by, at=at, detail={"rows": total})
    return job


@transaction.atomic
def apply_rows(rows: list[ImportRow], *, by: Person, at: datetime) -> None:
    """Carry out some rows in one transaction; a row that turns out impossible becomes a refused one with its reason.

    The rows are locked and read again: what another worker carried out meanwhile is left alone, its journal too.
    """
    todo = ImportRow.objects.select_for_update().filter(pk__in=[row.pk for row in rows], verdict__in=CHANGES, effect__isnull=True)
    rows = list(todo.order_by("line"))
    for row in rows:
        try:
            with transaction.atomic():
                _must_reach(row, by, at)
                row.effect = json_safe(_create(row, by, at) if row.verdict == Verdict.CREATE else _change(row, by, at))
        except Refused as refused:
            row.verdict, row.reasons, row.effect = Verdict.REFUSE, [str(reason.sentence) for reason in refused.reasons], {}
        except ValidationError as error:
            row.verdict, row.reasons, row.effect = Verdict.REFUSE, list(error.messages), {}
    ImportRow.objects.bulk_update(rows, ["verdict", "reasons", "effect"])


def _must_reach(row: ImportRow, by: Person, at: datetime) -> None:
    """A plan may be days old: refuse a row whose unit, or whose person's unit, ``by`` looks after no longer. Raises ValidationError."""
    units = Unit.objects.filter(Q(pk=row.values["unit"]) | Q(people__staff_number=row.values["staff_number"])).distinct()
    if not all(may(by, Act.IMPORT_PEOPLE, timezone.localdate(at), unit) for unit in units):
        raise ValidationError(_("The unit or the person is no longer among those you look after."))


def _place(person: Person, values: dict[str, Any], at: datetime) -> Appointment:
    unit, post = Unit.objects.get(pk=values["unit"]), Post.objects.get(pk=values["post"])
    return place(person, unit, post, valid_from=date.fromisoformat(values["from_day"]), valid_to=None, main=True, acting=False, at=at)


def _create(row: ImportRow, by: Person, at: datetime) -> dict[str, Any]:
    values = row.values
    person = Person.objects.filter(staff_number=values["staff_number"]).first() or Person(staff_number=values["staff_number"])
    if person.pk and not is_shell(person):
        raise ValidationError(_("The staff number was given to someone since the preview."))
    person.name, person.pinyin, person.rank = values["name"], initials(values["name"]), values["rank"] or Rank.SECTION
    person.home_unit_id, person.joined_on, person.left_on = values["unit"], date.fromisoformat(values["from_day"]), None
    person.is_active, person.must_change_password = True, True
    for name in ("identity_sealed", "identity_tail"):
        setattr(person, name, values.get(name, ""))
    person.identity_digest = values.get("identity_digest")
    person.set_unusable_password()
    person.full_clean(exclude=["password"])
    person.save()
    appointment = _place(person, values, at)
    settle_home(person, timezone.localdate(at))
    record(Verb.PERSON_ADDED, person, by=by, at=at, detail={"staff_number": person.staff_number, "import": row.batch_id, "line": row.line})
    return {"person": person.pk, "appointment": appointment.pk}


def _change(row: ImportRow, by: Person, at: datetime) -> dict[str, Any]:
    values = row.values
    person = Person.objects.select_for_update().get(pk=values["person"])
    before = {name: getattr(person, name) for name in KEPT_FIELDS}
    fields = values["fields"]
    if "name" in fields:
        person.name, person.pinyin = values["name"], initials(values["name"])
    if "rank" in fields:
        person.rank = values["rank"]
    if "identity_number" in fields:
        for name in ("identity_sealed", "identity_digest", "identity_tail"):
            setattr(person, name, values[name])
    person.full_clean(exclude=["password"])
    person.save()
    effect: dict[str, Any] = {"person": person.pk, "before": before, "after": {name: getattr(person, name) for name in KEPT_FIELDS}}
    if "appointment" in fields:
        standing = _appointments(person)
        effect["appointment"] = _place(person, values, at).pk
        now = _appointments(person)
        effect["ended"] = [was for pk, was in standing.items() if now[pk] != was]
    record(Verb.PERSON_CHANGED, person, by=by, at=at, detail={"fields": sorted(fields), "import": row.batch_id, "line": row.line})
    return effect


def _appointments(person: Person) -> dict[int, dict[str, Any]]:
    rows = Appointment.objects.filter(person=person).values("pk", "valid_to", "end_reason", "voided")
    return {row["pk"]: dict(row) for row in rows}


@transaction.atomic
def discard_import(batch: ImportBatch, *, by: Person, at: datetime) -> None:
    """Throw a plan away that was never carried out; its rows are wiped."""
    lock(batch)
    if batch.state != ImportState.PLANNED:
        raise ValidationError(_("Only an import that was not carried out can be discarded."))
    batch.rows.all().delete()
    batch.state, batch.forgotten_at = ImportState.DISCARDED, at
    batch.save(update_fields=["state", "forgotten_at"])
    record(Verb.IMPORT_DISCARDED, batch, by=by, at=at)


def undo_until(batch: ImportBatch) -> datetime | None:
    """The moment until which an import can be undone, by the policy in force on the day it was carried out."""
    if batch.executed_at is None:
        return None
    days = PolicyBook()(Key.UNDO_DAYS, timezone.localdate(batch.executed_at)).value
    return batch.executed_at + timedelta(days=int(days))


@transaction.atomic
def forget_imports(*, at: datetime) -> int:
    """Wipe the contents of rows that can no longer be undone, and of plans left lying; returns how many imports were wiped."""
    wiped = 0
    for batch in ImportBatch.objects.filter(forgotten_at=None):
        until = undo_until(batch) or batch.created_at + timedelta(days=30)
        if until < at and batch.state != ImportState.RUNNING:
            batch.rows.update(values={}, cells="", effect=None)
            batch.forgotten_at = at
            batch.save(update_fields=["forgotten_at"])
            wiped += 1
    return wiped
