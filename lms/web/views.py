"""The home page, display settings, help, health and what is shown when something is refused."""

import errno
import sys

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.defaults import server_error

from lms.people.actions import remember_display
from lms.web import fitness
from lms.web.builds import this_build
from lms.web.requests import SignedInRequest
from lms.web.room import scarce

YEAR = 31_536_000


@login_required
@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """What is due, how far one is: panels of the higher rooms."""
    return render(request, "lms/web/home.html", {"greeting": greeting(timezone.localtime().hour)})


def greeting(hour: int) -> str:
    """Return the greeting for an hour of the day, 0 to 23."""
    return _("Good morning") if hour < 12 else _("Good afternoon") if hour < 18 else _("Good evening")


@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Remember text size, theme or language in cookies, and on the account where there is one; then go back."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = redirect(target)
    person = request.user if request.user.is_authenticated else None
    choices = {"size": ("text_size", {"", "l", "xl"}), "theme": ("theme", {"", "light", "dark"}), "language": ("language", {"zh-hans", "en"})}
    for name, (field, allowed) in choices.items():
        value = request.POST.get(name)
        if value in allowed:
            cookie = settings.LANGUAGE_COOKIE_NAME if name == "language" else name
            response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS)
            if person is not None and getattr(person, field) != value:
                remember_display(person, field, value, at=timezone.now())
    return response


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "lms/web/help.html")


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "lms/web/privacy.html")


@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
def ready(request: HttpRequest) -> HttpResponse:
    """The node can do its work: its database answers, its disk was never refused, its build is the installation's. A proxy asks this."""
    found = fitness.refusals()
    body = {"ready": not found, "refusals": found, "warnings": ["disk"] if scarce() else [], "build": this_build()}
    return JsonResponse(body, status=503 if found else 200)


def failed(request: HttpRequest) -> HttpResponse:
    """What is shown when a view or a middleware raised. When the database or the disk is away: 503, and nothing typed is lost."""
    fault = sys.exception()
    fitness.notice(fault)
    if not fitness.away(fault):
        return server_error(request)
    room = isinstance(fault, OSError) and fault.errno == errno.ENOSPC
    if request.headers.get("Accept", "").startswith("application/json"):
        response: HttpResponse = JsonResponse({"error": "full" if room else "away"}, status=503)
    else:
        response = HttpResponse(loader.get_template("503.html").render({"full": room}), status=503)
    response["Retry-After"] = "5"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403.html", {"stale": True}, status=403)
