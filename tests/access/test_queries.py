"""Every screen asks the database as often for three rows as for one: all GET addresses, before and after the county has grown."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.progress.actions import open_lesson
from exams.attempts.actions import hand_in, start
from exams.attempts.closing import grant_time, note_incident
from exams.compliance.models import StaffingRule
from exams.marking.actions import mark_sitting, release
from exams.papers.models import BlueprintRow
from lms.jobs.actions import enqueue
from lms.notices.actions import tell
from lms.people.models import Appointment, Person
from lms.people.states import Role, UnitKind
from lms.policy.actions import set_policy
from lms.policy.keys import Key
from tests.access.matrix import Rule, expected
from tests.access.table import RULES
from tests.access.world import AtNow, askers, make_world, session_of, things_of
from tests.conftest import NOW, TODAY
from tests.factories.assessment import credit
from tests.factories.certificates import certify, make_type
from tests.factories.compliance import hold
from tests.factories.exams import admit, make_sitting
from tests.factories.people import LONG_AGO, PersonFactory, PostFactory, UnitFactory

# Asked as these, because the list holds what belongs to them; everything else as the first who may.
ASKED_AS = {"imports": "hr of the unit", "jobs": "sysadmin of the county", "home": "learner", "announcements": "hr of the county"}
SHOWS_MORE_IN = {"assessment_copy", "assessment_batch_file"}  # files of one person and of one batch: nothing in them has grown


def asked_as(rule: Rule, world: SimpleNamespace) -> str:
    if rule.name in ASKED_AS:
        return ASKED_AS[rule.name]
    people = askers(world)
    order = sorted(people, key=lambda name: not name.endswith("of the county") if rule.acts else name != "learner")
    return next(n for n in order if people[n] is not None and expected(rule, people[n], world.own, TODAY) == "pass")


def grow(world: SimpleNamespace, numbers: range) -> None:
    """Add one for each number of everything that a list may hold, for the learner, the unit and the county."""
    own, learner, hr = world.own, world.learner, world.wide[Role.HR]
    for n in numbers:
        owner = PersonFactory(home_unit=world.finance, post=world.clerk)
        more = things_of(world, world.finance, owner, world.near[Role.HR], world.bank, 10 + n)
        hold(world.finance, more.post)
        make_of_learner(world, learner, more, n)
        candidate, second = admit(own.sitting, PersonFactory(home_unit=world.finance), PersonFactory(home_unit=world.finance))
        start(candidate, key=f"more-{n}-start", by=candidate.person, at=NOW - timedelta(minutes=9))
        grant_time(own.attempt.pk, minutes=5, reason="停电", key=f"grant-{n}", by=world.wide[Role.INVIGILATOR], at=NOW)
        note_incident(own.attempt.pk, text="停电", by=world.wide[Role.INVIGILATOR], at=NOW)
        sat = start(admit(own.held, second.person)[0], key=f"held-{n}-start", by=second.person, at=NOW - timedelta(minutes=20))
        hand_in(sat.pk, by=second.person, at=NOW - timedelta(minutes=4))
        UnitFactory(code=f"zhan{n}", name=f"站{n}", parent=world.finance)
        StaffingRule.objects.get_or_create(unit_kind=list(UnitKind)[n % 4], defaults={"since": LONG_AGO})
        set_policy(Key.HOURS_PER_YEAR, 91 + n, unit=more.unit, valid_from=TODAY + timedelta(days=n), source="文件", by=hr, at=NOW)
    mark_sitting(own.held, by=None, at=NOW)
    release(own.held, by=world.wide[Role.CENTRE], at=NOW)


def make_of_learner(world: SimpleNamespace, learner: Person, more: SimpleNamespace, n: int) -> None:
    """What stands on the learner's own screens and in their file."""
    post = PostFactory(code=f"lian{n}")
    Appointment.objects.create(person=learner, unit=world.finance, post=post, main=False, valid_from=LONG_AGO)
    learner.grants.create(role=Role.INVIGILATOR, unit=UnitFactory(parent=world.township), valid_from=LONG_AGO)
    credit(learner, "1", title=f"讲座{n}")
    certify(learner, make_type(f"T{n}", name=f"第{n}种证书"))
    tell(learner, title=f"通知{n}", at=NOW)
    enqueue(f"access.{n}", title="导出", by=learner, at=NOW)
    open_lesson(more.lesson, by=learner, at=NOW)
    admit(make_sitting(world.finance, NOW, world.own.blueprint), learner)
    topic = world.bank.topics["technical-01"]
    BlueprintRow.objects.create(blueprint=world.own.blueprint, order=20 + n, topic=topic, kind="multiple", count=1, points=1)


class TestQueries(AtNow):
    def counted(self, world: SimpleNamespace, sessions: dict[str, str]) -> Iterator[tuple[str, int]]:
        for rule in RULES:
            if "GET" not in rule.methods or rule.script or rule.name in SHOWS_MORE_IN:
                continue
            client, address = Client(), reverse(rule.name, kwargs=rule.arguments(world.own) if rule.arguments else None)
            client.cookies[settings.SESSION_COOKIE_NAME] = sessions[asked_as(rule, world)]
            for _warm in range(2):
                cache.clear()
                assert client.get(address).status_code in {200, 302}, address
            cache.clear()
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            yield rule.name, len(queries)

    def test_every_screen_asks_as_often_when_the_county_has_grown(self) -> None:
        world = make_world()
        sessions = {name: session_of(person) for name, person in askers(world).items() if person is not None}
        grow(world, range(1))
        few = dict(self.counted(world, sessions))
        grow(world, range(1, 3))
        many = dict(self.counted(world, sessions))
        assert {name: (few[name], many[name]) for name in few if few[name] != many[name]} == {}
