"""From the Wagtail admin to the trainers' own pages."""

from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from exams.wagtail_hooks import TrainerPanel, bank, only_what_trainers_need, sittings, trainer_panel
from lms.people.states import Role
from tests.factories.sittings import make_sitting, make_stock


@pytest.mark.parametrize("role", sorted(Role))
def test_entries_are_shown_to_those_who_may(county, role: str) -> None:
    request = RequestFactory().get("/cms/")
    request.user = getattr(county, role)
    expected = role in {Role.TRAINER, Role.CENTRE}
    assert [bank().is_shown(request), sittings().is_shown(request)] == [expected, expected]
    panels: list[object] = []
    trainer_panel(request, panels)
    assert len(panels) == expected


def test_the_first_page_names_the_exams_ahead(county) -> None:
    make_stock()
    now = timezone.now()
    sitting = make_sitting(county.root, opens_at=now, closes_at=now + timedelta(hours=1))
    request = RequestFactory().get("/cms/")
    request.user = county.trainer
    context = TrainerPanel().get_context_data({"request": request})
    assert (context["questions"], context["blueprints"], list(context["ahead"])) == (6, 1, [sitting])


def test_the_menu_is_cut_to_what_trainers_need(county) -> None:
    request = RequestFactory().get("/cms/")
    request.user = county.trainer
    items = [bank()]
    items[0].name = "reports"
    only_what_trainers_need(request, items)
    assert items == []
