"""Where candidates can come from besides a pasted list, a unit, a post or a tier. Higher rooms hang their own sources in from their hooks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise

from exams.sittings.models import Sitting


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something to choose, such as one certificate or one class. ``first``: what fits this sitting best stands on top."""

    key: str
    label: str
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """``choices`` says what can be chosen for a sitting; ``people`` returns the primary keys of those meant, in reach or not."""

    name: str
    label: str | Promise
    choices: Callable[[Sitting, date], Iterable[Choice]]
    people: Callable[[Sitting, str, date], Iterable[int]]


SOURCES: dict[str, Source] = {}


def add_source(source: Source) -> None:
    """Hang a source in; a second time changes nothing."""
    SOURCES.setdefault(source.name, source)


def offered(sitting: Sitting, day: date) -> list[tuple[str, Any]]:
    """Return the choices of all sources for a form field, grouped by source: ``("lacking:3", "信息安全员证")``."""
    groups: list[tuple[str, Any]] = []
    for source in SOURCES.values():
        found = sorted(source.choices(sitting, day), key=lambda choice: not choice.first)
        if found:
            groups.append((str(source.label), [(f"{source.name}:{choice.key}", choice.label) for choice in found]))
    return groups


def people_of(sitting: Sitting, value: str, day: date) -> set[int]:
    """Return the primary keys of the people a choice means; nobody for what is no choice."""
    name, _colon, key = value.partition(":")
    return set(SOURCES[name].people(sitting, key, day)) if name in SOURCES else set()
