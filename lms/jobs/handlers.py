"""Which function does which kind of job, and what it is given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lms.jobs.models import Job


class Cancelled(Exception):
    """The person asked for the job to stop; what is done so far stands."""


class LeaseLost(Exception):
    """Another worker has taken over; this one must not write another line."""


@dataclass(slots=True)
class Work:
    """What a handler works with: its arguments and a way to say how far it is.

    Call `progress` between chunks, outside a transaction: it renews the lease, and raises Cancelled or LeaseLost.
    """

    job: Job
    progress: Callable[[int, int], None]

    @property
    def arguments(self) -> dict[str, Any]:
        return dict(self.job.arguments)


Handler = Callable[[Work], dict[str, Any] | None]
HANDLERS: dict[str, Handler] = {}
EVERY: dict[str, timedelta] = {}


def handles(kind: str, *, every: timedelta | None = None) -> Callable[[Handler], Handler]:
    """Register the handler of a kind of job; with ``every`` it also runs by itself at that interval (a sweep).

    A handler can be run again from the start at any time: it looks at the data, does what is missing, and returns a small
    result for the screen.
    """

    def register(function: Handler) -> Handler:
        if kind in HANDLERS and HANDLERS[kind] is not function:
            raise ValueError(f"Two handlers for jobs of kind {kind!r}.")
        HANDLERS[kind] = function
        if every:
            EVERY[kind] = every
        return function

    return register
