"""What every response carries: the reader's language and display, and headers that keep pages private."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from lms.people.forms import SignInForm
from lms.people.keeping import kept
from lms.policy.figures import NoFigure
from lms.policy.keys import Key

Respond = Callable[[HttpRequest], HttpResponse]


class ChosenLanguageMiddleware:
    """Makes Chinese the default whatever the browser prefers: only a person's own choice (the cookie) changes the language."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        return self.get_response(request)


class PrivacyMiddleware:
    """Signed-in pages are not kept by caches; the Wagtail admin gets the looser policy its own templates need."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Cache-Control" not in response and not request.path.startswith(settings.STATIC_URL):
            response["Cache-Control"] = "no-store"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        preview = getattr(request, "is_dummy", False)  # Wagtail renders a preview by a request of its own, and shows it in a frame
        if request.path.startswith("/cms/") or preview:
            response._csp_config = settings.CMS_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
        if preview:
            response["X-Frame-Options"] = "SAMEORIGIN"
        return response


class FirstPasswordMiddleware:
    """After a one-time password nothing opens but choosing one's own, signing out, display settings and the public pages."""

    OPEN = ("password", "sign_out", "sign_in", "display", "help", "privacy", "live", "ready", "verify")

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(settings.STATIC_URL) or not request.user.is_authenticated or not request.user.must_change_password:
            return self.get_response(request)
        if request.path in {reverse(name) for name in self.OPEN}:
            return self.get_response(request)
        return redirect("password")


class KeptFormMiddleware:
    """A form sent after its session ended is not lost: the sign-in page comes as the answer and carries what was typed."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        refused = response.status_code == 302 and response["Location"].startswith(f"{reverse('sign_in')}?next=")
        if request.method != "POST" or not refused or "text/html" not in request.headers.get("Accept", ""):
            return response
        typed = kept(request)
        if not typed:
            return response
        return render(request, "lms/people/sign_in.html", {"form": SignInForm(request), "next": request.path, "kept": typed}, status=401)


class NoNullMiddleware:
    """A NUL in an address, which no keyboard gives and PostgreSQL does not take, is refused before anything is looked up.

    Forms answer for themselves: they say so at the field and keep what was typed.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        if any("\x00" in text for name, texts in request.GET.lists() for text in (name, *texts)):
            raise SuspiciousOperation("A NUL in an address.")


class NoFigureMiddleware:
    """A page that needs a policy figure nobody has set says which one, instead of failing."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, NoFigure):
            return None
        return render(request, "lms/policy/missing.html", {"figure": Key(exception.key).label, "day": exception.day}, status=503)
