"""What a year asks of a person in hours. The rule in prose: `docs/algorithms/hours.md`. No Django here."""

from collections.abc import Mapping
from decimal import Decimal

from courses.hours.summing import Line, Totals
from lms.policy.figures import Figure

YEAR, FIVE_YEARS, ONLINE, TECHNICAL, SHARE = "hours.year", "hours.five_years", "hours.online", "hours.technical", "hours.technical_share"
DIVISION = "division"


def keys_for(*, rank: str, technical: bool) -> list[str]:
    """Return the policy keys of the lines that apply; the first decides. A share needs the figure it is a share of as well."""
    return [FIVE_YEARS if rank == DIVISION else YEAR, ONLINE, *([TECHNICAL, SHARE] if technical else [])]


def years_of(rank: str) -> int:
    """The calendar years over which the deciding line counts."""
    return 5 if rank == DIVISION else 1


def lines(*, rank: str, technical: bool, figures: Mapping[str, Figure], of_year: Totals, of_window: Totals) -> list[Line]:
    """Hold the totals of the year, and of the window of the deciding line, against the figures. Raises KeyError for a figure not given."""
    deciding, online, *professional = keys_for(rank=rank, technical=technical)
    rows = [
        _line(figures[deciding], figures[deciding].value, of_window.total, years=years_of(rank), deciding=True),
        _line(figures[online], figures[online].value, of_year.online),
    ]
    if professional:
        needed = (figures[TECHNICAL].value * figures[SHARE].value).quantize(Decimal("0.1"))
        rows.append(_line(figures[SHARE], needed, of_year.professional))
    return rows


def _line(figure: Figure, needed: Decimal, done: Decimal, *, years: int = 1, deciding: bool = False) -> Line:
    return Line(
        key=figure.key, needed=needed, done=done, years=years, deciding=deciding, policy=figure.id, source=figure.source, secondary=figure.secondary
    )
