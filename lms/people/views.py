"""Signing in and out; a person's own account."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from lms.people.forms import ChangePasswordForm, SignInForm
from lms.people.keeping import opened
from lms.people.passwords import change_password
from lms.web.requests import SignedInRequest


class SignIn(LoginView):
    """Staff number or identity number, and a password. The same answer for unknown numbers and wrong passwords."""

    template_name = "lms/people/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"kept": self.request.POST.get("kept", "")}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in; where the session had ended in mid form, offer what was typed to be sent again."""
        response = super().form_valid(form)
        held = opened(self.request.POST)
        if held is None or form.get_user().must_change_password:
            return response
        return render(self.request, "lms/people/kept.html", {"path": held[0], "fields": held[1]})


class SignOut(LogoutView):
    """Leaves nothing behind on a shared computer but answers that have not reached the server: they are their author's only copy.

    The browser is told to drop its cache; what scripts kept is cleared by a script of the page that follows, which knows what is unsent.
    """

    http_method_names = ["post", "options"]

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"cache"'
        return response

    def get_success_url(self) -> str:
        return f"{reverse('sign_in')}?out=1"


@login_required
@require_GET
def profile(request: SignedInRequest) -> HttpResponse:
    """What is held about oneself, masked as everywhere."""
    day = timezone.localdate()
    context = {
        "appointments": request.user.appointments.filter(voided=False).select_related("unit", "post").order_by("-valid_from"),
        "grants": request.user.grants.filter(valid_from__lte=day).exclude(valid_to__lte=day).select_related("unit"),
        "day": day,
    }
    return render(request, "lms/people/profile.html", context)


@sensitive_post_parameters()
@login_required
def password(request: SignedInRequest) -> HttpResponse:
    """Choose a password; after a one-time password nothing else opens before this is done."""
    form = ChangePasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        change_password(request.user, form.cleaned_data["new_password1"], by=request.user, at=timezone.now())
        update_session_auth_hash(request, request.user)
        messages.success(request, _("The password was changed; other sessions are signed out."))
        return redirect("home")
    first = request.user.must_change_password
    return render(request, "lms/people/password.html", {"form": form, "first": first}, status=400 if form.errors else 200)
