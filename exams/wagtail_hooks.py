"""The way from the Wagtail admin to the bank, blueprints and sittings, which have pages of their own (`docs/decisions/0011-bank-pages.md`)."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from exams.bank.models import Question
from exams.papers.models import Blueprint
from exams.sittings.models import Sitting
from lms.people.scope import may
from lms.people.states import Act
from lms.web.requests import SignedInRequest

NOT_FOR_TRAINERS = frozenset({"reports", "settings", "snippets"})


class ScopedItem(MenuItem):
    """A menu item for those who may do ``act`` somewhere."""

    def __init__(self, *args: Any, act: Act, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.act = act

    def is_shown(self, request: SignedInRequest) -> bool:
        return may(request.user, self.act, timezone.localdate())


@hooks.register("register_admin_menu_item")
def bank() -> MenuItem:
    return ScopedItem(_("Question bank"), reverse_lazy("bank"), name="our-bank", icon_name="list-ul", order=210, act=Act.WRITE_CONTENT)


@hooks.register("register_admin_menu_item")
def papers() -> MenuItem:
    return ScopedItem(_("Blueprints"), reverse_lazy("papers"), name="our-papers", icon_name="doc-full", order=220, act=Act.WRITE_CONTENT)


@hooks.register("register_admin_menu_item")
def sittings() -> MenuItem:
    return ScopedItem(_("Sittings"), reverse_lazy("sittings"), name="our-sittings", icon_name="calendar", order=230, act=Act.MANAGE_SITTINGS)


@hooks.register("construct_main_menu")
def only_what_trainers_need(request: HttpRequest, items: list[MenuItem]) -> None:
    """Whoever is no superuser sees pages, pictures, files and our own entries."""
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name not in NOT_FOR_TRAINERS]


class TrainerPanel(Component):
    """Today's work on the first page: how much there is in the bank, and the exams ahead."""

    order = 50
    template_name = "exams/cms/panel.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        now, person = timezone.now(), parent_context["request"].user
        day = timezone.localdate(now)
        ahead = Sitting.objects.reached_by(person, Act.MANAGE_SITTINGS, day).filter(closes_at__gt=now, cancelled_at=None).order_by("opens_at")
        return {"questions": Question.objects.live().count(), "blueprints": Blueprint.objects.count(), "ahead": ahead[:5]}


@hooks.register("construct_homepage_panels")
def trainer_panel(request: SignedInRequest, panels: list[Component]) -> None:
    if may(request.user, Act.WRITE_CONTENT, timezone.localdate()):
        panels.append(TrainerPanel())
