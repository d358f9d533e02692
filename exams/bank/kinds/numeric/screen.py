"""A number, and its unit where one is asked for, on screen and paper."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.base import Face, Shape
from exams.bank.kinds.screens import Screen


class NumericScreen(Screen):
    name, label, hint = "numeric", _("Number"), _("Write the number, and its unit where there is a field for it.")

    def view(self, face: Face, shape: Shape, values: Sequence[str] = ()) -> dict[str, Any]:
        return {"number": values[0] if values else "", "unit": values[1] if len(values) > 1 else "", "asks_unit": shape.blanks == 2}

    def given(self, face: Face, shape: Shape, values: Sequence[str]) -> str:
        return " ".join(values)


SCREEN = NumericScreen()
