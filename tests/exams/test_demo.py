"""The demo county: comes whole, comes the same, goes without trace, takes nothing along that is not its own."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from io import StringIO
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from courses.models import HoursEntry, LessonProgress
from exams.assessment.gathering import person_years
from exams.bank.kinds import rules
from exams.bank.standing import cases
from exams.demo import accounts
from exams.demo.clearing import belongings
from exams.demo.days import month
from exams.marking.actions import mark_sitting
from exams.models import (
    Attempt,
    Blueprint,
    Candidate,
    Certificate,
    CertificateEvent,
    Enclosure,
    ExportBatch,
    HandIn,
    Incident,
    Pause,
    Piece,
    Question,
    QuestionVersion,
    Release,
    Result,
    Room,
    Seat,
    Sitting,
    VersionStep,
)
from exams.papers.sources import lacking
from exams.sittings.accommodations import terms_for
from exams.sittings.tickets_actions import enter
from lms.audit.models import AuditRow
from lms.models import Announcement, Appointment, Notice, Person, Unit
from lms.people.scope import may
from lms.people.states import Act, UnitKind
from lms.policy.defaults import lay_defaults
from tests.conftest import TODAY
from tests.factories.exams import admit, make_sitting
from tests.factories.people import PersonFactory, UnitFactory

pytestmark = pytest.mark.django_db
PASSWORD = "only-for-tests-2026"


@pytest.fixture(scope="module")
def library(django_db_setup, django_db_blocker) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """Policy, lessons and questions, once for this module: each test's transaction stands inside this one, which is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        lay_defaults(at=timezone.now())
        call_command("load_library", stdout=StringIO())
        call_command("load_questions", stdout=StringIO())
        yield
        transaction.set_rollback(True)


def load(today: date = TODAY) -> str:
    out = StringIO()
    call_command("demo", "load", today=today, password=PASSWORD, stdout=out)
    return out.getvalue()


def clear() -> str:
    out = StringIO()
    call_command("demo", "clear", stdout=out)
    return out.getvalue()


def counts() -> Counter[str]:
    rows = {model._meta.label: model._base_manager.count() for model in apps.get_models(include_auto_created=True)}
    return Counter({label: n for label, n in rows.items() if n and label not in {"lms.AuditRow"}})


def digest() -> str:
    """Everything of the demo but keys, secrets and what names keys."""
    left_out = {"id", "password", "identity_sealed", "recorded_at", "lines", "digest", "cells", "rows_digest", "evidence", "link", "key", "path_id"}
    left_out |= {"paper", "paper_digest", "stored"}
    text = []
    for model, rows in belongings().items():
        fields = [f.name for f in model._meta.local_concrete_fields if not f.is_relation and f.name not in left_out]
        values = rows.values_list(*fields) if fields else [()] * rows.count()
        text += sorted(json.dumps([model._meta.label, *row], default=str, ensure_ascii=False) for row in values)
    return sha256("\n".join(text).encode()).hexdigest()


@pytest.fixture(scope="module")
def loaded(library: None, django_db_blocker) -> Iterator[SimpleNamespace]:  # type: ignore[no-untyped-def]
    """The county of `TODAY`, laid once for this module beside one person and one unit that are not the demo's."""
    with django_db_blocker.unblock(), transaction.atomic():
        stranger = PersonFactory(home_unit=UnitFactory(code="elsewhere", name="别处"), staff_number="900001", name="真人")
        before, lines = counts(), AuditRow.objects.count()
        load()
        yield SimpleNamespace(before=before, lines=lines, stranger=stranger, told=accounts.file().read_text(encoding="utf-8"))
        transaction.set_rollback(True)


def test_demo_is_laid_whole_and_once(loaded: SimpleNamespace) -> None:
    units = Unit.objects.filter(path__startswith="yunxi/")
    assert Person.objects.filter(demo=True).count() == 600
    assert units.exclude(kind=UnitKind.VILLAGE).count() == 40
    assert units.filter(kind=UnitKind.VILLAGE).count() == 120
    assert AuditRow.objects.count() == loaded.lines + 1
    now = counts()
    assert "already" in load()
    assert counts() == now


def test_demo_goes_without_trace_and_comes_back_the_same(loaded: SimpleNamespace) -> None:
    first = digest()
    clear()
    assert counts() == loaded.before
    assert AuditRow.objects.count() == loaded.lines + 2
    assert AuditRow.objects.latest("number").verb == "demo:clear"
    assert Person.objects.get() == loaded.stranger
    assert not accounts.file().exists()
    assert "no demo county" in clear()
    load()
    assert digest() == first


def test_clear_refuses_while_others_hang_on_the_demo(loaded: SimpleNamespace) -> None:
    Person.objects.filter(pk=loaded.stranger.pk).update(home_unit=Unit.objects.get(code="caizheng"))
    before = counts()
    with pytest.raises(CommandError, match="真人"):
        clear()
    assert counts() == before


def test_demo_county_shows_every_state_on_any_day(library: None) -> None:
    """Loaded for a day in January too: no row lies in the future, no certificate is owed, and the screens have something of each kind."""
    day = date(2027, 1, 8)
    clear()
    load(day)
    assert HoursEntry.objects.filter(earned_on__gt=day).count() == 0
    assert LessonProgress.objects.filter(opened_at__date__gt=day).count() == 0
    assert HandIn.objects.filter(at__date__gt=day).count() == 0
    assert Attempt.objects.filter(hand_in=None).count() == 0
    owed = Result.objects.released().filter(passed=True).exclude(attempt__certificates__isnull=False)
    assert owed.count() == 0
    assert Certificate.objects.filter(valid_until__lt=day).exists()
    assert Certificate.objects.filter(valid_until__range=(day, day + timedelta(days=90))).exists()
    assert CertificateEvent.objects.filter(kind="revoked").count() >= 3
    assert Release.objects.values("sitting").distinct().count() >= 10
    assert Sitting.objects.filter(opens_at__date__lt=day, closes_at__date__gt=day, auto_release=True).count() == 1
    assert Sitting.objects.filter(opens_at__date__gt=day).count() == 2
    assert Appointment.objects.filter(acting=True).exists()
    assert Announcement.objects.filter(number__contains="〔2027〕").exists()


def test_demo_learner_has_the_home_page_of_the_design(loaded: SimpleNamespace) -> None:
    learner = Person.objects.get(staff_number="004217")
    year = HoursEntry.objects.filter(person=learner, earned_on__year=TODAY.year)
    certificate = learner.certificates.get()
    assert (learner.name, learner.home_unit.name) == ("王慧敏", "县人社局")
    assert year.aggregate(sum=Sum("hours"))["sum"] == Decimal("72.5")
    assert year.exclude(tier="").aggregate(sum=Sum("hours"))["sum"] == Decimal("54")
    assert (certificate.number, certificate.valid_until) == ("YX-SEC-2024-000318", date(2027, 3, 31))
    assert certificate.result.score == 88
    assert Notice.objects.filter(person=learner, read_at=None).count() == 2
    assert Candidate.objects.filter(person=learner, sitting__opens_at__date__lt=TODAY, sitting__closes_at__date__gt=TODAY).count() == 3
    assert learner.check_password(PASSWORD)
    assert may(Person.objects.get(staff_number="100002"), Act.EXPORT_ASSESSMENT, TODAY)
    assert Person.objects.filter(demo=True).exclude(password__startswith="!").count() == 9
    assert (accounts.file().stat().st_mode & 0o777, PASSWORD in accounts.file().read_text()) == (0o600, True)


def test_demo_batch_is_what_the_product_states_but_for_the_one_corrected(loaded: SimpleNamespace) -> None:
    batch = ExportBatch.objects.get(corrects=None)
    rows = list(batch.rows.select_related("record__person__home_unit"))
    people = [row.record.person for row in rows]
    now = person_years(people, batch.year, today=TODAY)
    differing = [row.record.person for row in rows if now[row.record.person_id].digest != row.record.digest]
    corrected = ExportBatch.objects.get(corrects=batch).rows.get().record.person
    assert differing == [corrected]


def test_load_refuses_numbers_that_are_taken(library: None) -> None:
    clear()
    PersonFactory(staff_number="004217", home_unit=UnitFactory(code="renshe"))
    with pytest.raises(CommandError, match="renshe, 004217"):
        load()
    assert Person.objects.filter(demo=True).count() == 0


def test_demo_days_count_from_one_day() -> None:
    assert month(date(2026, 11, 23), -11, 4) == date(2025, 12, 4)
    assert month(date(2026, 1, 31), 1) == date(2026, 2, 1)


def test_demo_bank_has_every_kind_a_way_through_review_and_a_pool_to_practise(loaded: SimpleNamespace) -> None:
    live = QuestionVersion.objects.filter(question__current=F("pk"))
    assert set(live.values_list("kind", flat=True)) == set(rules())
    standing = {question.key.rpartition("/")[2]: case.draft for question, case in cases(Question.objects.values_list("pk", flat=True)).values()}
    drafts = {name: state for name, state in standing.items() if state}
    assert drafts == {"demo-vlan-draft": "waiting", "demo-often-draft": "draft", "demo-ups-draft": "reviewed"}
    assert VersionStep.objects.filter(step="return").get().by.staff_number == "100003"
    assert Question.objects.filter(key__contains="/demo-", tags=None).count() == 0
    for sitting in Sitting.objects.filter(closes_at__date__gte=TODAY):
        assert lacking(sitting.source) == []


def test_demo_practice_is_open_to_all_technical_staff(loaded: SimpleNamespace) -> None:
    practice = Sitting.objects.get(practice=True)
    technical = Person.objects.filter(demo=True, appointments__post__tier="technical", appointments__valid_to=None)
    missing = technical.exclude(pk__in=practice.candidates.values("person"))
    assert missing.count() == 0
    assert practice.opens_at.date() < TODAY < practice.closes_at.date()


def test_demo_sitting_of_today_is_seated_apart_and_its_ticket_opens_it(loaded: SimpleNamespace) -> None:
    sitting = Sitting.objects.get(rooms__isnull=False, rooms__room__name="一机房")
    seats = Seat.objects.filter(use__sitting=sitting).select_related("use__room", "candidate__person")
    assert seats.count() == sitting.candidates.count()
    assert all(seat.number in seat.use.room.free for seat in seats)
    assert [(room.count, room.columns) for room in Room.objects.filter(place__name="县电子政务培训中心")] == [(48, 8), (48, 8)]
    number, code = re.search(r"number: (\S+)", loaded.told)[1], re.search(r"code: (\S+)", loaded.told)[1]  # type: ignore[index]
    at = datetime.combine(TODAY, time(10), ZoneInfo("Asia/Shanghai"))
    with transaction.atomic():
        assert enter(number, code, address="10.0.0.1", at=at).candidate.person.name == "陈志远"
        transaction.set_rollback(True)


def test_demo_coming_exams_have_exceptions_and_forms_to_print(loaded: SimpleNamespace) -> None:
    planned = Sitting.objects.get(accommodations__extra=25)
    one, group = planned.accommodations.get(extra=25), planned.groups.get()
    terms = terms_for(planned, [one.person_id, group.members.first().person_id], TODAY)
    assert terms[one.person_id].limit == 113
    assert terms[group.members.first().person_id].opens == planned.opens_at + timedelta(hours=5)
    forms = Sitting.objects.get(paper_set__isnull=False).paper_set.forms.all()
    items = [set(form.items.values_list("question", flat=True)) for form in forms]
    assert [form.letter for form in forms] == ["A", "B"]
    assert (len(items[0]), len(items[1]), len(items[0] & items[1])) == (50, 50, 19)


def test_demo_answers_wait_for_markers_and_some_are_marked(loaded: SimpleNamespace) -> None:
    kinds = Counter(Piece.objects.waiting().values_list("version__kind", flat=True))
    assert set(kinds) == {"essay", "short", "upload", "station"}
    assert set(Piece.objects.done().values_list("version__kind", flat=True)) == {"essay", "short", "station"}
    for sitting in Sitting.objects.filter(pk__in=Piece.objects.values("sitting")):
        waiting = Piece.objects.filter(sitting=sitting).waiting().count()
        mark_sitting(sitting, by=None, at=timezone.now())
        doubts = Piece.objects.filter(sitting=sitting).exclude(doubts=[])
        assert Piece.objects.filter(sitting=sitting).waiting().count() == waiting + doubts.count()
    file = Enclosure.objects.first()
    assert sha256(storages["private"].open(file.stored).read()).hexdigest() == file.sha256
    assert Incident.objects.count() == 3
    assert Pause.objects.filter(resumed_at=None).count() == 0


def test_clear_refuses_while_a_stranger_sat_a_question_of_the_demo(loaded: SimpleNamespace) -> None:
    of_demo = Question.objects.get(key="technical-03/demo-duty-essay")
    paper = {"sections": [{"kind": "essay", "slots": [{"n": 1, "q": of_demo.current_id, "p": "5", "o": [], "b": 1}]}]}
    blueprint = Blueprint.objects.create(title="别处的考试")
    sitting = make_sitting(loaded.stranger.home_unit, timezone.now(), blueprint)
    (candidate,) = admit(sitting, loaded.stranger)
    at = timezone.now()
    Attempt.objects.create(
        candidate=candidate, number=1, start_key="k", seed="s", paper=paper, paper_digest="d", started_at=at, deadline=at + timedelta(hours=1)
    )
    with pytest.raises(CommandError, match="attempt"):
        clear()
