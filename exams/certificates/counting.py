"""What was taken in and given out so far, for the checkpoint that outlives a lost database."""

from exams.attempts.models import AnswerRecord, Attempt, HandIn
from exams.certificates.models import Certificate, NumberSeries

SERIES = "certificate numbers "


def numbers() -> dict[str, int]:
    """The rows of what an exam leaves behind, none of which is ever deleted, and the last number of each series."""
    rows = {"attempts": Attempt, "saves": AnswerRecord, "papers handed in": HandIn, "certificates": Certificate}
    found = {name: int(model.objects.count()) for name, model in rows.items()}  # type: ignore[attr-defined]
    return found | {f"{SERIES}{series}": last for series, last in NumberSeries.objects.values_list("series", "last")}


def lift(kept: dict[str, int]) -> None:
    """Let each series go on behind the last number that was ever given out: a certificate that was lost keeps its number to itself."""
    for name, last in kept.items():
        if name.startswith(SERIES):
            series, _made = NumberSeries.objects.select_for_update().get_or_create(series=name.removeprefix(SERIES))
            if series.last < last:
                series.last = last
                series.save(update_fields=["last"])
