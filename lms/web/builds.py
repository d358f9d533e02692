"""Which program this is. All nodes of an installation must run the same one: two builds might draw or mark the same paper differently."""

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path

from django.conf import settings

from lms.web.models import Build

SHOWN = 12  # characters of a build's name
KINDS = {".py", ".html", ".js", ".css", ".po", ".toml", ".md"}


@cache
def this_build() -> str:
    """Return the name of the program as it stands on this machine: a digest over its files, whatever their times."""
    digest = hashlib.sha256()
    root = Path(settings.BASE_DIR)
    files = (path for app in ("lms", "content", "courses", "exams") for path in (root / app).rglob("*") if path.suffix in KINDS)
    for path in sorted(files):
        digest.update(f"{path.relative_to(root)}\x1f{hashlib.sha256(path.read_bytes()).hexdigest()}\x1e".encode())
    return digest.hexdigest()[:SHOWN]


def another_build() -> str:
    """Return the installation's build if it is not this node's, else ''. An installation that has none recorded takes any (one statement)."""
    recorded = Build.objects.order_by("-pk").values_list("name", flat=True).first()
    return recorded if recorded and recorded != this_build() else ""


def adopt(*, at: datetime, back: bool = False) -> bool:
    """Make this node's build the installation's; returns whether it is now.

    A build that was the installation's before, and is no longer, is a node left behind: it comes back only with ``back``.
    """
    if not another_build() and Build.objects.exists():
        return True
    if not back and Build.objects.filter(name=this_build()).exists():
        return False
    Build(name=this_build(), at=at).save(force_insert=True)
    return True
