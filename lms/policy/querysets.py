"""Reading policy once, then asking many questions of it."""

from datetime import date

from lms.policy.figures import Figure, figure_for
from lms.policy.keys import Key
from lms.policy.models import Policy


class PolicyBook:
    """All figures in memory, one query. Make one per request or job, not per person."""

    def __init__(self) -> None:
        rows = Policy.objects.select_related("unit")
        self.figures = [
            Figure(
                id=row.pk, key=row.key, value=row.value, valid_from=row.valid_from, valid_to=row.valid_to,
                source=row.source, secondary=row.secondary, unit_path=row.unit.path if row.unit else "",
            )
            for row in rows
        ]  # fmt: skip

    def __call__(self, key: Key, day: date, unit_path: str = "") -> Figure:
        """Return the figure in force; raises `lms.policy.figures.NoFigure`."""
        return figure_for(self.figures, key.value, day, unit_path)
