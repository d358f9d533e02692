"""Verbs of the ground floor: dates, refusals, projections, one audit line each."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.people import actions, appointing, passwords, roles, structure
from lms.people.checks import CHECKS, Obstacle, Refused
from lms.people.models import Appointment, Person, Unit, UnitPlacement
from lms.people.states import EXCLUSIVE_ROLES, Role, Tier
from lms.people.tree import tree
from lms.signals import person_appointed, person_left
from tests.conftest import NOW, TODAY
from tests.factories.people import PersonFactory, PostFactory, UnitFactory, identity_number

MARCH = date(2026, 3, 1)
MAY = date(2026, 5, 1)


@pytest.fixture
def post(county):
    return PostFactory(code="keyuan", name="科员")


def lines(verb: Verb) -> int:
    return AuditRow.objects.filter(verb=verb).count()


def held(person) -> list[tuple]:
    rows = person.appointments.filter(voided=False).order_by("valid_from", "pk")
    return [(row.unit.code, row.valid_from, row.valid_to) for row in rows]


def test_appointing_ends_the_main_post_before_and_keeps_the_home_unit(county, post) -> None:
    person = PersonFactory(home_unit=county.finance)
    appointing.appoint(person, county.finance, post, valid_from=MARCH, by=county.hr, at=NOW)
    appointing.appoint(person, county.township, post, valid_from=MAY, by=county.hr, at=NOW)
    assert held(person) == [("caizheng", MARCH, MAY), ("longkou", MAY, None)]
    person.refresh_from_db()
    assert (person.home_unit, lines(Verb.PERSON_APPOINTED)) == (county.township, 2)


def test_appointing_again_on_the_same_day_voids_the_mistake(county, post) -> None:
    person = PersonFactory(home_unit=county.finance)
    first = appointing.appoint(person, county.finance, post, valid_from=MARCH, by=county.hr, at=NOW)
    appointing.appoint(person, county.personnel, post, valid_from=MARCH, by=county.hr, at=NOW)
    first.refresh_from_db()
    assert (first.voided, held(person)) == (True, [("renshe", MARCH, None)])


def test_appointment_in_the_future_does_not_move_the_person_yet(county, post) -> None:
    person = PersonFactory(home_unit=county.finance)
    appointing.appoint(person, county.finance, post, valid_from=MARCH, by=county.hr, at=NOW)
    appointing.appoint(person, county.township, post, valid_from=TODAY + timedelta(days=5), by=county.hr, at=NOW)
    person.refresh_from_db()
    assert person.home_unit == county.finance
    actions.close_accounts(at=NOW + timedelta(days=5))
    person.refresh_from_db()
    assert person.home_unit == county.township


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda c: {"unit": UnitFactory(code="gone", parent=c.root, closed_on=MARCH)}, "unit_closed"),
        (lambda c: {"unit": UnitFactory(code="later", parent=c.root, founded_on=MAY)}, "unit_not_yet"),
        (lambda c: {"acting": True}, "acting_needs_end"),
        (lambda c: {"valid_to": MARCH}, "dates"),
    ],
)
def test_impossible_appointment_is_refused_with_its_reason(county, post, change, code) -> None:
    wanted = {"unit": county.finance, "valid_from": MARCH, **change(county)}
    person = PersonFactory(home_unit=county.finance)
    with pytest.raises(Refused) as caught:
        appointing.appoint(person, wanted.pop("unit"), post, by=county.hr, at=NOW, **wanted)
    assert [reason.code for reason in caught.value.reasons] == [code]
    assert person.appointments.count() == 0


def test_later_main_post_and_same_post_twice_are_refused(county, post) -> None:
    person = PersonFactory(home_unit=county.finance)
    appointing.appoint(person, county.finance, post, valid_from=MAY, by=county.hr, at=NOW)
    with pytest.raises(Refused) as later:
        appointing.appoint(person, county.personnel, post, valid_from=MARCH, by=county.hr, at=NOW)
    with pytest.raises(Refused) as twice:
        appointing.appoint(person, county.finance, post, valid_from=TODAY, by=county.hr, at=NOW)
    assert ([r.code for r in later.value.reasons], [r.code for r in twice.value.reasons]) == (["later_main"], ["holds_it"])


def test_acting_cures_what_may_be_cured_and_a_regular_appointment_ends_it(county, post, monkeypatch) -> None:
    lacking = [Obstacle(code="certificate", sentence="No certificate.", acting_cures=True)]
    monkeypatch.setattr("lms.people.checks.CHECKS", [*CHECKS, lambda *a: list(lacking)])
    person = PersonFactory(home_unit=county.finance)
    with pytest.raises(Refused) as caught:
        appointing.appoint(person, county.finance, post, valid_from=MARCH, by=county.hr, at=NOW)
    assert caught.value.acting_would_do
    appointing.appoint(person, county.finance, post, valid_from=MARCH, valid_to=TODAY, acting=True, by=county.hr, at=NOW)
    lacking.clear()
    appointing.appoint(person, county.finance, post, valid_from=MAY, by=county.hr, at=NOW)
    assert held(person) == [("caizheng", MARCH, MAY), ("caizheng", MAY, None)]


def test_move_keeps_the_post_and_needs_one(county, post) -> None:
    person = PersonFactory(home_unit=county.finance, post=post)
    row = appointing.move_person(person, county.township, day=MAY, by=county.hr, at=NOW)
    assert (row.post, held(person)[-1]) == (post, ("longkou", MAY, None))
    with pytest.raises(Refused) as caught:
        appointing.move_person(PersonFactory(), county.township, day=MAY, by=county.hr, at=NOW)
    assert [reason.code for reason in caught.value.reasons] == ["no_main"]


def test_ending_on_the_first_day_voids(county, post) -> None:
    row = appointing.appoint(PersonFactory(), county.finance, post, valid_from=MARCH, by=county.hr, at=NOW)
    appointing.end_appointment(row, day=MARCH, reason="误录", by=county.hr, at=NOW)
    assert (row.voided, row.valid_to, Appointment.objects.on(MARCH).filter(pk=row.pk).exists()) == (True, MARCH, False)


def test_facts_are_announced_on_commit(county, post, django_capture_on_commit_callbacks) -> None:
    heard = []
    person_appointed.connect(lambda **kw: heard.append(("appointed", kw["appointment"].post)), weak=False, dispatch_uid="t1")
    person_left.connect(lambda **kw: heard.append(("left", kw["person"])), weak=False, dispatch_uid="t2")
    try:
        with django_capture_on_commit_callbacks(execute=True):
            person, _password = actions.add_person("700001", "王某", unit=county.finance, post=post, valid_from=MARCH, by=county.hr, at=NOW)
            assert heard == []
        with django_capture_on_commit_callbacks(execute=True):
            actions.retire(person, day=TODAY, reason="退休", by=county.hr, at=NOW)
    finally:
        person_appointed.disconnect(dispatch_uid="t1")
        person_left.disconnect(dispatch_uid="t2")
    assert heard == [("appointed", post), ("left", person)]


def test_retiring_ends_posts_roles_and_account_and_reinstating_brings_only_the_post_back(county, post) -> None:
    person = PersonFactory(home_unit=county.finance, post=post, role=Role.TRAINER)
    roles.keep_groups(person)
    actions.retire(person, day=TODAY, reason="退休", by=county.hr, at=NOW)
    assert (person.is_active, person.has_usable_password(), person.groups.count(), held(person)[0][2]) == (False, False, 0, TODAY)
    assert [grant.valid_to for grant in person.grants.all()] == [TODAY]
    password = actions.reinstate(person, unit=county.finance, post=post, day=TODAY, by=county.hr, at=NOW)
    assert (person.is_active, person.check_password(password), person.must_change_password) == (True, True, True)
    assert held(person)[-1] == ("caizheng", TODAY, None)


def test_retiring_on_a_later_day_leaves_the_account_open_until_then(county, post) -> None:
    person = PersonFactory(post=post)
    actions.retire(person, day=TODAY + timedelta(days=3), reason="退休", by=county.hr, at=NOW)
    assert (person.is_active, actions.close_accounts(at=NOW), actions.close_accounts(at=NOW + timedelta(days=3))) == (True, 0, 1)
    person.refresh_from_db()
    assert not person.is_active


def test_change_made_from_an_older_reading_leaves_a_closed_account_closed(county, post) -> None:
    person = PersonFactory(home_unit=county.finance, post=post)
    older = Person.objects.get(pk=person.pk)
    actions.retire(person, day=TODAY, reason="退休", by=county.hr, at=NOW)
    actions.change_person(older, by=county.hr, at=NOW, name="王晓慧")
    person.refresh_from_db()
    assert (person.name, person.is_active, person.left_on, person.has_usable_password()) == ("王晓慧", False, TODAY, False)


def test_nobody_who_left_meanwhile_is_appointed(county, post) -> None:
    person = PersonFactory(home_unit=county.finance, post=post)
    older = Person.objects.get(pk=person.pk)
    actions.retire(person, day=TODAY, reason="退休", by=county.hr, at=NOW)
    with pytest.raises(Refused) as refused:
        appointing.appoint(older, county.personnel, post, valid_from=TODAY, by=county.hr, at=NOW)
    assert [reason.code for reason in refused.value.reasons] == ["person_left"]


def test_move_at_the_end_of_a_month_is_settled_on_the_first_of_the_next(county, post) -> None:
    person = PersonFactory(home_unit=county.finance, post=post)
    appointing.appoint(person, county.personnel, post, valid_from=date(2026, 11, 30), by=county.hr, at=NOW)
    actions.close_accounts(at=datetime(2026, 12, 1, 1, tzinfo=UTC))  # the server was off on the 30th
    person.refresh_from_db()
    assert person.home_unit == county.personnel


def test_nobody_retires_themselves(county) -> None:
    with pytest.raises(ValidationError):
        actions.retire(county.hr, day=TODAY, reason="x", by=county.hr, at=NOW)


def test_identity_number_of_another_person_is_refused(county, post) -> None:
    actions.add_person("700001", "甲", unit=county.finance, post=post, valid_from=MARCH, identity_number=identity_number(1), by=county.hr, at=NOW)
    with pytest.raises(ValidationError):
        actions.change_person(county.learner, identity_number=identity_number(1), by=county.hr, at=NOW)
    row = AuditRow.objects.get(verb=Verb.PERSON_ADDED)
    assert identity_number(1) not in str(row.detail)


@pytest.mark.parametrize("pair", [(a, b) for a in sorted(EXCLUSIVE_ROLES) for b in sorted(EXCLUSIVE_ROLES) if a != b])
def test_watching_roles_exclude_each_other(county, pair) -> None:
    person = PersonFactory()
    grant = roles.grant_role(person, Role(pair[0]), county.finance, day=MARCH, by=county.sysadmin, at=NOW)
    with pytest.raises(ValidationError):
        roles.grant_role(person, Role(pair[1]), county.township, day=MAY, by=county.sysadmin, at=NOW)
    roles.withdraw_role(grant, day=MAY, by=county.sysadmin, at=NOW)
    roles.grant_role(person, Role(pair[1]), county.township, day=MAY, by=county.sysadmin, at=NOW)


def test_nobody_grants_to_themselves_or_twice(county) -> None:
    with pytest.raises(ValidationError):
        roles.grant_role(county.sysadmin, Role.TRAINER, county.root, day=MARCH, by=county.sysadmin, at=NOW)
    roles.grant_role(county.learner, Role.TRAINER, county.root, day=MARCH, by=county.sysadmin, at=NOW)
    with pytest.raises(ValidationError):
        roles.grant_role(county.learner, Role.TRAINER, county.finance, day=MARCH, by=county.sysadmin, at=NOW)


def test_renamed_and_moved_unit_keeps_its_past(county) -> None:
    village = structure.found_unit("cun1", "石桥村", kind="village", parent=county.township, day=MARCH, by=county.hr, at=NOW)
    structure.change_unit(county.township, name="龙口镇", kind="township", day=MAY, by=county.hr, at=NOW)
    other = structure.found_unit("quyang", "曲阳乡", kind="township", parent=county.root, day=MARCH, by=county.hr, at=NOW)
    structure.change_unit(county.township, parent=other, day=TODAY, by=county.hr, at=NOW)
    village.refresh_from_db()
    assert village.path == "yunxi/quyang/longkou/cun1/"
    assert [(p.name, p.path, p.valid_from) for p in village.placements.all()] == [
        ("石桥村", "yunxi/longkou/cun1/", MARCH), ("石桥村", "yunxi/quyang/longkou/cun1/", TODAY),
    ]  # fmt: skip
    names = {node.code: node.name for day in (MARCH,) for top in tree(["yunxi/"], day) for node in top.children}
    assert names["longkou"] == "龙口乡"
    for row in Unit.objects.all():
        assert UnitPlacement.objects.get(unit=row, valid_to=None).path == row.path


def test_unit_cannot_stand_under_itself_or_change_in_the_future(county) -> None:
    village = structure.found_unit("cun1", "石桥村", kind="village", parent=county.township, day=MARCH, by=county.hr, at=NOW)
    with pytest.raises(ValidationError):
        structure.change_unit(county.township, parent=village, day=MAY, by=county.hr, at=NOW)
    with pytest.raises(ValidationError):
        structure.change_unit(village, name="x", day=TODAY + timedelta(days=1), by=county.hr, at=NOW)


def test_unit_with_people_or_open_units_is_not_closed(county, post) -> None:
    PersonFactory(home_unit=county.township, post=post)
    for unit in (county.township, county.root):
        with pytest.raises(ValidationError):
            structure.close_unit(unit, day=TODAY, by=county.hr, at=NOW)
    structure.close_unit(
        structure.found_unit("kong", "空", kind="department", parent=county.root, day=MARCH, by=None, at=NOW), day=MAY, by=None, at=NOW
    )
    assert [node.code for top in tree(["yunxi/"], MAY) for node in top.children if node.code == "kong"] == []


def test_tree_counts_people_of_the_day(county, post) -> None:
    PersonFactory(home_unit=county.township, post=post)
    PersonFactory(home_unit=county.finance, post=post)
    top = tree(["yunxi/"], TODAY)[0]
    assert (top.here, top.below, {node.code: node.below for node in top.children}) == (0, 2, {"renshe": 0, "caizheng": 1, "longkou": 1})
    assert tree([county.finance.path], TODAY)[0].name == "县财政局"


def test_post_is_added_and_changed_with_a_line_each(county) -> None:
    post = structure.add_post("aqy", "信息安全员", name_en="Security officer", tier=Tier.TECHNICAL, by=county.hr, at=NOW)
    structure.change_post(post, tier=Tier.LEADERS, by=county.hr, at=NOW)
    assert (post.tier, lines(Verb.POST_CHANGED)) == (Tier.LEADERS, 2)


def test_one_time_password_must_be_changed(county) -> None:
    password = passwords.reset_password(county.learner, by=county.hr, at=NOW)
    assert (len(password), county.learner.must_change_password, county.learner.check_password(password)) == (19, True, True)
    passwords.change_password(county.learner, "another-one-2026", by=county.learner, at=timezone.now())
    assert (county.learner.must_change_password, lines(Verb.PASSWORD_RESET), lines(Verb.PASSWORD_CHANGED)) == (False, 1, 1)
