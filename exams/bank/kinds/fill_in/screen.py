"""Fill in on screen and paper: one line a blank."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.base import Face, Shape
from exams.bank.kinds.screens import Screen

if TYPE_CHECKING:
    from exams.bank.wording import Wording


class FillInScreen(Screen):
    name, label, hint = "fill_in", _("Fill in"), _("Write the answer on the line.")

    def view(self, face: Face, shape: Shape, values: Sequence[str] = ()) -> dict[str, Any]:
        return {"blanks": [values[i] if i < len(values) else "" for i in range(shape.blanks)]}

    def keyed(self, wording: "Wording", shape: Shape) -> str:
        return "；".join(accepted[0] for accepted in wording.blanks)

    def letters(self, wording: "Wording") -> str:
        return self.rule.key_text(wording)


SCREEN = FillInScreen()
