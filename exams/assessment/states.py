"""The words of the assessment room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RecordState(models.TextChoices):
    CONFIRMED = "confirmed", _("Confirmed")
    RETURNED = "returned", _("Returned for correction")


class Standing(models.TextChoices):
    """Where one person's year stands on HR's board."""

    OPEN = "open", _("To confirm")
    CONFIRMED = "confirmed", _("Confirmed")
    CHANGED = "changed", _("Changed since confirmed")
    RETURNED = "returned", _("Returned for correction")


def standing(latest_state: str | None, *, unchanged: bool) -> Standing:
    """Return where a year stands: the state of its latest version, and whether the material still is what that version says."""
    if latest_state is None:
        return Standing.OPEN
    if latest_state == RecordState.RETURNED:
        return Standing.RETURNED
    return Standing.CONFIRMED if unchanged else Standing.CHANGED
