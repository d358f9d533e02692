"""Cloze: the passage with a field, or a list, in each gap."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.base import Face, Shape, parts_of
from exams.bank.kinds.cloze.rule import GAP, gap_text
from exams.bank.kinds.screens import Screen

if TYPE_CHECKING:
    from exams.bank.wording import Wording


class ClozeScreen(Screen):
    name, label, hint = "cloze", _("Cloze"), _("Fill each gap of the passage.")

    def view(self, face: Face, shape: Shape, values: Sequence[str] = ()) -> dict[str, Any]:
        given = {part: texts[0] for part, texts in parts_of(values).items()}
        pieces: list[dict[str, Any]] = []
        for n, text in enumerate(GAP.split(face.extra["passage"])):
            if n:
                texts = {choice["id"]: choice["text"] for choice in face.extra["gaps"][n - 1]}
                choices = [{"id": id_, "text": texts[id_]} for id_ in shape.more["gaps"][n - 1]]
                pieces.append({"gap": str(n), "choices": choices, "value": given.get(str(n), "")})
            pieces.append({"text": text})
        return {"pieces": pieces}

    def given(self, face: Face, shape: Shape, values: Sequence[str]) -> str:
        shown = []
        for part, texts in sorted(parts_of(values).items(), key=lambda pair: int(pair[0])):
            choices = face.extra["gaps"][int(part) - 1]
            shown.append(f"({part}) {gap_text(choices, texts[0]) if choices else texts[0]}")
        return "　".join(shown)

    def keyed(self, wording: "Wording", shape: Shape) -> str:
        return "　".join(f"({n}) {gap_text(c, k)}" for n, (c, k) in enumerate(zip(wording.extra["gaps"], wording.key["gaps"], strict=True), 1))


SCREEN = ClozeScreen()
