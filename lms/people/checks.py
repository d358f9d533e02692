"""What speaks against an appointment. Higher rooms register checks; appointing asks them all and shows every reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from lms.people.models import Person, Post, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """One reason why not, as a whole sentence. ``acting_cures``: an acting appointment with an end is allowed all the same."""

    code: str
    sentence: str | Promise
    acting_cures: bool


Check = Callable[[Person, Unit, Post, date], list[Obstacle]]
CHECKS: list[Check] = []


def add_check(check: Check) -> None:
    if check not in CHECKS:
        CHECKS.append(check)


def obstacles(person: Person, unit: Unit, post: Post, day: date) -> list[Obstacle]:
    """Return everything that speaks against ``person`` holding ``post`` in ``unit`` from ``day``."""
    return [obstacle for check in CHECKS for obstacle in check(person, unit, post, day)]
