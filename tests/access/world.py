"""A county to be asked by everybody: one thing of each kind in the own unit and one in another, and people in every role.

Roles are granted twice: ``near`` for the department of finance alone, so that the township is really outside, and ``wide`` for the county.
Secrets are planted (`Canaries`): what of them shows on a page nobody should see them on is a leak.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import time_machine
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client, TestCase

from exams.assessment.actions import confirm, lodge_objection
from exams.assessment.gathering import person_year
from exams.assessment.handing_on import export_batch
from exams.attempts.actions import hand_in, start
from exams.attempts.models import HandIn
from exams.attempts.watched import Decision
from exams.certificates.models import Certificate
from exams.compliance.models import StaffingRule
from exams.marking.actions import mark_sitting, release
from exams.marking.handwork import Piece
from exams.marking.laying_out import digest_of
from exams.papers.drawing import Paper
from exams.papers.models import BlueprintRow
from exams.sittings.accommodations import Accommodation
from exams.sittings.accommodations_actions import accommodate
from exams.sittings.models import Place, Room, RoomUse, Seat
from exams.sittings.tickets_actions import issue
from lms.exchange.actions import plan_import
from lms.handouts.models import Handout, Slip
from lms.jobs.actions import enqueue
from lms.jobs.models import Job
from lms.notices.actions import tell
from lms.notices.models import Announcement
from lms.people.models import Appointment, Person, RoleGrant, Unit
from lms.people.roles import keep_groups
from lms.people.states import Role, UnitKind
from lms.policy.defaults import lay_defaults
from tests.conftest import NOW, TODAY
from tests.factories.assessment import credit
from tests.factories.bank import make_question
from tests.factories.certificates import certify, make_type
from tests.factories.compliance import call
from tests.factories.content import check_block, make_lesson, make_topic
from tests.factories.exams import CANARY, admit, make_bank, make_blueprint, make_sitting
from tests.factories.exchange import good_row, xlsx
from tests.factories.papers import make_paper_set
from tests.factories.people import LONG_AGO, PersonFactory, PostFactory, UnitFactory, identity_number


@dataclass(slots=True)
class Canaries:
    """Planted secrets by kind: ``identity`` numbers in full, ``password`` hashes, answer ``key``s."""

    identity: list[str] = field(default_factory=list)
    password: list[str] = field(default_factory=list)
    key: list[str] = field(default_factory=lambda: [CANARY])

    def found_in(self, text: str, allowed: tuple[str, ...] = ()) -> list[str]:
        """Return the kinds that stand in ``text`` and are not allowed there."""
        kinds = {"identity": self.identity, "password": self.password, "key": self.key}
        return [kind for kind, secrets in kinds.items() if kind not in allowed and any(secret in text for secret in secrets)]


def make_world() -> SimpleNamespace:
    """Lay the county; the caller stands at NOW, inside a transaction."""
    lay_defaults(at=NOW)
    root = UnitFactory(code="yunxi", name="云溪县", kind=UnitKind.COUNTY)
    finance = UnitFactory(code="caizheng", name="县财政局", parent=root)
    township = UnitFactory(code="longkou", name="龙口乡", kind=UnitKind.TOWNSHIP, parent=root)
    clerk = PostFactory(code="keyuan", name="科员")
    near = {role: PersonFactory(home_unit=finance, name=f"近{role.label}", role=role) for role in Role}
    wide = {role: _granted(PersonFactory(home_unit=finance, name=f"全{role.label}"), role, root) for role in Role}
    far_hr = PersonFactory(home_unit=township, name="乡人事", role=Role.HR)
    world = SimpleNamespace(root=root, finance=finance, township=township, clerk=clerk, near=near, wide=wide, canaries=Canaries())
    world.learner = PersonFactory(home_unit=finance, name="王慧敏", post=clerk)
    world.other = PersonFactory(home_unit=finance, name="周建国", post=clerk)
    world.stranger = PersonFactory(home_unit=township, name="陈志远", post=clerk)
    for n, person in enumerate((world.learner, world.other, world.stranger), start=40):
        person.set_identity_number(identity_number(n))
        person.save()
        world.canaries.identity.append(identity_number(n))
    bank = world.bank = make_bank()
    make_question(bank.topics["technical-01"], "station", explanation=CANARY)
    world.own = things_of(world, finance, world.learner, near[Role.HR], bank, 1)
    world.foreign = things_of(world, township, world.stranger, far_hr, bank, 2)
    for person in Person.objects.all():
        keep_groups(person)
        world.canaries.password.append(person.password)
    return world


def _granted(person: Person, role: Role, unit: Unit) -> Person:
    person.grants.create(role=role, unit=unit, valid_from=LONG_AGO)
    return person


def things_of(world: SimpleNamespace, unit: Unit, owner: Person, keeper: Person, bank: SimpleNamespace, n: int) -> SimpleNamespace:
    """One thing of each kind of ``unit``, belonging to ``owner`` where it belongs to a person; ``keeper`` is the unit's HR officer."""
    hr: Any = world.wide[Role.HR]
    o = SimpleNamespace(root=world.root, unit=unit, owner=owner, keeper=keeper)
    o.post = PostFactory(code=f"anquan{n}", name="信息安全员")
    o.appointment = Appointment.objects.create(person=owner, unit=unit, post=o.post, main=False, valid_from=LONG_AGO)
    o.grant = RoleGrant.objects.create(person=PersonFactory(home_unit=unit), role=Role.INVIGILATOR, unit=unit, valid_from=LONG_AGO)
    row = good_row(n)
    row[3], row[4] = unit.code, unit.name
    o.batch = plan_import("名册.xlsx", xlsx([row, [*row[:1], "", *row[2:]]]), by=keeper, at=NOW)
    o.handout = Handout.objects.create(by=keeper, created_at=NOW, expires_at=NOW + timedelta(hours=72))
    Slip.objects.create(handout=o.handout, person=owner, refused="本人已有密码")
    o.job = enqueue("access.nothing", title="导出", by=owner, at=NOW)
    o.notice = tell(owner, title="请复审", at=NOW, link="/learn/")
    o.announcement = Announcement.objects.create(number=f"云人社〔2026〕{n}号", title="通知", body="正文", issued_by=unit, issued_on=TODAY)
    o.topic = make_topic(f"civil-servants-0{n}")
    body = check_block()
    body["value"]["explanation"] = CANARY
    o.lesson = make_lesson(o.topic, body=[{"type": "heading", "id": "h", "value": "一、收文"}, body])
    _exam(world, o, bank)
    o.certificate = certify(owner, make_type())
    name = storages["private"].save(f"certificates/{o.certificate.number}.pdf", ContentFile(b"%PDF-1.4"))
    Certificate.objects.filter(pk=o.certificate.pk).update(file=name, file_digest="0" * 64)
    o.requirement = call(o.post, make_type())
    o.staffing = StaffingRule.objects.get_or_create(unit_kind=unit.kind, defaults={"since": LONG_AGO})[0]
    credit(owner, "92.5")
    o.record = confirm(owner, 2026, shown=person_year(owner, 2026, today=TODAY).digest, by=hr, at=NOW)
    o.export = export_batch(2026, unit, by=hr, at=NOW)
    o.objection = lodge_objection(o.record, text="少了一次讲座", by=owner, at=NOW)
    return o


def _exam(world: SimpleNamespace, o: SimpleNamespace, bank: SimpleNamespace) -> None:
    """A sitting under way with one paper begun and one candidate waiting; another held, marked and released; both of this unit."""
    o.question = bank.topics["technical-01"].questions.first()
    o.blueprint = make_blueprint()
    BlueprintRow.objects.create(blueprint=o.blueprint, order=9, kind="station", count=1, points=2)
    o.paper_set = make_paper_set(o.blueprint)
    o.printer = world.wide[Role.CENTRE]
    o.print_job = enqueue("papers.print", title="打印", by=o.printer, at=NOW)
    name = storages["private"].save("prints/print.pdf", ContentFile(b"%PDF-1.4"))
    Job.objects.filter(pk=o.print_job.pk).update(result={"file": name, "name": "paper.pdf"})
    o.sitting = make_sitting(o.unit, NOW, o.blueprint)
    candidate, o.candidate = admit(o.sitting, o.owner, PersonFactory(home_unit=o.unit))
    o.place = Place.objects.create(unit=o.unit, name=f"培训中心{o.owner.pk}", address="人民路 1 号")
    o.room = Room.objects.create(place=o.place, name="一机房", count=6, columns=3, blocked="6")
    Seat.objects.create(candidate=candidate, use=RoomUse.objects.create(sitting=o.sitting, room=o.room), number=1, at=NOW)
    o.ticket = issue(o.sitting, [candidate], by=world.wide[Role.CENTRE], at=NOW)[0]
    o.attempt = start(candidate, key="first-start-key", by=o.owner, at=NOW - timedelta(minutes=10))
    o.decision = Decision.objects.create(
        attempt=o.attempt, what=Decision.What.COUNT, reason="断网", key="k", by=PersonFactory(home_unit=o.unit), at=NOW
    )
    hand: Any = world.wide[Role.CENTRE]
    o.exception = accommodate(Accommodation(sitting=o.sitting, person=o.owner, extra=25, reason="视力"), by=hand, at=NOW)
    day = {"valid_from": TODAY, "valid_to": TODAY}
    o.standing = accommodate(Accommodation(person=o.owner, extra=50, reason="视力", **day), by=hand, at=NOW)
    o.station = max(Paper.from_json(o.attempt.paper).slots)
    o.held = make_sitting(o.unit, NOW, make_blueprint(), closes_at=NOW - timedelta(minutes=1))
    o.ended = start(admit(o.held, o.owner)[0], key="second-start-key", by=o.owner, at=NOW - timedelta(minutes=30))
    hand_in(o.ended.pk, by=o.owner, at=NOW - timedelta(minutes=5))
    mark_sitting(o.held, by=None, at=NOW)
    release(o.held, by=world.wide[Role.CENTRE], at=NOW)
    end, version = HandIn.objects.get(attempt=o.ended), Paper.from_json(o.ended.paper).slots[1].version
    o.piece = Piece.objects.create(
        attempt=o.ended, end=end, sitting=o.held, version_id=version, n=1, number=12345, digest=digest_of(()), made_at=NOW,
    )  # fmt: skip


def askers(world: SimpleNamespace) -> dict[str, Person | None]:
    """Everyone who asks, by a name that reads in a failure."""
    people: dict[str, Person | None] = {"anonymous": None, "learner": world.learner, "other learner": world.other, "stranger": world.stranger}
    people |= {f"{role.value} of the unit": person for role, person in world.near.items()}
    return people | {f"{role.value} of the county": person for role, person in world.wide.items()}


def signed_in(person: Person | None, *, enforce_csrf_checks: bool = False) -> Client:
    client = Client(enforce_csrf_checks=enforce_csrf_checks)
    if person is not None:
        client.force_login(person)
    return client


def session_of(person: Person) -> str:
    """Sign a person in and return the cookie, so that a fresh client can carry it at no cost."""
    return signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value


class AtNow(TestCase):
    """Tests whose clock stands still at NOW, while the world is made too."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.enterClassContext(time_machine.travel(NOW, tick=False))
        super().setUpClass()


class InTheWorld(AtNow):
    """Tests that share one world, made once a class."""

    world: SimpleNamespace

    @classmethod
    def setUpTestData(cls) -> None:
        cls.world = make_world()
