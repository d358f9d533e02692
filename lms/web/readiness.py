"""What has been made ready from which files: marks under ``VAR_DIR/ready``, so that a second start skips work."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings


def _mark(name: str) -> Path:
    return Path(settings.VAR_DIR) / "ready" / name


def fingerprint(files: Iterable[Path]) -> str:
    """Return a digest of names, sizes and times of change: enough to see that a checkout or an upgrade touched them."""
    digest = hashlib.sha256()
    for path in sorted(files):
        facts = path.stat()
        digest.update(f"{path}\x1f{facts.st_size}\x1f{facts.st_mtime_ns}\x1e".encode())
    return digest.hexdigest()


def outdated(name: str, files: Iterable[Path], also: str = "") -> str | None:
    """Return the new fingerprint when what was made from ``files`` is missing or stale, else None."""
    now = fingerprint(files) + also
    mark = _mark(name)
    return None if mark.exists() and mark.read_text() == now else now


def remember(name: str, fingerprint: str | None) -> None:
    """Note that the work is done for this fingerprint."""
    if fingerprint is not None:
        mark = _mark(name)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(fingerprint)
