"""Matching: a list to choose from beside each thing on the left."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.base import Face, Shape, parts_of
from exams.bank.kinds.screens import LETTERS, Screen

if TYPE_CHECKING:
    from exams.bank.wording import Wording


class MatchingScreen(Screen):
    name, label, hint = "matching", _("Matching"), _("Choose what belongs to each; something may be left over.")

    def view(self, face: Face, shape: Shape, values: Sequence[str] = ()) -> dict[str, Any]:
        chosen = {left: rights[0] for left, rights in parts_of(values).items()}
        rights = [{"id": option, "letter": LETTERS[i], "text": face.text_of(option)} for i, option in enumerate(shape.options)]
        return {"rights": rights, "lefts": [left | {"chosen": chosen.get(left["id"], "")} for left in face.extra["lefts"]]}

    def given(self, face: Face, shape: Shape, values: Sequence[str]) -> str:
        letters = dict(zip(shape.options, LETTERS, strict=False))
        return "　".join(f"{left}→{letters[rights[0]]}" for left, rights in sorted(parts_of(values).items(), key=lambda pair: int(pair[0])))

    def keyed(self, wording: "Wording", shape: Shape) -> str:
        return self.given(wording.face, shape, self.rule.right(wording))

    def letters(self, wording: "Wording") -> str:
        return self.rule.key_text(wording)


SCREEN = MatchingScreen()
