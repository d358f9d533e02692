"""The library's own drawings: SVG files beside the lessons, served as static files. Nothing else of the library is."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

PREFIX = "library/"
ROOT = Path(settings.BASE_DIR) / "content" / "library"
VIEW_BOX = re.compile(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"')


@lru_cache(maxsize=256)
def drawing_size(name: str) -> tuple[int, int] | None:
    """Return width and height of a drawing (``tier/folder/figure.svg``) from its view box; None where there is no such drawing."""
    file = (ROOT / name).resolve()
    if file.suffix != ".svg" or ROOT not in file.parents or not file.is_file():
        return None
    box = VIEW_BOX.search(file.read_text("utf-8")[:2000])
    return (round(float(box[1])), round(float(box[2]))) if box else None


class DrawingsFinder(BaseFinder):
    """Finds ``library/<tier>/<topic>/<figure>.svg``. Questions with their answers lie in the same folders and are never found."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=ROOT)
        self.storage.prefix = PREFIX.rstrip("/")  # type: ignore[attr-defined]

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        name = path[len(PREFIX) :]
        found = path.startswith(PREFIX) and drawing_size(name) is not None
        file = str(ROOT / name) if found else ""
        return ([file] if file else []) if find_all or kwargs.get("all") else (file or [])

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for file in sorted(ROOT.glob("*/*/*.svg")):
            yield file.relative_to(ROOT).as_posix(), self.storage
