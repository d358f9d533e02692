"""Days of the demo, all counted from one given day, so that two loads of the same day are the same county."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Asia/Shanghai")


def month(today: date, offset: int, day: int = 1) -> date:
    """Return day ``day`` (at most 28) of the month ``offset`` months from today's."""
    months = today.year * 12 + today.month - 1 + offset
    return date(months // 12, months % 12 + 1, day)


def moment(day: date, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    """Return an instant by the county's clock, in UTC."""
    return datetime.combine(day, time(hour, minute, second), HERE).astimezone(UTC)


def weekday(day: date) -> date:
    """Return the day itself, or the Monday after a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def dice(purpose: str) -> Random:
    """Return the random numbers for one purpose: the same in every load, whatever else is drawn."""
    return Random(f"yunxi:{purpose}")
