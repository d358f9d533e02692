"""Passwords: one that HR hands over once, and one the person chooses."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person
from lms.people.scope import may
from lms.people.states import EXCLUSIVE_ROLES, Act, Role

READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like another: no i l o 0 1
GROUPS, GROUP_LENGTH = 4, 4  # 31^16, about 79 bits
LASTS = timedelta(hours=72)  # OWASP ASVS 5.0, 6.4.1: what was handed out lapses when it is not used soon
ONE_TIME_FIELDS = ["password", "must_change_password", "password_expires_at"]


class LongEnough(MinimumLengthValidator):
    """Django's own rule, said in our words: its catalogues lack the sentence in Chinese."""

    def get_error_message(self) -> str:
        return _("This password is too short: it needs at least %(n)d characters.") % {"n": self.min_length}

    def get_help_text(self) -> str:
        return _("At least %(n)d characters.") % {"n": self.min_length}


def one_time_password() -> str:
    """Return a password that can be read out and typed: four groups of four."""
    return "-".join("".join(secrets.choice(READABLE) for _n in range(GROUP_LENGTH)) for _g in range(GROUPS))


@dataclass(frozen=True, slots=True)
class OneTime:
    """A one-time password and its hash, made before a transaction begins: the hash takes a third of a second."""

    plain: str = field(repr=False)
    hashed: str = field(repr=False)

    @classmethod
    def new(cls) -> "OneTime":
        plain = one_time_password()
        return cls(plain, make_password(plain))


def give(person: Person, made: OneTime, *, at: datetime) -> None:
    """Set a one-time password, to be saved with ONE_TIME_FIELDS: it lapses after LASTS, and must be changed at the first sign-in."""
    person.password, person.must_change_password, person.password_expires_at = made.hashed, True, at + LASTS


@transaction.atomic
def reset_password(person: Person, *, by: Person | None, at: datetime, made: OneTime | None = None) -> str:
    """Give a person a new one-time password, shown to the caller once; it must be changed at the next sign-in. Open sessions die.

    Whoever gets the password could act as the person, so ``by`` must reach everything the person's roles reach, and nobody on screen
    takes over an auditor or system administrator. ``by`` None: on the server's own terminal. ``made``: a password made ready before.
    Raises ValidationError.
    """
    if not person.is_active:
        raise ValidationError(_("The account is closed."))
    if by is not None:
        check_hand_over(person, by=by, at=at)
    made = made or OneTime.new()
    give(person, made, at=at)
    person.save(update_fields=ONE_TIME_FIELDS)
    record(Verb.PASSWORD_RESET, person, by=by, at=at)
    return made.plain


def check_hand_over(person: Person, *, by: Person, at: datetime) -> None:
    """Refuse, by ValidationError, to let ``by`` have the password of someone who may do what ``by`` may not; and of oneself."""
    day = timezone.localdate(at)
    if by.pk == person.pk:
        raise ValidationError(_("Change your own password under your account."))
    grants = list(person.grants.filter(Q(valid_to=None) | Q(valid_to__gt=day)).select_related("unit"))
    if any(grant.role in EXCLUSIVE_ROLES - {Role.HR} for grant in grants):
        raise ValidationError(
            _("Passwords of auditors and system administrators are renewed on the server's own terminal: manage.py renew_password.")
        )
    if not all(may(by, Act.MANAGE_PEOPLE, day, grant.unit) for grant in grants):
        raise ValidationError(_("This person holds a role for units you do not look after; ask HR of the higher unit."))


@transaction.atomic
def change_password(person: Person, password: str, *, by: Person, at: datetime) -> None:
    """Set the password a person chose for themselves (validated by the form)."""
    person.set_password(password)
    person.must_change_password, person.password_expires_at = False, None
    person.save(update_fields=ONE_TIME_FIELDS)
    record(Verb.PASSWORD_CHANGED, person, by=by, at=at)
