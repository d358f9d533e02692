"""Why a typed answer waits for a person, in words, and what was measured of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.typing.rule import RULE
from exams.marking.handwork import Piece
from exams.marking.laying_out import traces_of

DOUBTS: Mapping[str, Any] = {
    "fast": _("faster than people type"), "clock": _("the time claimed is shorter than the server saw"),
    "one_piece": _("most of the text came in one piece, without steps"), "keys": _("too few keystrokes for so much text"),
    "no_script": _("typed without the script: pasting can't be excluded"),
}  # fmt: skip


def measured_in(piece: Piece, values: Sequence[str]) -> dict[str, int] | None:
    """Net characters a minute, accuracy and seconds of a typed answer, as far as the server's record bears them out; None for other kinds."""
    if piece.version.kind != RULE.name or not values:
        return None
    trace = traces_of([piece.attempt])[piece.attempt_id].get(piece.n)
    key = RULE.key(piece.version.answer, piece.version.extra)
    typed = RULE.measure(key, RULE.settle(key, values, trace)[0]) if trace else None
    return {"speed": typed.per_minute, "accuracy": typed.accuracy, "seconds": typed.ms // 1000} if typed else None
