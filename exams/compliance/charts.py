"""Coordinates of the two charts of the board; the templates draw them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

BAR_WIDTH, BAR_STEP = 230, 26  # units of the viewBox
LEFT, RIGHT, TOP, BOTTOM = 40, 540, 21, 226


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One unit: how long its bar is and where; ``colour`` worsens with the share."""

    label: str
    address: str
    met: int
    required: int
    y: int
    text_y: int
    width: int
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One month end: ``percent`` None where nothing was required."""

    day: date
    percent: int | None
    x: int
    y: int | None


def bars(units: Sequence[tuple[str, str, int, int]]) -> list[Bar]:
    """Draw ``(label, address, met, required)`` in the given order; required is at least 1."""
    return [
        Bar(
            label=label, address=address, met=met, required=required, y=10 + BAR_STEP * n, text_y=20 + BAR_STEP * n,
            width=BAR_WIDTH * met // required, colour="d1" if met == required else ("d4" if 2 * met < required else "d3"),
        )
        for n, (label, address, met, required) in enumerate(units)
    ]  # fmt: skip


def floor_of(percents: Sequence[int | None]) -> int:
    """Where the scale begins: the ten below the lowest value, at most 90."""
    return min(90, min((p for p in percents if p is not None), default=0) // 10 * 10)


def height(percent: int, low: int) -> int:
    """Return the y of a percentage on the chart whose lowest percentage is ``low`` (below 100)."""
    return round(BOTTOM - (BOTTOM - TOP) * (percent - low) / (100 - low))


def points(series: Sequence[tuple[date, int | None]]) -> list[Point]:
    """Place a series of days left to right on a scale from `floor_of` to 100."""
    low, step = floor_of([p for _, p in series]), (RIGHT - LEFT - 20) / max(1, len(series) - 1)
    return [
        Point(day=day, percent=percent, x=round(LEFT + 6 + n * step), y=None if percent is None else height(percent, low))
        for n, (day, percent) in enumerate(series)
    ]  # fmt: skip


def gridlines(series: Sequence[tuple[date, int | None]]) -> list[tuple[int, int]]:
    """Return ``(percent, y)`` of the lines: five at most, by tens or twenties."""
    low = floor_of([p for _, p in series])
    step = 10 if low >= 50 else 20
    return [(percent, height(percent, low)) for percent in range(low if (100 - low) % step == 0 else low + step - (100 - low) % step, 101, step)]
