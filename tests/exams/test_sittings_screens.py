"""Sittings on screen: terms, candidates with a preview, who may touch which."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exams.sittings.models import Candidate, Sitting
from lms.audit.models import AuditRow
from lms.notices.models import Notice
from lms.people.models import Appointment
from lms.people.states import Role
from tests.factories.people import LONG_AGO, PersonFactory, PostFactory
from tests.factories.sittings import make_attempt, make_blueprint, make_candidate, make_sitting, make_stock


@pytest.fixture
def stocked(county):
    return make_stock()


@pytest.fixture
def sitting(county, stocked):
    now = timezone.now()
    return make_sitting(county.root, opens_at=now + timedelta(days=1), closes_at=now + timedelta(days=1, hours=3))


@pytest.fixture
def trainer(county, client, stocked):
    client.force_login(county.trainer)
    return client


def local(moment) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def terms(county, blueprint, **changes) -> dict[str, object]:
    opens = timezone.now() + timedelta(days=1)
    return {
        "title": "第四季度考试", "blueprint": blueprint.pk, "certificate_type": "", "unit": county.root.pk, "opens_at": local(opens),
        "closes_at": local(opens + timedelta(hours=3)), "duration": 60, "attempts_allowed": 1, "knowledge_percent": 0, "operation_percent": 0,
        "review": "after_release", "place": "",
    } | changes  # fmt: skip


def test_a_new_sitting_leads_to_its_candidates(county, trainer) -> None:
    response = trainer.post("/sittings/new/", terms(county, make_blueprint()))
    sitting = Sitting.objects.get()
    assert response["Location"] == f"/sittings/{sitting.pk}/candidates/"
    assert sitting.pass_policy is not None
    page = trainer.get(f"/sittings/{sitting.pk}/").content.decode()
    assert "60%" in page
    assert sitting.pass_policy.source in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title": ""}, "必需字段"),
        ({"closes_at": "2020-01-01T10:00"}, "结束时间必须晚于开始时间"),
        ({"opens_at": "2020-01-01T08:00", "closes_at": "2020-01-01T10:00"}, "这个时间已经过去了"),
        ({"duration": 300}, "答题时间超过了考试开放的时间"),
        ({"overdue": "grace"}, "请填写宽限的分钟数"),
        ({"practice": "on"}, "练习只能使用练习题库的试题"),
        ({"review": "at_once"}, "只有练习才能立即显示答案"),
        ({"knowledge_percent": 101}, "knowledge_percent"),
        ({"opens_at": "明天"}, "opens_at"),
    ],
)
def test_faulty_terms_are_refused_in_words(county, trainer, changes, says) -> None:
    page = trainer.post("/sittings/new/", terms(county, make_blueprint(), **changes)).content.decode()
    assert 'role="alert"' in page
    assert says in page
    assert Sitting.objects.count() == 0


def test_a_blueprint_that_cannot_be_drawn_is_refused_exactly(county, trainer) -> None:
    page = trainer.post("/sittings/new/", terms(county, make_blueprint({"count": 5}))).content.decode()
    assert "第 1 行缺 2 题" in page
    assert Sitting.objects.count() == 0


def test_once_begun_only_the_closing_can_move(county, trainer, sitting) -> None:
    make_attempt(make_candidate(sitting, county.learner))
    assert list(trainer.get(f"/sittings/{sitting.pk}/edit/").context["form"].fields) == ["closes_at"]
    later = sitting.closes_at + timedelta(hours=1)
    assert trainer.post(f"/sittings/{sitting.pk}/edit/", {"closes_at": local(later)}).status_code == 302
    assert local(Sitting.objects.get().closes_at) == local(later)
    page = trainer.post(f"/sittings/{sitting.pk}/edit/", {"closes_at": local(later - timedelta(hours=2))}).content.decode()
    assert "只能延后" in page


def test_cancelling_asks_for_the_reason(county, trainer, sitting) -> None:
    make_candidate(sitting, county.learner)
    assert "必需字段" in trainer.post(f"/sittings/{sitting.pk}/cancel/", {"reason": ""}).content.decode()
    trainer.post(f"/sittings/{sitting.pk}/cancel/", {"reason": "停电"})
    assert "停电" in trainer.get(f"/sittings/{sitting.pk}/").content.decode()
    assert Notice.objects.filter(person=county.learner).count() == 1


def test_a_pasted_list_is_shown_before_anyone_is_added(county, trainer, sitting) -> None:
    make_candidate(sitting, county.stranger)
    text = f"{county.learner.staff_number}\n{county.stranger.name}\n{county.learner.name}\n查无此人"
    address = f"/sittings/{sitting.pk}/candidates/add/"
    preview = trainer.post(address, {"text": text, "do": "preview"})
    meant = preview.context["meant"]
    assert ([p.name for p in meant.found], [p.name for p in meant.already]) == ([county.learner.name], [county.stranger.name])
    assert ([p.name for p in meant.repeated], meant.unknown) == ([county.learner.name], ("查无此人",))
    assert Candidate.objects.count() == 1
    assert trainer.post(address, {"text": text, "do": "confirm"})["Location"] == f"/sittings/{sitting.pk}/candidates/"
    assert set(Candidate.objects.values_list("person__name", flat=True)) == {county.learner.name, county.stranger.name}


def test_the_pasted_list_takes_four_clicks_and_one_field(county, trainer, sitting) -> None:
    """Sittings, candidates, preview, admit: each address stands on the page before it."""
    assert 'href="/sittings/"' in trainer.get("/").content.decode()
    assert f'href="/sittings/{sitting.pk}/candidates/"' in trainer.get("/sittings/").content.decode()
    assert f'action="/sittings/{sitting.pk}/candidates/add/"' in trainer.get(f"/sittings/{sitting.pk}/candidates/").content.decode()
    preview = trainer.post(f"/sittings/{sitting.pk}/candidates/add/", {"text": county.learner.staff_number, "do": "preview"})
    assert 'name="do" value="confirm"' in preview.content.decode()


def test_of_several_people_with_a_name_the_ticked_one_is_added(county, trainer, sitting) -> None:
    twins = [PersonFactory(name="王敏", home_unit=unit) for unit in (county.finance, county.township)]
    address = f"/sittings/{sitting.pk}/candidates/add/"
    page = trainer.post(address, {"text": "王敏", "do": "preview"})
    assert [[p.id for p in item.people] for item in page.context["meant"].several] == [[t.pk for t in twins]]
    trainer.post(address, {"text": "王敏", "picked": [twins[1].pk], "do": "confirm"})
    assert [c.person_id for c in Candidate.objects.all()] == [twins[1].pk]


def test_everyone_of_a_unit_post_or_tier_is_added(county, trainer, sitting) -> None:
    security, clerk = PostFactory(tier="technical"), PostFactory()
    guards = [PersonFactory(home_unit=unit, post=security) for unit in (county.finance, county.township)]
    PersonFactory(home_unit=county.finance, post=clerk)
    gone = PersonFactory(home_unit=county.finance)
    Appointment.objects.create(person=gone, unit=county.finance, post=security, valid_from=LONG_AGO, valid_to=LONG_AGO + timedelta(days=9))
    address = f"/sittings/{sitting.pk}/candidates/add/"
    for asked, people in (
        ({"unit": county.finance.pk, "post": security.pk}, guards[:1]),
        ({"unit": county.root.pk, "tier": "technical"}, guards),
        ({"post": security.pk}, guards),
        ({"tier": "technical"}, guards),
    ):
        meant = trainer.post(address, asked | {"text": "", "do": "preview"}).context["meant"]
        assert sorted(p.id for p in meant.found) == sorted(p.pk for p in people)
    assert "请粘贴名单" in trainer.post(address, {"text": " ", "do": "preview"}).content.decode()


def test_people_out_of_reach_are_not_found(county, client, stocked) -> None:
    own = PersonFactory(home_unit=county.finance, role=Role.TRAINER)
    now = timezone.now()
    sitting = make_sitting(county.finance, opens_at=now + timedelta(days=1), closes_at=now + timedelta(days=2))
    client.force_login(own)
    address = f"/sittings/{sitting.pk}/candidates/add/"
    meant = client.post(address, {"text": f"{county.stranger.staff_number} {county.learner.staff_number}", "do": "preview"}).context["meant"]
    assert ([p.id for p in meant.found], meant.unknown) == ([county.learner.pk], (county.stranger.staff_number,))
    refused = client.post(address, {"text": county.learner.staff_number, "picked": [county.stranger.pk], "do": "confirm"})
    assert refused.status_code == 200
    assert Candidate.objects.count() == 0


def test_a_candidate_is_removed_unless_they_have_begun(county, trainer, sitting) -> None:
    removed, begun = make_candidate(sitting, county.learner), make_candidate(sitting, county.stranger)
    make_attempt(begun)
    for candidate in (removed, begun):
        trainer.post(f"/sittings/{sitting.pk}/candidates/{candidate.pk}/remove/")
    assert list(Candidate.objects.all()) == [begun]


@pytest.mark.parametrize(("form", "start"), [("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")])
def test_the_list_is_exported_with_an_audit_line(county, trainer, sitting, form, start) -> None:
    make_candidate(sitting, county.learner)
    response = trainer.post(f"/sittings/{sitting.pk}/candidates/export/", {"format": form})
    assert response.content.startswith(start)
    assert AuditRow.objects.get(verb="list:export").detail == {"list": "candidates", "rows": 1}


GET = ("", "edit/", "cancel/", "candidates/")
POST = ("candidates/add/", "candidates/export/", "cancel/", "edit/")


@pytest.mark.parametrize("role", sorted(Role))
def test_only_those_who_manage_sittings_enter(county, client, sitting, role: str) -> None:
    client.force_login(getattr(county, role))
    expected = 200 if role in {Role.TRAINER, Role.CENTRE} else 403
    for address in ("/sittings/", "/sittings/new/", *(f"/sittings/{sitting.pk}/{tail}" for tail in GET)):
        assert client.get(address).status_code == expected, address
    for tail in POST:
        assert client.post(f"/sittings/{sitting.pk}/{tail}", {}).status_code == expected, tail


def test_a_sitting_of_another_unit_is_not_there(county, client, sitting) -> None:
    candidate = make_candidate(sitting, county.learner)
    client.force_login(PersonFactory(home_unit=county.finance, role=Role.TRAINER))
    assert sitting.title not in client.get("/sittings/").content.decode()
    for tail in GET:
        assert client.get(f"/sittings/{sitting.pk}/{tail}").status_code == 404, tail
    for tail in (*POST, f"candidates/{candidate.pk}/remove/"):
        assert client.post(f"/sittings/{sitting.pk}/{tail}", {}).status_code == 404, tail


def test_a_sitting_cannot_be_held_for_a_unit_out_of_reach(county, client, stocked) -> None:
    client.force_login(PersonFactory(home_unit=county.finance, role=Role.TRAINER))
    page = client.post("/sittings/new/", terms(county, make_blueprint()))
    assert page.status_code == 200
    assert Sitting.objects.count() == 0


def test_a_candidate_of_another_sitting_is_not_removed(county, trainer, sitting) -> None:
    other = make_sitting(county.root, title="另一场")
    candidate = make_candidate(other, county.learner)
    assert trainer.post(f"/sittings/{sitting.pk}/candidates/{candidate.pk}/remove/").status_code == 404
    assert Candidate.objects.count() == 1


def test_lists_take_the_same_queries_for_one_and_three_rows(county, trainer, sitting) -> None:
    counts = []
    for n in (1, 2):
        for _ in range(n):
            make_candidate(sitting, PersonFactory())
        pages = []
        for address in ("/sittings/", f"/sittings/{sitting.pk}/", f"/sittings/{sitting.pk}/candidates/"):
            trainer.get(address)
            with CaptureQueriesContext(connection) as queries:
                trainer.get(address)
            pages.append(len(queries))
        counts.append(pages)
        for _ in range(2):
            make_sitting(county.root)
    assert counts[0] == counts[1]


def test_home_names_sittings_that_cannot_be_sat(county, trainer, sitting) -> None:
    from exams.sittings.hooks import in_trouble

    now = timezone.now()
    assert [todo.address for todo in in_trouble(county.trainer, now)] == [f"/sittings/{sitting.pk}/candidates/"]
    make_candidate(sitting, county.learner)
    assert list(in_trouble(county.trainer, now)) == []
    sitting.blueprint.rows.create(kind="single", count=2, points=1, order=9)
    assert [todo.address for todo in in_trouble(county.trainer, now)] == [f"/papers/{sitting.blueprint_id}/"]
    assert list(in_trouble(county.learner, now)) == []
