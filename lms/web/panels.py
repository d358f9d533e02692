"""Panels: higher rooms show something on lower screens (the home page, a person's file, a unit's page) without being imported."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """``build`` returns the template's context, or None for nothing to show. ``subject`` is the person or unit the screen is about."""

    place: str
    order: int
    template: str
    build: Callable[[HttpRequest, Any], dict[str, Any] | None]


PANELS: list[Panel] = []


def add_panel(panel: Panel) -> None:
    """Register a panel for a place: ``home``, ``home_side``, ``person`` or ``unit``."""
    if panel not in PANELS:
        PANELS.append(panel)


def panels(place: str, request: HttpRequest, subject: Any) -> list[dict[str, Any]]:
    """Return ``{"template": …, "context": …}`` for each panel of a place that has something to show, in order."""
    rows = []
    for panel in sorted((p for p in PANELS if p.place == place), key=lambda p: p.order):
        context = panel.build(request, subject)
        if context is not None:
            rows.append({"template": panel.template, "context": context})
    return rows
