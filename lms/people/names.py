"""Names as people search for them, numbers as people type them. No Django here."""

import unicodedata

from pypinyin import Style, lazy_pinyin


def initials(name: str) -> str:
    """Return the pinyin initials of a name in lower case (王慧敏 → whm); Latin letters and digits stay, other signs go."""
    parts = lazy_pinyin(name, style=Style.FIRST_LETTER, errors=lambda run: "".join(c for c in run if c.isascii() and c.isalnum()))
    return "".join(part[:1] for part in parts).lower()[:60]


def tidy(text: str) -> str:
    """Undo what people type: full-width characters, spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())
