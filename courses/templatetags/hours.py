"""How hours are written: 0.5, not 0.50; 90, not 90.0000."""

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def hrs(value: Decimal | int | None) -> str:
    """Return hours without needless noughts; nothing for None."""
    return "" if value is None else f"{Decimal(value).normalize():f}"
