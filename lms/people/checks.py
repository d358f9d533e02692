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


class Refused(Exception):
    """An appointment that may not be made as asked; ``reasons`` holds every reason, ``acting_would_do`` whether acting with an end would."""

    def __init__(self, reasons: list[Obstacle]) -> None:
        super().__init__(" ".join(str(reason.sentence) for reason in reasons))
        self.reasons = reasons

    @property
    def acting_would_do(self) -> bool:
        return all(reason.acting_cures for reason in self.reasons)


Check = Callable[[Person, Unit, Post, date], list[Obstacle]]
CHECKS: list[Check] = []


def add_check(check: Check) -> None:
    """Hang a check in; a second time changes nothing."""
    if check not in CHECKS:
        CHECKS.append(check)


def obstacles(person: Person, unit: Unit, post: Post, day: date) -> list[Obstacle]:
    """Return everything that speaks against ``person`` holding ``post`` in ``unit`` from ``day``."""
    return [obstacle for check in CHECKS for obstacle in check(person, unit, post, day)]
