"""Cutting Chinese text into words, for the index and for the query alike. No Django here.

Database search splits at spaces; Chinese has none. 电子政务信息安全 becomes 电子 政务 电子政务 信息 安全 信息安全, so that 电子 finds it.
"""

import rjieba

MAX_WORDS = 20_000


def words(text: str) -> list[str]:
    """Return every word of ``text`` at every grain, in order, without punctuation."""
    return [word for word in (w.strip() for w in rjieba.cut_for_search(text, True)) if word and any(c.isalnum() for c in word)][:MAX_WORDS]


def segmented(text: str) -> str:
    """Return ``text`` as words separated by spaces."""
    return " ".join(words(text))
