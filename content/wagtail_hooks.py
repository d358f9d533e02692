"""The Wagtail admin as trainers meet it: help is our own, nothing leads out of the building."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem


@hooks.register("construct_help_menu")
def our_help(request: HttpRequest, items: list[MenuItem]) -> None:
    """Replace links to other sites by our help page."""
    items[:] = [item for item in items if not str(item.url).startswith("http")]
    items.append(MenuItem(_("Help for trainers"), reverse_lazy("help"), name="our-help", icon_name="help", order=1))


@hooks.register("register_admin_menu_item")
def back_to_learning() -> MenuItem:
    return MenuItem(_("Back to the learning platform"), reverse_lazy("home"), name="our-home", icon_name="home", order=1)


@hooks.register("before_serve_document")
def documents_after_signing_in(document: object, request: HttpRequest) -> HttpResponse | None:
    """Teaching material is for staff: a document's address alone opens nothing."""
    return None if request.user.is_authenticated else redirect_to_login(request.get_full_path())
