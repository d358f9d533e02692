"""Which page of a paper is open, and what of a save belongs to it. The rule: `docs/algorithms/paging.md`. Plain values in, plain values out."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

Item = TypeVar("Item", bound=dict[str, object])


def pages_of(parts: Sequence[Sequence[int]], navigation: str) -> list[tuple[int, ...]]:
    """The slots of each page: all on one (``free``), a page each part (``parts``) or each question (``questions``)."""
    everything = tuple(n for part in parts for n in part)
    if navigation == "questions":
        return [(n,) for n in everything]
    return [tuple(part) for part in parts if part] if navigation == "parts" else [everything]


def open_page(pages: Sequence[tuple[int, ...]], number: int) -> tuple[int, ...]:
    """The slots of page ``number``, counted from 1; beyond the last page the last."""
    return pages[min(number, len(pages)) - 1] if pages else ()


def sorted_out(items: Iterable[Item], page: Iterable[int]) -> tuple[list[Item], list[Item]]:
    """What of a save belongs to the open page, and what does not."""
    inside, everything = set(page), list(items)
    return [item for item in everything if item["n"] in inside], [item for item in everything if item["n"] not in inside]
