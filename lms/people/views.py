"""Signing in and out; a person's own settings."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lms.people.forms import SignInForm


class SignIn(LoginView):
    """Staff number or identity number, and a password. The same answer for unknown numbers and wrong passwords."""

    template_name = "lms/people/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """Leaves nothing behind on a shared computer."""

    http_method_names = ["post", "options"]

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:  # type: ignore[override]
        response = super().dispatch(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    return render(request, "lms/people/profile.html")
