"""A frozen paper and the answers that stand, as the exam room shows them. No key is read here, and none can be shown."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.attempts.answers import Answer
from exams.bank.models import QuestionVersion
from exams.bank.states import Kind
from exams.papers.drawing import Paper, Slot

NUMERALS = [_("I."), _("II."), _("III."), _("IV.")]
HEADINGS = {
    Kind.SINGLE: (_("Single choice"), _("One right answer each.")),
    Kind.MULTIPLE: (_("Multiple choice"), _("Two or more right answers each; points only for exactly the right ones.")),
    Kind.TRUE_FALSE: (_("True or false"), _("Mark each statement as true or false.")),
    Kind.FILL_IN: (_("Fill in"), _("Write the answer on the line.")),
}
LETTERS = "ABCDEFGHIJ"
FOUR_COLUMNS, TWO_COLUMNS = 5, 15  # longest option, in characters, that fits four or two in a line


def plain(number: Decimal) -> str:
    """2.00 as 2, 2.50 as 2.5."""
    return f"{number.normalize():f}" if number else "0"


def _option(version: QuestionVersion, option: str) -> str:
    if version.kind == Kind.TRUE_FALSE:
        return gettext("True") if option == "t" else gettext("False")
    return next(str(o["text"]) for o in version.options if o["id"] == option)


def _columns(texts: list[str]) -> str:
    longest = max((len(text) for text in texts), default=0)
    if longest <= FOUR_COLUMNS:
        return " k4"
    return " k2" if longest <= TWO_COLUMNS else ""


def options_of(slot: Slot, version: QuestionVersion, chosen: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The options of a slot in the order of this paper, with letters by position."""
    return [{"id": option, "letter": LETTERS[i], "text": _option(version, option), "on": option in chosen} for i, option in enumerate(slot.options)]


def sections_of(paper: Paper, answers: Mapping[int, Answer]) -> list[dict[str, Any]]:
    """Everything the paper's template needs, section by section (one query)."""
    versions = QuestionVersion.objects.defer("answer", "explanation", "cites").in_bulk([slot.version for slot in paper.slots.values()])
    sections = []
    for numeral, section in zip(NUMERALS, paper.sections, strict=False):
        label, hint = HEADINGS[Kind(section.kind)]
        each = {slot.points for slot in section.slots}
        questions = []
        for slot in section.slots:
            answer = answers.get(slot.n, Answer())
            version = versions[slot.version]
            options = options_of(slot, version, answer.values)
            blanks = [answer.values[i] if i < len(answer.values) else "" for i in range(slot.blanks)]
            questions.append(
                {
                    "n": str(slot.n), "stem": version.stem, "points": plain(slot.points), "flagged": answer.flagged, "answered": bool(answer.values),
                    "options": options, "columns": _columns([o["text"] for o in options]), "blanks": blanks,
                }
            )  # fmt: skip
        sections.append(
            {
                "numeral": numeral, "kind": section.kind, "label": label, "hint": hint, "points": plain(section.points), "questions": questions,
                "each": plain(each.pop()) if len(each) == 1 else "", "input": "checkbox" if section.kind == Kind.MULTIPLE else "radio",
            }
        )  # fmt: skip
    return sections


def items_from(form: QueryDict, paper: Paper) -> list[dict[str, object]]:
    """The whole paper as one save, from the plain form; still to be checked by `answers.clean`."""
    return [{"n": n, "v": form.getlist(f"q{n}"), "f": 1 if form.get(f"f{n}") else 0} for n in paper.slots]
