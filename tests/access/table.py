"""A rule for every address of our own."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from tests.access import table_exams, table_lms

WAGTAIL = ("cms/", "documents/", "pages/")  # one group with a test of its own: `test_wagtail.py`
RULES = [*table_lms.RULES, *table_exams.RULES]


def names_of(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """Every named address below ``patterns``; one without a name is given by its pattern, so that it is missed in the table."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if str(pattern.pattern) not in WAGTAIL:
                yield from names_of(pattern.url_patterns)
        elif not str(pattern.pattern).startswith(WAGTAIL):
            yield pattern.name or str(pattern.pattern)


def our_addresses() -> list[str]:
    return list(names_of(get_resolver().url_patterns))
