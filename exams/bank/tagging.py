"""Writing tags one way. No Django here."""

import re
from unicodedata import normalize

LONGEST = 20  # characters: a tag is a word, not a sentence
MOST = 12  # tags typed at once


def tag_of(text: str) -> str:
    """A tag as it is kept: full-width letters made half-width, one space at most between words, no sign that parts tags. '' for nothing."""
    folded = normalize("NFKC", text)
    return " ".join("".join(c if c.isprintable() and c not in "#,;" else " " for c in folded).split())


def tags_of(text: str) -> list[str]:
    """The tags of a typed line, parted by commas, enumeration commas or semicolons, each once.

    Raises ValueError with the tag that is too long, or with '' for more than MOST.
    """
    found = list(dict.fromkeys(tag for part in re.split(r"[,，、;；\n#＃]", text) if (tag := tag_of(part))))
    for tag in found:
        if len(tag) > LONGEST:
            raise ValueError(tag)
    if len(found) > MOST:
        raise ValueError("")
    return found
