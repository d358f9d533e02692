"""Practical station on screen and paper: the task; an examiner writes down what was done."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams.bank.kinds.base import Face, Shape
from exams.bank.kinds.screens import Screen


class StationScreen(Screen):
    name, label = "station", gettext_lazy("Practical station")
    hint = gettext_lazy("Done at a station; an examiner writes down what was done.")

    def view(self, face: Face, shape: Shape, values: Sequence[str] = ()) -> dict[str, Any]:
        return {"task": face.extra["task"], "minutes": face.extra["minutes"]}

    def given(self, face: Face, shape: Shape, values: Sequence[str]) -> str:
        return _("written down by an examiner")


SCREEN = StationScreen()
