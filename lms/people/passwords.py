"""Passwords: one that HR hands over once, and one the person chooses."""

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person

READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like another: no i l o 0 1
GROUPS, GROUP_LENGTH = 4, 4  # 31^16, about 79 bits


def one_time_password() -> str:
    """Return a password that can be read out and typed: four groups of four."""
    return "-".join("".join(secrets.choice(READABLE) for _n in range(GROUP_LENGTH)) for _g in range(GROUPS))


@transaction.atomic
def reset_password(person: Person, *, by: Person | None, at: datetime) -> str:
    """Give a person a new one-time password, shown to the caller once; it must be changed at the next sign-in. Open sessions die."""
    if not person.is_active:
        raise ValidationError(_("The account is closed."))
    password = one_time_password()
    person.set_password(password)
    person.must_change_password = True
    person.save(update_fields=["password", "must_change_password"])
    record(Verb.PASSWORD_RESET, person, by=by, at=at)
    return password


@transaction.atomic
def change_password(person: Person, password: str, *, by: Person, at: datetime) -> None:
    """Set the password a person chose for themselves (validated by the form)."""
    person.set_password(password)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])
    record(Verb.PASSWORD_CHANGED, person, by=by, at=at)
