"""A case group: the text, and below it each part in the markup of its kind."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.base import Face, Option, Shape
from exams.bank.kinds.case.rule import by_part, parts_in, unpacked
from exams.bank.kinds.screens import Screen, screen_of

if TYPE_CHECKING:
    from exams.bank.wording import Wording


def _face(part: dict[str, Any]) -> Face:
    options = tuple(Option(id=option["id"], text=option["text"]) for option in part["options"])
    return Face(kind=part["kind"], stem=part["stem"], options=options, extra=part["extra"])


def _answer(given: dict[str, list[str]], shape: Shape) -> list[str]:
    return [given.get(str(i), [""])[0] for i in range(1, shape.blanks + 1)] if shape.blanks else given.get("", [])


class CaseScreen(Screen):
    name, label, hint = "case", _("Case"), _("Read the case, then answer each of its questions.")

    def view(self, face: Face, shape: Shape, values: Sequence[str] = ()) -> dict[str, Any]:
        given, parts = by_part(values, len(face.extra["parts"])), []
        for n, (part, frozen) in enumerate(zip(face.extra["parts"], shape.more["parts"], strict=True), 1):
            screen, one = screen_of(part["kind"]), unpacked(frozen)
            shown = screen.view(_face(part), one, _answer(given[n], one))
            common = {"stem": part["stem"], "label": screen.label, "template": screen.answer_template, "print_template": screen.print_template}
            parts.append(common | shown | {"split": bool(one.blanks)})
        return {"parts": parts}

    def placed(self, view: dict[str, Any], n: int | str) -> dict[str, Any]:
        """Part 2 of question 7 is asked for as ``q7.2``, its texts as ``q7.2.1`` and so on."""
        parts = [part | {"n": f"{n} ({i})", "number": i, "name": f"q{n}.{i}"} for i, part in enumerate(view["parts"], 1)]
        return super().placed(view | {"parts": parts}, n)

    def given(self, face: Face, shape: Shape, values: Sequence[str]) -> str:
        given, lines = by_part(values, len(face.extra["parts"])), []
        for n, (part, frozen) in enumerate(zip(face.extra["parts"], shape.more["parts"], strict=True), 1):
            one = unpacked(frozen)
            lines.append(f"({n}) {screen_of(part['kind']).given(_face(part), one, _answer(given[n], one)) or '—'}")
        return "　".join(lines)

    def keyed(self, wording: "Wording", shape: Shape) -> str:
        rows = zip(parts_in(wording), shape.more["parts"], strict=True)
        return "　".join(f"({n}) {screen_of(part.kind).keyed(part, unpacked(frozen))}" for n, ((part, _weight), frozen) in enumerate(rows, 1))


SCREEN = CaseScreen()
