"""What the forms of kinds with a sheet of criteria share: the sheet as lines of text, and its faults as sentences."""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.base import Fault
from exams.bank.kinds.forms import WordingForm

SHEET_SENTENCES: dict[tuple[str, str], str | Promise] = {
    ("rubric", "missing"): _("Write at least one line: what is judged, a |, and the most points."),
    ("rubric", "count"): _("Write at most twenty lines."),
    ("rubric", "words"): _("Write what is judged in front of the |."),
    ("rubric", "repeated"): _("The same thing is judged twice."),
    ("rubric", "points"): _("Behind the | stands the most points: a number above 0, at most 100, with at most two decimals."),
    ("rubric", "level"): _("A level begins with its points, at most those of its line, then a | and what earns them; at most eight levels."),
    ("rubric", "too_long"): _("A text is too long: at most 300 characters."),
}


class SheetForm(WordingForm):
    """A form with a field ``rubric``."""

    sentences: ClassVar[dict[tuple[str, str], str | Promise]] = SHEET_SENTENCES

    def sentence(self, fault: Fault) -> str:
        said = super().sentence(fault)
        return (
            gettext("Line %(number)d: %(sentence)s") % {"number": fault.place, "sentence": said} if fault.place and fault.field == "rubric" else said
        )


def tidy(text: Any) -> str:
    """A text of several lines as typed, line ends made plain."""
    return str(text or "").replace("\r\n", "\n").strip()
