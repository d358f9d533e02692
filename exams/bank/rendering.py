"""Questions as screens and sheets show them."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from exams.bank.models import Question
from exams.bank.states import Difficulty, Dimension, Kind
from exams.bank.wording import BLANK, FALSE, TRUE, Change, Wording, differences, key_text
from lms.exchange.sheets import Column

FIELD_NAMES = {
    "kind": _("Kind"), "dimension": _("Dimension"), "difficulty": _("Difficulty"), "stem": _("Question"), "options": _("Option"),
    "answer": _("Answer"), "explanation": _("Explanation"), "cites": _("Cites"),
}  # fmt: skip
WORDS = {"kind": Kind, "dimension": Dimension, "difficulty": Difficulty}
COLUMNS = [
    Column(key="key", heading=_("Question name"), text=True),
    Column(key="stem", heading=_("Question"), width=60),
    Column(key="topic", heading=_("Topic")),
    Column(key="kind", heading=_("Kind")),
    Column(key="dimension", heading=_("Dimension")),
    Column(key="difficulty", heading=_("Difficulty")),
    *[Column(key=letter, heading=letter, width=24, text=True) for letter in "ABCDEFGH"],
    Column(key="answer", heading=_("Answer"), text=True),
    Column(key="explanation", heading=_("Explanation"), width=50),
    Column(key="cites", heading=_("Cites"), width=24),
    Column(key="version", heading=_("Version"), kind="number"),
    Column(key="state", heading=_("State")),
]


def columns_across(options: Sequence[str]) -> str:
    """The class that sets short options side by side, as Chinese papers do: four of up to 5 characters, two of up to 15."""
    longest = max((len(text) for text in options), default=0)
    return "k4" if len(options) == 4 and longest <= 5 else "k2" if longest <= 15 else ""


def shown(wording: Wording) -> dict[str, Any]:
    """One question as a paper shows it, with the key apart for trainers."""
    letters = dict(zip((option.id for option in wording.options), "ABCDEFGH", strict=False))
    return {
        "wording": wording,
        "kind": Kind(wording.kind).label,
        "stem": BLANK.sub("＿＿＿＿", wording.stem),
        "options": [{"letter": letters[o.id], "text": o.text, "right": o.id in wording.chosen} for o in wording.options],
        "across": columns_across([option.text for option in wording.options]),
        "letters": key_letters(wording),
        "key": key_text(wording),
        "multiple": wording.kind == Kind.MULTIPLE,
        "blanks": range(1, len(wording.blanks) + 1),
    }


def key_letters(wording: Wording) -> str:
    """The key as trainers write it: ``B``, ``ACD``, 正确, or the accepted texts of each blank."""
    if wording.kind == Kind.FILL_IN or {o.id for o in wording.options} == {TRUE, FALSE}:
        return key_text(wording)
    return "".join(letter for letter, option in zip("ABCDEFGH", wording.options, strict=False) if option.id in wording.chosen)


def history(question: Question) -> list[dict[str, Any]]:
    """Every version, newest first, each with what it changed in the one before."""
    versions = list(question.versions.select_related("made_by").order_by("number"))
    pairs = zip([None, *versions], versions, strict=False)
    rows = [{"version": now, "changes": [_named(c) for c in differences(before.wording, now.wording)] if before else []} for before, now in pairs]
    return rows[::-1]


def _named(change: Change) -> dict[str, Any]:
    words = WORDS.get(change.field)
    pieces: Iterable[tuple[str, Any]] = change.pieces
    if words is not None:
        labels: list[Any] = [words(int(v) if words is Difficulty else v).label for v in (change.before, change.after)]
        pieces = list(zip(("gone", "new"), labels, strict=True))
    return {"name": FIELD_NAMES[change.field], "subject": change.subject, "pieces": pieces}


def sheet_rows(questions: Iterable[Question]) -> Iterable[list[Any]]:
    """The rows of an export, in the order of COLUMNS."""
    for question in questions:
        version = question.current
        assert version is not None
        wording = version.wording
        texts = [option.text for option in wording.options] if wording.kind != Kind.TRUE_FALSE else []
        yield [
            question.key, wording.stem, question.topic.shown_title, version.get_kind_display(), version.get_dimension_display(),
            version.get_difficulty_display(), *texts, *[""] * (8 - len(texts)), key_letters(wording), wording.explanation,
            "；".join(wording.cites), version.number, str(_("Retired") if question.retired_at else _("In use")),
        ]  # fmt: skip
