"""Ordering: a place to choose beside each step."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.base import Face, Shape, parts_of
from exams.bank.kinds.ordering.rule import ALL, PER_PLACE
from exams.bank.kinds.screens import LETTERS, Screen

if TYPE_CHECKING:
    from exams.bank.wording import Wording

MODES = {ALL: _("Points only for the whole order."), PER_PLACE: _("A share of the points for each step at its place.")}


class OrderingScreen(Screen):
    name, label, hint = "ordering", _("Ordering"), _("Say for each step which place it has.")

    def view(self, face: Face, shape: Shape, values: Sequence[str] = ()) -> dict[str, Any]:
        chosen = {option: places[0] for option, places in parts_of(values).items()}
        steps = [
            {"id": option, "letter": LETTERS[i], "text": face.text_of(option), "place": chosen.get(option, "")}
            for i, option in enumerate(shape.options)
        ]
        return {"steps": steps, "places": [str(n) for n in range(1, len(steps) + 1)], "note": MODES[face.extra.get("mode", ALL)]}

    def given(self, face: Face, shape: Shape, values: Sequence[str]) -> str:
        letters = dict(zip(shape.options, LETTERS, strict=False))
        ranked = sorted((int(places[0]), letters[option]) for option, places in parts_of(values).items())
        return "　".join(f"{place}.{letter}" for place, letter in ranked)

    def keyed(self, wording: "Wording", shape: Shape) -> str:
        return self.given(wording.face, shape, self.rule.right(wording))

    def letters(self, wording: "Wording") -> str:
        return self.rule.key_text(wording)


SCREEN = OrderingScreen()
