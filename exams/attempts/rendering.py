"""A frozen paper and the answers that stand, as the exam room shows them. No key is read here, and none can be shown."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from exams.attempts.answers import Answer
from exams.bank.kinds.screens import screen_of
from exams.bank.models import QuestionVersion
from exams.bank.rendering import question_view
from exams.papers.drawing import Paper, Section
from exams.papers.numerals import numeral


def plain(number: Decimal) -> str:
    """2.00 as 2, 2.50 as 2.5."""
    return f"{number.normalize():f}" if number else "0"


def heading_of(section: Section) -> dict[str, Any]:
    """A part's name and the line under it: its own title and instructions, or what its kind is called and asks."""
    screen = screen_of(section.kind) if section.kind else None
    return {"label": section.title or (str(screen.label) if screen else ""), "hint": section.note or (str(screen.hint) if screen else "")}


def sections_of(paper: Paper, answers: Mapping[int, Answer]) -> list[dict[str, Any]]:
    """Everything the paper's template needs, section by section (one query)."""
    versions = QuestionVersion.objects.order_by().only("kind", "stem", "options", "extra").in_bulk([slot.version for slot in paper.slots.values()])
    kinds, sections = paper.kinds, []
    spoken = _("Question %(n)s, %(kind)s, %(points)s points")
    for number, section in enumerate(paper.sections, 1):
        heading, each = heading_of(section), {slot.points for slot in section.slots}
        questions = []
        for slot in section.slots:
            answer = answers.get(slot.n, Answer())
            shown = question_view(screen_of(kinds[slot.n]), versions[slot.version].face, slot.shape, answer.values, n=slot.n)
            points = plain(slot.points)
            said = spoken % {"n": slot.n, "kind": heading["label"], "points": points}
            questions.append(shown | {"points": points, "flagged": answer.flagged, "spoken": said})
        sections.append(
            heading
            | {
                "numeral": numeral(number), "kind": section.kind, "points": plain(section.points), "questions": questions,
                "each": plain(each.pop()) if len(each) == 1 else "",
            }
        )  # fmt: skip
    return sections


def values_from(form: QueryDict, name: str) -> list[str]:
    """An answer as plain inputs send it: the values named ``q7``, and ``part=value`` for those named ``q7.part`` that are not empty."""
    dot = f"{name}."
    named = [f"{key[len(dot) :]}={value}" for key in form if key.startswith(dot) for value in form.getlist(key) if value.strip()]
    return form.getlist(name) + named


def items_from(form: QueryDict, paper: Paper) -> list[dict[str, object]]:
    """The whole paper as one save, from the plain form; still to be checked by `answers.clean`."""
    return [{"n": n, "v": values_from(form, f"q{n}"), "f": 1 if form.get(f"f{n}") else 0} for n in paper.slots]
