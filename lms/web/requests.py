"""What a browser sent, read carefully."""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest

from lms.people.models import Person
from lms.web.addresses import client

LONGEST = 18  # digits: more than that fits no column


class SignedInRequest(HttpRequest):
    """A request whose user is a person: what a view under ``@login_required`` receives."""

    user: Person


def number(text: str) -> int | None:
    """Return the whole number that ``text`` writes in ASCII digits, None for anything else and for more than 18 digits."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else None


def numbers(texts: Iterable[str]) -> list[int]:
    """Return the numbers among ``texts`` (ticked rows); what isn't one is left out."""
    return [found for text in texts if (found := number(text)) is not None]


def address_of(request: HttpRequest) -> str:
    """Return the network address of the client, as a trusted proxy reports it or as the connection has it; "" when unknown."""
    return client(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""), settings.TRUSTED_PROXIES)
