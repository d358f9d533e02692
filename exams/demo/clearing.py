"""Taking the demo county away again, and nothing else.

What belongs to the demo is said once, in `belongings`. Everything else that points at it is found by looking at every foreign key of every
installed model: a row that would be left hanging is a reason to refuse, so that a table added later can't be forgotten silently.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.files.storage import storages
from django.db import models, transaction
from django.db.models import CASCADE, DO_NOTHING, SET_NULL, QuerySet

from courses.models import HoursEntry, LessonProgress, SelfCheckAnswer
from exams import models as proof
from exams.demo.places import ROOT
from exams.papers.drawing import Paper
from lms import models as floor
from lms.audit.actions import record
from lms.audit.guards import lifted
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb

Belongings = dict[type[models.Model], QuerySet[Any]]
# What a demo trainer wrote or reviewed stays, without its author and its reviewer.
RELEASED = {("questionversion", "made_by"), ("versionstep", "author"), ("versionstep", "by")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hanging:
    """Rows that are not the demo's and point at something of the demo, with some of them named."""

    model: str
    field: str
    count: int
    some: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.count} × {self.model} ({self.field}): {', '.join(self.some)}"


class ClearRefused(Exception):
    """Clearing would take something that is not the demo's; ``hanging`` lists it."""

    def __init__(self, hanging: list[Hanging]) -> None:
        super().__init__(f"{sum(h.count for h in hanging)} other records hang on the demo county.")
        self.hanging = hanging


def is_loaded() -> bool:
    return floor.Person.objects.filter(demo=True).exists()


def made_by_load() -> dict[str, Any]:
    """Return what the last load noted of things that no person or unit of the demo owns."""
    row = AuditRow.objects.filter(verb=Verb.DEMO_LOADED).order_by("-number").first()
    return dict(row.detail) if row else {}


def belongings() -> Belongings:
    """Return the rows of the demo by model."""
    made = made_by_load()
    people = floor.Person.objects.filter(demo=True)
    units = floor.Unit.objects.filter(path__startswith=ROOT + "/")
    posts = floor.Post.objects.filter(pk__in=made.get("posts", []))
    types = proof.CertificateType.objects.filter(pk__in=made.get("types", []))
    questions = made.get("questions", [])
    sittings = proof.Sitting.objects.filter(unit__in=units)
    attempts = proof.Attempt.objects.filter(candidate__sitting__in=sittings)
    # Read before anything goes: an end that was undone is found through the decision or the file that undid it.
    of_them = models.Q(attempt__in=attempts) | models.Q(undone_by__attempt__in=attempts) | models.Q(redone_by__attempt__in=attempts)
    ends = list(proof.HandIn.objects.filter(of_them).values_list("pk", flat=True))
    certificates = proof.Certificate.objects.filter(person__in=people)
    records = proof.AssessmentRecord.objects.filter(person__in=people)
    return {
        proof.ExportRow: proof.ExportRow.objects.filter(batch__unit__in=units),
        proof.ExportBatch: proof.ExportBatch.objects.filter(unit__in=units),
        proof.Objection: proof.Objection.objects.filter(record__in=records),
        proof.AssessmentRecord: records,
        proof.CertificateEvent: proof.CertificateEvent.objects.filter(certificate__in=certificates),
        proof.Certificate: certificates,
        proof.Release: proof.Release.objects.filter(sitting__in=sittings),
        proof.Result: proof.Result.objects.filter(run__sitting__in=sittings),
        proof.GradeRun: proof.GradeRun.objects.filter(sitting__in=sittings),
        proof.Evidence: proof.Evidence.objects.filter(decision__attempt__in=attempts),
        proof.Incident: proof.Incident.objects.filter(models.Q(attempt__in=attempts) | models.Q(sitting__in=sittings)),
        **{
            model: model.objects.filter(attempt__in=attempts)
            for model in (
                proof.AnswerRecord,
                proof.AttemptDevice,
                proof.TimeGrant,
                proof.Pause,
                proof.Decision,
                proof.AnswerFile,
                proof.FocusLoss,
                proof.Heartbeat,
                proof.HandMark,
                proof.Piece,
                proof.Enclosure,
            )  # fmt: skip
        },
        proof.Outage: proof.Outage.objects.filter(sitting__in=sittings),
        proof.HandIn: proof.HandIn.objects.filter(pk__in=ends),
        proof.Exposure: proof.Exposure.objects.filter(sitting__in=sittings),
        proof.Counted: proof.Counted.objects.filter(attempt__in=attempts),
        proof.Attempt: attempts,
        proof.DoorNote: proof.DoorNote.objects.filter(sitting__in=sittings),
        proof.Ticket: proof.Ticket.objects.filter(candidate__sitting__in=sittings),
        proof.Seat: proof.Seat.objects.filter(candidate__sitting__in=sittings),
        proof.Accommodation: proof.Accommodation.objects.filter(models.Q(sitting__in=sittings) | models.Q(sitting=None, person__in=people)),
        proof.GroupMember: proof.GroupMember.objects.filter(group__sitting__in=sittings),
        proof.CandidateGroup: proof.CandidateGroup.objects.filter(sitting__in=sittings),
        proof.RoomUse: proof.RoomUse.objects.filter(sitting__in=sittings),
        proof.Room: proof.Room.objects.filter(place__unit__in=units),
        proof.Place: proof.Place.objects.filter(unit__in=units),
        proof.Candidate: proof.Candidate.objects.filter(sitting__in=sittings),
        proof.Sitting: sittings,
        proof.PaperItem: proof.PaperItem.objects.filter(form__paper_set__in=made.get("papers", [])),
        proof.PaperForm: proof.PaperForm.objects.filter(paper_set__in=made.get("papers", [])),
        proof.PaperRow: proof.PaperRow.objects.filter(paper_set__in=made.get("papers", [])),
        proof.PaperSet: proof.PaperSet.objects.filter(pk__in=made.get("papers", [])),
        proof.BlueprintRow: proof.BlueprintRow.objects.filter(blueprint__in=made.get("blueprints", [])),
        proof.Blueprint: proof.Blueprint.objects.filter(pk__in=made.get("blueprints", [])),
        proof.QuestionTag: proof.QuestionTag.objects.filter(question__in=questions),
        proof.VersionStep: proof.VersionStep.objects.filter(version__question__in=questions),
        proof.QuestionVersion: proof.QuestionVersion.objects.filter(question__in=questions),
        proof.Question: proof.Question.objects.filter(pk__in=questions),
        proof.Requirement: proof.Requirement.objects.filter(models.Q(certificate_type__in=types) | models.Q(post__in=posts)),
        proof.StaffingRule: proof.StaffingRule.objects.filter(pk__in=made.get("rules", [])),
        proof.CertificateType: types,
        SelfCheckAnswer: SelfCheckAnswer.objects.filter(person__in=people),
        LessonProgress: LessonProgress.objects.filter(person__in=people),
        HoursEntry: HoursEntry.objects.filter(person__in=people),
        floor.Notice: floor.Notice.objects.filter(person__in=people),
        floor.Announcement: floor.Announcement.objects.filter(issued_by__in=units),
        floor.ImportBatch: floor.ImportBatch.objects.filter(by__in=people),
        floor.Job: floor.Job.objects.filter(by__in=people),
        floor.Policy: floor.Policy.objects.filter(unit__in=units),
        floor.RoleGrant: floor.RoleGrant.objects.filter(person__in=people),
        floor.Appointment: floor.Appointment.objects.filter(person__in=people),
        floor.UnitPlacement: floor.UnitPlacement.objects.filter(unit__in=units),
        floor.Person: people,
        floor.Post: posts,
        floor.Unit: units,
    }


def _pointing(owned: Belongings) -> list[tuple[models.ForeignKey[Any, Any], QuerySet[Any]]]:
    """Return each foreign key to something owned, with the rows that use it and are not owned themselves."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            if not isinstance(field, models.ForeignKey) or field.remote_field.model not in owned:
                continue
            rows = model._base_manager.filter(**{f"{field.name}__in": owned[field.remote_field.model].values("pk")})
            found.append((field, rows.exclude(pk__in=owned[model].values("pk")) if model in owned else rows))
    return found


def hanging(owned: Belongings) -> list[Hanging]:
    """Return what speaks against clearing: empty means nothing."""
    found = []
    for field, rows in _pointing(owned):
        name = field.model._meta.model_name or ""
        if field.remote_field.on_delete in (CASCADE, SET_NULL, DO_NOTHING) or (name, field.name) in RELEASED:
            continue
        count = rows.count()
        if count:
            found.append(Hanging(model=name, field=field.name, count=count, some=tuple(f"{row} ({row.pk})" for row in rows[:5])))
    return found + _asked_of_others(owned)


def _asked_of_others(owned: Belongings) -> list[Hanging]:
    """Attempts that are not the demo's and ask its questions: a paper names versions without a foreign key, and its marks need their keys."""
    versions = set(owned[proof.QuestionVersion].values_list("pk", flat=True))
    others = proof.Attempt.objects.exclude(pk__in=owned[proof.Attempt].values("pk")).values_list("pk", "paper")
    asking = [pk for pk, paper in others.iterator() if any(slot.version in versions for slot in Paper.from_json(paper).slots.values())]
    return [Hanging(model="attempt", field="paper", count=len(asking), some=tuple(str(pk) for pk in asking[:5]))] if asking else []


@transaction.atomic
def clear(*, at: datetime) -> dict[str, int]:
    """Delete the demo county; returns how many rows went, by model. Raises ClearRefused.

    Side effects in order: rows that merely mention the demo lose the mention, what belongs to its people goes with them, its own rows go,
    open sessions end, certificate files go after commit, audit line. The trail itself, policy, lessons and questions stay.
    """
    owned = belongings()
    reasons = hanging(owned)
    if reasons:
        raise ClearRefused(reasons)
    files = [name for name in owned[proof.Certificate].values_list("file", flat=True) if name]
    files += owned[proof.Enclosure].values_list("stored", flat=True)
    signed_in = {str(pk) for pk in owned[floor.Person].values_list("pk", flat=True)}
    root = floor.Unit.objects.get(code=ROOT)
    gone: dict[str, int] = {}
    with lifted():
        for field, rows in _pointing(owned):
            name = field.model._meta.model_name or ""
            if field.remote_field.on_delete is SET_NULL or (name, field.name) in RELEASED:
                rows.update(**{field.name: None})
            elif field.remote_field.on_delete is CASCADE:
                rows._raw_delete(rows.db)
        # By key, so that no list changes while an earlier one is being emptied; the databases check the keys at the end of the transaction.
        keys = {model: list(rows.values_list("pk", flat=True)) for model, rows in owned.items()}
        for model, doomed in keys.items():
            for start in range(0, len(doomed), 500):
                part = model._base_manager.filter(pk__in=doomed[start : start + 500])
                part._raw_delete(part.db)
            gone[model._meta.model_name or ""] = len(doomed)
    gone["numberseries"] = _forget_series()
    for session in Session.objects.all():
        if session.get_decoded().get("_auth_user_id") in signed_in:
            session.delete()
    transaction.on_commit(lambda: _delete_files(files))
    record(Verb.DEMO_CLEARED, root, by=None, at=at, detail={"rows": sum(gone.values())})
    return gone


def _forget_series() -> int:
    """Drop the series of which no number is left: certificates and batches are never deleted, so the demo alone had used them."""
    dropped = 0
    for line in proof.NumberSeries.objects.all():
        begins = f"{line.series}-"
        given = (proof.Certificate.objects.filter(number__startswith=begins), proof.ExportBatch.objects.filter(number__startswith=begins))
        if not any(rows.exists() for rows in given):
            line.delete()
            dropped += 1
    return dropped


def _delete_files(names: list[str]) -> None:
    for name in names:
        storages["private"].delete(name)
