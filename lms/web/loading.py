"""Rooms hang their entries, panels, checks and job handlers into lower rooms from their `hooks.py`; each app loads those once."""

from importlib import import_module
from pkgutil import iter_modules


def load_hooks(app: str) -> list[str]:
    """Import ``<app>.<room>.hooks`` of every room that has one; returns their names."""
    found = []
    for room in iter_modules(import_module(app).__path__):
        if room.ispkg and any(module.name == "hooks" for module in iter_modules([f"{room.module_finder.path}/{room.name}"])):  # type: ignore[union-attr]
            import_module(f"{app}.{room.name}.hooks")
            found.append(f"{app}.{room.name}.hooks")
    return found
