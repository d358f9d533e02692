"""Invigilators and staff: who sees which sitting and whose results, and what they may do there."""

import io
from decimal import Decimal

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from exams.attempts import actions
from exams.attempts.models import Attempt, HandIn
from exams.attempts.watched import Incident, TimeGrant
from exams.marking.actions import mark_due, release
from exams.marking.hooks import person_panel
from exams.marking.models import Release
from exams.marking.tables import histogram
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from tests.factories.exams import admit, make_sitting, right_items
from tests.factories.people import PersonFactory


@pytest.fixture(autouse=True)
def clock(exam):
    with time_machine.travel(exam.at, tick=False) as traveller:
        yield traveller


def as_(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def sit(exam, person, wrong=0, finish=True) -> Attempt:
    candidate = exam.sitting.candidates.filter(person=person).first() or admit(exam.sitting, person)[0]
    attempt = actions.start(candidate, key=f"start-{candidate.pk:05d}", by=person, at=exam.at)
    items = right_items(attempt, wrong)
    if finish:
        actions.hand_in(attempt.pk, by=person, at=exam.at, epoch=1, seq=1, items=items)
    else:
        actions.save(attempt.pk, epoch=1, seq=1, items=items, by=person, at=exam.at)
    return attempt


def test_board_shows_who_is_where(exam, clock) -> None:
    admit(exam.sitting, exam.county.hr)
    sit(exam, exam.learner, finish=False, wrong=4)
    sit(exam, exam.county.stranger)
    clock.shift(200)
    response = as_(exam.county.invigilator).get(reverse("watch", args=[exam.sitting.pk]))
    assert response.context["counts"] == {"quiet": 1, "paused": 0, "writing": 0, "absent": 1, "missed": 0, "done": 1}
    html = response.content.decode()
    assert "6/10" in html
    only = as_(exam.county.invigilator).get(reverse("watch", args=[exam.sitting.pk]), {"state": "absent"}).context["rows"]
    assert [row.candidate.person for row in only] == [exam.county.hr]


def test_board_costs_the_same_for_one_and_three(exam) -> None:
    client = as_(exam.county.invigilator)
    counts = []
    sit(exam, exam.learner, finish=False)
    for people in ([], [exam.county.stranger, exam.county.hr]):
        for person in people:
            sit(exam, person, finish=False)
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("watch", args=[exam.sitting.pk]))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("role", "status"), [("invigilator", 200), ("centre", 200), ("trainer", 200), ("hr", 403), ("head", 403), ("learner", 403)])
def test_board_by_role(exam, role, status) -> None:
    assert as_(getattr(exam.county, role)).get(reverse("watch", args=[exam.sitting.pk])).status_code == status


def test_board_of_another_unit_is_not_there(exam) -> None:
    own = PersonFactory(home_unit=exam.county.finance, role="invigilator")
    attempt = sit(exam, exam.learner, finish=False)
    for address in (reverse("watch", args=[exam.sitting.pk]), reverse("watch_attempt", args=[attempt.pk])):
        assert as_(own).get(address).status_code == 404
        assert Client().get(address).status_code == 302
    assert as_(own).get(reverse("watch", args=[make_sitting(exam.county.finance, exam.at, exam.sitting.blueprint).pk])).status_code == 200


def test_invigilator_adds_time_once_per_click_notes_and_collects(exam) -> None:
    attempt = sit(exam, exam.learner, finish=False)
    client, address = as_(exam.county.invigilator), reverse("watch_attempt", args=[attempt.pk])
    form = {"do": "time", "minutes": 10, "reason": "机房断电", "key": "one-click"}
    for _ in range(2):
        assert client.post(address, form).status_code == 302
    assert TimeGrant.objects.get().minutes == 10
    bad = client.post(address, form | {"minutes": 0, "reason": "", "key": "other"})
    assert (bad.status_code, bad.content.decode().count("field wrong")) == (400, 2)
    assert client.post(address, {"do": "incident", "kind": "technical", "text": "离座两分钟"}).status_code == 302
    assert (Incident.objects.get().by, Incident.objects.get().kind) == (exam.county.invigilator, "technical")
    assert client.post(address, {"do": "close"}).status_code == 200  # not confirmed
    assert HandIn.objects.count() == 0
    client.post(address, {"do": "close", "sure": "1"})
    assert HandIn.objects.get().how == "invigilator"
    assert client.post(address, form | {"key": "late-click"}).status_code == 400
    assert "机房断电" in client.get(address).content.decode()


def test_results_are_of_ones_own_units_only(exam) -> None:
    sit(exam, exam.learner)
    sit(exam, exam.county.stranger, wrong=10)
    mark_due(at=exam.at)
    address = reverse("sitting_results", args=[exam.sitting.pk])
    assert as_(exam.county.unit_admin).get(address).status_code == 404  # nothing is released
    release(exam.sitting, by=None, at=exam.at)
    html = as_(exam.county.unit_admin).get(address).content.decode()
    assert exam.learner.name in html
    assert exam.county.stranger.name not in html
    county = as_(exam.county.hr).get(address)
    assert (county.context["count"], county.context["passed"], county.context["mean"]) == (2, 1, 50)
    assert as_(exam.learner).get(address).status_code == 403
    assert as_(exam.learner).get(reverse("results")).status_code == 403
    assert as_(exam.county.unit_admin).get(reverse("results")).context["page"].object_list[0].visible == 1
    elsewhere = PersonFactory(home_unit=exam.county.personnel, role="unit_admin")
    assert as_(elsewhere).get(address).status_code == 404


def test_unreleased_results_are_shown_to_those_who_release_alone(exam) -> None:
    sit(exam, exam.learner)
    mark_due(at=exam.at)
    address = reverse("sitting_results", args=[exam.sitting.pk])
    assert exam.learner.name in as_(exam.county.centre).get(address).content.decode()
    assert exam.learner.name not in as_(exam.county.trainer).get(address).content.decode()


def test_release_needs_the_act_the_box_and_something_marked(exam) -> None:
    address = reverse("release_results", args=[exam.sitting.pk])
    assert as_(exam.county.hr).post(address, {"sure": "1"}).status_code == 403
    centre = as_(exam.county.centre)
    assert centre.get(address).status_code == 405
    centre.post(address, {"sure": "1"})
    assert Release.objects.count() == 0
    sit(exam, exam.learner)
    centre.post(address)
    assert Release.objects.count() == 0
    centre.post(address, {"sure": "1"})
    centre.post(address, {"sure": "1"})
    assert Release.objects.get().by == exam.county.centre
    other = PersonFactory(home_unit=exam.county.finance, role="centre")
    assert as_(other).post(address, {"sure": "1"}).status_code == 404


def test_filters_and_export_give_the_same_rows(exam) -> None:
    sit(exam, exam.learner)
    sit(exam, exam.county.stranger, wrong=10)
    mark_due(at=exam.at)
    release(exam.sitting, by=None, at=exam.at)
    client, address = as_(exam.county.hr), reverse("sitting_results", args=[exam.sitting.pk])
    shown = client.get(address, {"outcome": "failed", "q": "陈"})
    assert [r.attempt.candidate.person for r in shown.context["page"]] == [exam.county.stranger]
    assert list(client.get(address, {"unit": "caizheng", "level": "excellent"}).context["page"]) != []
    sheet = load_workbook(io.BytesIO(client.get(address, {"outcome": "failed", "format": "xlsx"}).content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 2
    assert rows[1][1:3] == (exam.county.stranger.staff_number, "陈志远")
    assert rows[1][5:7] == (0, 20)
    assert AuditRow.objects.get(verb=Verb.LIST_EXPORTED).detail == {"list": "results", "rows": 1, "filters": {"outcome": "failed"}}


def test_lists_cost_the_same_for_one_and_three(exam) -> None:
    client, counts = as_(exam.county.hr), []
    sit(exam, exam.learner)
    for people in ([], [exam.county.stranger, exam.county.head]):
        for person in people:
            sit(exam, person)
        mark_due(at=exam.at)
        release(exam.sitting, by=None, at=exam.at)
        for address in (reverse("sitting_results", args=[exam.sitting.pk]), reverse("results")):
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_person_file_shows_released_results_to_those_in_reach(exam) -> None:
    sit(exam, exam.learner)
    mark_due(at=exam.at)
    release(exam.sitting, by=None, at=exam.at)

    def panel(viewer, person):
        request = RequestFactory().get("/")
        request.user = viewer
        return person_panel(request, person)

    assert [r.score for r in panel(exam.county.unit_admin, exam.learner)["results"]] == [20]
    assert panel(exam.county.unit_admin, exam.county.stranger) is None
    assert panel(exam.county.head, exam.learner) is None


@pytest.mark.parametrize(
    ("scores", "counts"), [([], [0] * 10), ([(0, 20)], [1] + [0] * 9), ([(20, 20), (18, 20)], [0] * 9 + [2]), ([(0, 0)], [1] + [0] * 9)]
)
def test_histogram(scores, counts) -> None:
    drawn = histogram([(Decimal(s), Decimal(f)) for s, f in scores], Decimal(60))
    assert drawn["counts"] == counts
    assert all(bar["height"] >= 0 and bar["y"] >= 30 for bar in drawn["bars"])


def test_invigilator_finds_the_sittings_of_ones_units(exam) -> None:
    make_sitting(exam.county.finance, exam.at, exam.sitting.blueprint, title="财政局测验")
    make_sitting(exam.county.root, exam.at, exam.sitting.blueprint, title="已取消", cancelled_at=exam.at)
    shown = as_(exam.county.invigilator).get(reverse("watch_list"))
    assert sorted(s.title for s in shown.context["page"]) == sorted(["财政局测验", exam.sitting.title])
    assert reverse("watch_list") in shown.content.decode()
    own = PersonFactory(home_unit=exam.county.finance, role="invigilator")
    assert [s.title for s in as_(own).get(reverse("watch_list")).context["page"]] == ["财政局测验"]
    assert as_(exam.learner).get(reverse("watch_list")).status_code == 403
