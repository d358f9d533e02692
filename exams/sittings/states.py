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


class Overdue(models.TextChoices):
    """What becomes of an attempt that nobody handed in when its time ran out. The rule: `docs/algorithms/terms.md`."""

    SUBMIT = "submit", _("is handed in as it stands")
    GRACE = "grace", _("may still be handed in for some minutes, else it does not count")
    ABANDON = "abandon", _("does not count")


class Navigation(models.TextChoices):
    """How a candidate moves through the paper. The rule: `docs/algorithms/paging.md`."""

    FREE = "free", _("the whole paper at once, in any order")
    PARTS = "parts", _("part by part, never back")
    QUESTIONS = "questions", _("question by question, never back")


class Counting(models.TextChoices):
    BEST = "best", _("the best attempt")
    LAST = "last", _("the last attempt")


class Review(models.TextChoices):
    """What a candidate sees of the result, and when. The table stands in `docs/algorithms/terms.md`."""

    NEVER = "never", _("Score only")
    PARTS = "parts", _("Score and marks by part")
    AFTER_RELEASE = "after_release", _("Answers and explanations after release")
    AFTER_CLOSE = "after_close", _("Answers and explanations after the close")
    AT_ONCE = "at_once", _("Everything as soon as it is marked (practice only)")


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
