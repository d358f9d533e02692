"""Signing in by staff number or identity number: one path for learners, HR and the Wagtail admin."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.identity import BadIdentityNumber, digest, normal
from lms.people.models import Person
from lms.people.names import tidy
from lms.statements import NUMBER, Ready

BY_KEY = Ready(lambda pk: Person.objects.filter(pk=pk).order_by(), pk=NUMBER)


def find(text: str) -> Person | None:
    """Return the person whose staff number or identity number this is."""
    plain = tidy(text)
    person = Person.objects.filter(staff_number=plain).first()
    if person is None and len(plain) == 18:
        try:
            person = Person.objects.filter(identity_digest=digest(normal(plain), settings.IDENTITY_KEY)).first()
        except BadIdentityNumber:
            return None
    return person


class StaffNumberBackend(ModelBackend):
    """Answers in the same time for known and unknown numbers: an unknown one costs a password hash too."""

    def authenticate(self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any) -> Person | None:
        if username is None or password is None:
            return None
        person = find(username)
        if person is None:
            Person().set_password(password)
            return None
        if not person.check_password(password) or person.one_time_lapsed(_now()):
            return None  # a lapsed one-time password gets the answer of a wrong one; HR sees it in the person's file
        return person if self.user_can_authenticate(person) else None

    def get_user(self, user_id: Any) -> Person | None:
        """The reader of a request."""
        person = BY_KEY.first(pk=user_id)
        return person if person is not None and self.user_can_authenticate(person) else None


def lock_name(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """Name what tries are counted under: the person, however the number was typed; a hash for a number nobody has.

    Identity numbers never reach the tables in which tries are kept.
    """
    typed = str((credentials or {}).get("username") or (request.POST.get("username", "") if request is not None else ""))
    person = find(typed)
    return person.staff_number if person else digest(tidy(typed), settings.IDENTITY_KEY)[:32]


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None, *args: Any, **kwargs: Any) -> HttpResponse:
    """Say when to try again, the same for everybody."""
    minutes = int(float(settings.AXES_COOLOFF_TIME) * 60)
    return render(request, "lms/people/locked_out.html", {"minutes": minutes}, status=429)


@transaction.atomic
def remember_sign_in(sender: object, request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Leave an audit line for a sign-in."""
    record(Verb.SIGNED_IN, user, by=user, at=_now())


@transaction.atomic
def remember_sign_out(sender: object, request: HttpRequest, user: Person | None, **kwargs: Any) -> None:
    """Leave an audit line for a sign-out."""
    if user is not None:
        record(Verb.SIGNED_OUT, user, by=user, at=_now())


@transaction.atomic
def remember_refusal(sender: object, credentials: dict[str, Any], **kwargs: Any) -> None:
    """Leave an audit line for a refused sign-in, on the person if the number is somebody's; the number typed is not kept."""
    person = find(str(credentials.get("username") or ""))
    record(Verb.SIGN_IN_REFUSED, person or "session:unknown", by=None, at=_now())


def _now() -> datetime:
    return timezone.now()
