"""Typing test on screen and paper. The plain box works without a script; `exams/typing.js` counts keys and time and takes no pasting."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams.bank.kinds.base import Face, Shape, parts_of
from exams.bank.kinds.screens import Screen
from exams.bank.kinds.typing.rule import LATIN, PINYIN

if TYPE_CHECKING:
    from exams.bank.wording import Wording

MODES = {LATIN: gettext_lazy("Latin keys"), PINYIN: gettext_lazy("Pinyin: committed Chinese characters")}


class TypingScreen(Screen):
    name, label, hint = "typing", gettext_lazy("Typing test"), gettext_lazy("Type the text shown; it can't be pasted.")

    def view(self, face: Face, shape: Shape, values: Sequence[str] = ()) -> dict[str, Any]:
        parts = {name: said[0] for name, said in parts_of(values).items()}
        extra = face.extra
        return {
            "source": extra["text"], "seconds": extra["seconds"], "target": extra["target"], "accuracy": extra["accuracy"], "mode": extra["mode"],
            "typed": parts.get("t", ""), "ms": parts.get("ms", ""), "k": parts.get("k", ""), "longest": shape.more["longest"],
        }  # fmt: skip

    def given(self, face: Face, shape: Shape, values: Sequence[str]) -> str:
        parts = {name: said[0] for name, said in parts_of(values).items()}
        if "ms" not in parts:
            return parts.get("t", "")
        return _("%(text)s (%(seconds)s seconds)") % {"text": parts.get("t", ""), "seconds": int(parts["ms"]) // 1000}

    def letters(self, wording: "Wording") -> str:
        return _("at least %(target)d characters a minute, %(accuracy)d%% right") % {
            "target": wording.extra["target"], "accuracy": wording.extra["accuracy"],
        }  # fmt: skip


SCREEN = TypingScreen()
