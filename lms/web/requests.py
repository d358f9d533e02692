"""Requests behind `login_required`, for the type checker."""

from django.http import HttpRequest

from lms.people.models import Person


class SignedInRequest(HttpRequest):
    """A request whose user is a person: what a view under ``@login_required`` receives."""

    user: Person
