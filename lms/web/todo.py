"""What is due: higher rooms say it, the home page lists it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from lms.people.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One line on the home page. ``due`` orders the list (None last); ``tone`` is late, due, info or '' and never the only cue."""

    title: str
    detail: str | Promise
    due: datetime | None
    due_label: str | Promise
    tone: str
    address: str
    action: str | Promise
    primary: bool = False


Source = Callable[[Person, datetime], Iterable[Todo]]
SOURCES: list[Source] = []


def add_source(source: Source) -> None:
    """Hang a source of things to do in; a second time changes nothing."""
    if source not in SOURCES:
        SOURCES.append(source)


def todos(person: Person, now: datetime) -> list[Todo]:
    """Return everything that is due for a person, soonest first."""
    rows = [todo for source in SOURCES for todo in source(person, now)]
    return sorted(rows, key=lambda todo: (todo.due is None, todo.due or now, todo.title))
