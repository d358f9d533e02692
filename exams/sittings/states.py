"""The words of sittings. A state is never stored: it follows from times and rows."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Under way")
    CLOSED = "closed", _("Over")
    MARKED = "marked", _("Marked")
    RELEASED = "released", _("Released")
    CANCELLED = "cancelled", _("Cancelled")


TONES = {State.PLANNED: "info", State.OPEN: "due", State.MARKED: "due", State.RELEASED: "pass", State.CANCELLED: "late"}


def state_at(now: datetime, *, opens_at: datetime, closes_at: datetime, cancelled: bool, released: bool, marked: bool) -> State:
    """Return the state at a moment. While the window is open it is open, even if results of early leavers are out already."""
    if cancelled:
        return State.CANCELLED
    if now < opens_at:
        return State.PLANNED
    if now < closes_at:
        return State.OPEN
    if released:
        return State.RELEASED
    return State.MARKED if marked else State.CLOSED
