"""Multiple choice on screen and paper. How it is counted is part of what a candidate sees."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.base import Face, Shape
from exams.bank.kinds.multiple.rule import ALL, DEDUCTING, PER_OPTION
from exams.bank.kinds.screens import ChoiceScreen

MODES = {
    ALL: _("Points only for exactly the right options."),
    PER_OPTION: _("A share of the points for each right option; nothing once a wrong one is chosen."),
    DEDUCTING: _("A share of the points for each right option, less a share for each wrong one, never below nothing."),
}


class MultipleScreen(ChoiceScreen):
    name, label, hint = "multiple", _("Multiple choice"), _("Two or more right answers each; points only for exactly the right ones.")
    input = "checkbox"

    def view(self, face: Face, shape: Shape, values: Sequence[str] = ()) -> dict[str, Any]:
        mode = face.extra.get("mode", ALL)
        return super().view(face, shape, values) | ({"note": MODES[mode]} if mode != ALL else {})


SCREEN = MultipleScreen()
