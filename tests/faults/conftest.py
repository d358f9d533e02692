"""The exam that things happen to, its candidate's browser, and the time it is."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from exams.attempts import actions
from exams.attempts.models import Attempt
from tests.exams.conftest import exam

__all__ = ["exam"]


@pytest.fixture
def clock(exam: SimpleNamespace) -> Iterator[Any]:
    with time_machine.travel(exam.at, tick=False) as traveller:
        yield traveller


@pytest.fixture
def attempt(exam: SimpleNamespace, clock: Any) -> Attempt:
    """The candidate's attempt, just begun."""
    return actions.start(exam.candidate, key="start-key-1", by=exam.learner, at=exam.at)


@pytest.fixture
def enter(exam: SimpleNamespace) -> Callable[..., Client]:
    """``enter(person)``: a signed-in browser that is shown what the server answers, errors too."""

    def signed_in(person: Any = None) -> Client:
        client = Client(raise_request_exception=False, headers={"accept": "application/json"})
        client.force_login(person or exam.learner)
        return client

    return signed_in
