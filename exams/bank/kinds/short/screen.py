"""Short answer on screen and paper: a box for a few lines."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.base import Face, Shape
from exams.bank.kinds.screens import Screen
from exams.bank.kinds.short.rule import Written


class WrittenScreen(Screen):
    """One free text in a box of so many lines, on screen and on paper."""

    lines: ClassVar[int] = 5

    @property
    def answer_template(self) -> str:
        return "exams/kinds/short/answer.html"

    @property
    def print_template(self) -> str:
        return "exams/kinds/short/print.html"

    def view(self, face: Face, shape: Shape, values: Sequence[str] = ()) -> dict[str, Any]:
        text = values[0] if values else ""
        longest = self.rule.longest if isinstance(self.rule, Written) else 0
        return {"text": text, "lines": self.lines, "ruled": range(self.lines), "longest": longest, "rubric": face.extra.get("rubric", [])}


class ShortScreen(WrittenScreen):
    name, label, hint = "short", _("Short answer"), _("Answer in a few sentences.")


SCREEN = ShortScreen()
