"""Undoing an import: exactly what it changed is put back, and nothing that something else rests on by now."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.exchange.actions import CHANGES, KEPT_FIELDS, lock, undo_until
from lms.exchange.models import ImportBatch, ImportRow, ImportState, Verdict
from lms.jobs.actions import enqueue
from lms.jobs.models import Job
from lms.people.appointing import settle_home
from lms.people.models import Appointment, Person


@transaction.atomic
def start_undo(batch: ImportBatch, *, by: Person, at: datetime) -> Job:
    """Queue the undoing. Raises ValidationError when it is too late or not carried out."""
    lock(batch)
    until = undo_until(batch)
    if batch.state != ImportState.DONE or until is None:
        raise ValidationError(_("Only an import that was carried out can be undone."))
    if at > until or batch.forgotten_at:
        raise ValidationError(_("It is too late: the days in which an import can be undone have passed."))
    total = batch.rows.filter(verdict__in=CHANGES).exclude(effect__isnull=True).count()
    title = _("Undoing the import of %(file)s") % {"file": batch.file_name[-80:]}
    batch.job = enqueue("exchange.undo", title=title, by=by, at=at, key=f"import:{batch.pk}", total=total, batch=batch.pk, by_person=by.pk)
    batch.save(update_fields=["job"])
    return batch.job


@transaction.atomic
def undo_rows(rows: list[ImportRow], *, by: Person | None, at: datetime) -> None:
    """Put some rows back in one transaction; a row something rests on stays and says why (`kept`). What another worker put back is left alone."""
    todo = ImportRow.objects.select_for_update().filter(pk__in=[row.pk for row in rows], kept="", effect__person__isnull=False)
    rows = list(todo.exclude(effect__has_key="undone").order_by("-line"))
    for row in rows:
        assert row.effect is not None
        row.kept = _undo_creation(row, by, at) if row.verdict == Verdict.CREATE else _undo_change(row, by, at)
        if not row.kept:
            row.effect = {"undone": True, "person": row.effect["person"]}
    ImportRow.objects.bulk_update(rows, ["kept", "effect"])


@transaction.atomic
def finish_undo(batch: ImportBatch, *, by: Person | None, at: datetime) -> None:
    """Close an import whose rows are all undone or kept."""
    batch.state, batch.undone_at = ImportState.UNDONE, at
    batch.save(update_fields=["state", "undone_at"])
    kept = batch.rows.exclude(kept="").count()
    record(Verb.IMPORT_UNDONE, batch, by=by, at=at, detail={"kept": kept})


def rests_on(person: Person) -> str:
    """Return what rests on a person in the rooms above and here, as a sentence; '' for nothing."""
    if person.last_login is not None:
        return _("The person has signed in since.")
    if person.grants.exists():
        return _("The person was given a role since.")
    for relation in Person._meta.get_fields(include_hidden=True):
        model = relation.related_model
        if not isinstance(relation, ForeignObjectRel) or not isinstance(model, type) or not issubclass(model, models.Model):
            continue
        rests = model._meta.app_label in {"content", "courses", "exams"} and model._default_manager.filter(**{relation.field.name: person}).exists()
        if rests:
            return _("The person has records by now: %(kind)s.") % {"kind": model._meta.verbose_name}
    return ""


def _undo_creation(row: ImportRow, by: Person | None, at: datetime) -> str:
    assert row.effect is not None
    person = Person.objects.select_for_update().get(pk=row.effect["person"])
    appointments = list(person.appointments.filter(voided=False))
    if [a.pk for a in appointments] != [row.effect["appointment"]] or appointments[0].valid_to is not None:
        return _("The person was appointed anew since.")
    if reason := rests_on(person):
        return reason
    Appointment.objects.filter(pk=appointments[0].pk).update(valid_to=appointments[0].valid_from, voided=True, end_reason=_("import undone"))
    person.is_active, person.left_on = False, person.joined_on
    person.identity_sealed, person.identity_digest, person.identity_tail = "", None, ""
    person.set_unusable_password()
    person.save()
    record(Verb.PERSON_RETIRED, person, by=by, at=at, detail={"import_undone": row.batch_id, "line": row.line})
    return ""


def _undo_change(row: ImportRow, by: Person | None, at: datetime) -> str:
    effect: dict[str, Any] = row.effect or {}
    person = Person.objects.select_for_update().get(pk=effect["person"])
    if any(getattr(person, name) != effect["after"][name] for name in KEPT_FIELDS):
        return _("The person's details were changed since.")
    if "appointment" in effect:
        placed = Appointment.objects.get(pk=effect["appointment"])
        if placed.voided or placed.valid_to is not None or person.appointments.filter(pk__gt=placed.pk).exists():
            return _("The person was appointed anew since.")
        Appointment.objects.filter(pk=placed.pk).update(valid_to=placed.valid_from, voided=True, end_reason=_("import undone"))
        for was in effect["ended"]:
            to = date.fromisoformat(was["valid_to"]) if was["valid_to"] else None
            Appointment.objects.filter(pk=was["pk"]).update(valid_to=to, voided=was["voided"], end_reason=was["end_reason"])
    for name in KEPT_FIELDS:
        setattr(person, name, effect["before"][name])
    person.save()
    settle_home(person, timezone.localdate(at))
    record(Verb.PERSON_CHANGED, person, by=by, at=at, detail={"import_undone": row.batch_id, "line": row.line})
    return ""
