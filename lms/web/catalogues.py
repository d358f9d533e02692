"""Message catalogues: extracted from code and templates, one Chinese catalogue an app.

English is the text in the code; `<app>/locale/zh_Hans/LC_MESSAGES/django.po` holds the Chinese. Extraction is Babel's for Python and
Django's own `templatize` for templates, so that no tool outside the environment is needed. `.mo` files are made, not kept.
"""

import fcntl
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

APPS = ("lms", "content", "courses", "exams")
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip


def path_of(app: str) -> Path:
    """Return where the Chinese catalogue of an app is kept."""
    return Path(settings.BASE_DIR) / app / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


@contextmanager
def _lock() -> Iterator[None]:
    with (Path(tempfile.gettempdir()) / "chizheng-words.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def messages(app: str) -> dict[tuple[str | None, str], str | None]:
    """Return every message of an app: (context, msgid) → plural or None."""
    found: dict[tuple[str | None, str], str | None] = {}
    root = Path(settings.BASE_DIR) / app
    for path in sorted([*root.rglob("*.py"), *root.rglob("*.html"), *root.rglob("*.txt")]):
        if "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            if "templates" not in path.parts:
                continue
            text = templatize(text, origin=str(path))
        for _line, message, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
            singular, plural = (message[0], message[1]) if isinstance(message, tuple) else (message, None)
            if singular:
                found.setdefault((context, singular), plural)
    return found


def _catalogue(app: str) -> polib.POFile:
    path = path_of(app)
    if path.exists():
        return polib.pofile(str(path), wrapwidth=140)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue = polib.POFile(wrapwidth=140)
    catalogue.metadata = {
        "Project-Id-Version": "chizheng", "Language": "zh_Hans", "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit", "Plural-Forms": "nplurals=1; plural=0;",
    }  # fmt: skip
    return catalogue


def _step(app: str) -> polib.POFile:
    """Return the app's catalogue with entries added for new messages and dropped for messages that are gone."""
    catalogue, wanted = _catalogue(app), messages(app)
    for entry in [e for e in catalogue if (e.msgctxt, e.msgid) not in wanted]:
        catalogue.remove(entry)
    present = {(e.msgctxt, e.msgid) for e in catalogue}
    for (context, msgid), plural in wanted.items():
        if (context, msgid) not in present:
            entry = polib.POEntry(msgid=msgid, msgctxt=context)
            if plural:
                entry.msgid_plural, entry.msgstr_plural = plural, {0: ""}
            catalogue.append(entry)
    catalogue.sort(key=lambda e: (e.msgid, e.msgctxt or ""))
    return catalogue


def update() -> None:
    """Bring every catalogue in step with the code."""
    with _lock():
        for app in APPS:
            _step(app).save(str(path_of(app)))


def fill(translations: dict[str, str]) -> tuple[int, list[str]]:
    """Write translations into the catalogues that have the message; returns how many were used and the msgids no app has."""
    used: set[str] = set()
    with _lock():
        for app in APPS:
            catalogue = _step(app)
            for entry in catalogue:
                text = translations.get(entry.msgid)
                if text:
                    used.add(entry.msgid)
                    if entry.msgid_plural:
                        entry.msgstr_plural = {0: text}
                    else:
                        entry.msgstr = text
                    entry.flags = []
            catalogue.save(str(path_of(app)))
    return len(used), sorted(set(translations) - used)


def missing() -> list[tuple[str, str]]:
    """Return (app, msgid) of every message without Chinese, in code order or not at all in the catalogue."""
    gaps = []
    for app in APPS:
        done = {(e.msgctxt, e.msgid) for e in _catalogue(app) if e.translated() and "fuzzy" not in e.flags}
        gaps += [(app, msgid) for context, msgid in messages(app) if (context, msgid) not in done]
    return gaps


def compile_all() -> int:
    """Write the .mo file beside every .po file of ours that is newer than it; returns how many were written."""
    sources = [path_of(app) for app in APPS] + [p / "zh_Hans" / "LC_MESSAGES" / "django.po" for p in map(Path, settings.LOCALE_PATHS)]
    sources += [path_of(app).with_name("djangojs.po") for app in APPS]
    written = 0
    for source in sources:
        target = source.with_suffix(".mo")
        if source.exists() and (not target.exists() or target.stat().st_mtime < source.stat().st_mtime):
            polib.pofile(str(source)).save_as_mofile(str(target))
            written += 1
    return written
