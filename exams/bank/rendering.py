"""Questions as screens and sheets show them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.base import Face, Shape
from exams.bank.kinds.screens import Screen, screen_of
from exams.bank.models import Question
from exams.bank.states import Difficulty, Dimension
from exams.bank.wording import Change, Wording, differences
from lms.exchange.sheets import Column

FIELD_NAMES = {
    "kind": _("Kind"), "dimension": _("Dimension"), "difficulty": _("Difficulty"), "stem": _("Question"), "options": _("Option"),
    "extra": _("Particulars"), "answer": _("Answer"), "explanation": _("Explanation"), "cites": _("Cites"),
}  # fmt: skip
WORDS: dict[str, Callable[[str], Any]] = {
    "kind": lambda kind: screen_of(kind).label, "dimension": lambda value: Dimension(value).label,
    "difficulty": lambda value: Difficulty(int(value)).label,
}  # fmt: skip
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


def question_view(screen: Screen, face: Face, shape: Shape, values: Sequence[str] = (), *, n: int | str = "") -> dict[str, Any]:
    """One question as the templates of its kind take it, with an answer in it; reads no key. Candidates' pages, previews and prints share it."""
    common = {
        "note": "", "split": False,  # for those templates that some kinds share; a name that is missing is dear to look for
        "kind": face.kind, "label": screen.label, "stem": face.stem, "answered": bool(values),
        "template": screen.answer_template, "print_template": screen.print_template,
    }  # fmt: skip
    return screen.placed(common | screen.view(face, shape, values), n)


def shown(wording: Wording, n: int | str = "", *, shape: Shape | None = None) -> dict[str, Any]:
    """One question as a paper shows it with the right answer filled in, and the key in words for trainers. ``shape`` is that of a paper."""
    screen = screen_of(wording.kind)
    found = shape or screen.shape_of(wording)
    return {
        "wording": wording, "q": question_view(screen, wording.face, found, n=n),
        "right": question_view(screen, wording.face, found, screen.rule.right(wording), n=n),
        "letters": screen.keyed(wording, found) if shape else screen.letters(wording), "key": screen.rule.key_text(wording),
    }  # fmt: skip


def history(question: Question) -> list[dict[str, Any]]:
    """Every version, newest first, each with what it changed in the one before."""
    versions = list(question.versions.select_related("made_by").order_by("number"))
    pairs = zip([None, *versions], versions, strict=False)
    rows = [{"version": now, "changes": changes(before.wording, now.wording) if before else []} for before, now in pairs]
    return rows[::-1]


def changes(before: Wording, after: Wording) -> list[dict[str, Any]]:
    """What one wording changes in another, field by field, with the fields' names."""
    return [_named(change) for change in differences(before, after)]


def _named(change: Change) -> dict[str, Any]:
    words = WORDS.get(change.field)
    pieces: Iterable[tuple[str, Any]] = change.pieces
    if words is not None:
        pieces = list(zip(("gone", "new"), (words(value) for value in (change.before, change.after)), strict=True))
    return {"name": FIELD_NAMES[change.field], "subject": change.subject, "pieces": pieces}


def sheet_rows(questions: Iterable[Question]) -> Iterable[list[Any]]:
    """The rows of an export, in the order of COLUMNS."""
    for question in questions:
        version = question.newest
        wording = version.wording
        texts = [option.text for option in wording.options[:8]] if wording.kind != "true_false" else []
        yield [
            question.key, wording.stem, question.topic.shown_title, version.get_kind_display(), version.get_dimension_display(),
            version.get_difficulty_display(), *texts, *[""] * (8 - len(texts)), screen_of(wording.kind).letters(wording), wording.explanation,
            "；".join(wording.cites), version.number, str(_("Retired") if question.retired_at else _("In use")),
        ]  # fmt: skip
