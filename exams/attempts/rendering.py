"""A frozen paper and the answers that stand, as the exam room shows them. No key is read here, and none can be shown."""

from collections.abc import Collection, Iterable, Mapping
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


def sections_of(paper: Paper, answers: Mapping[int, Answer], shown: Collection[int]) -> list[dict[str, Any]]:
    """Everything the paper's template needs of the slots ``shown``, section by section; nothing is read of the others (one query)."""
    wanted = [slot.version for n, slot in paper.slots.items() if n in shown]
    versions = QuestionVersion.objects.order_by().only("kind", "stem", "options", "extra").in_bulk(wanted)
    kinds, sections = paper.kinds, []
    spoken = _("Question %(n)s, %(kind)s, %(points)s points")
    for number, section in enumerate(paper.sections, 1):
        heading, each = heading_of(section), {slot.points for slot in section.slots}
        questions = []
        for slot in section.slots:
            if slot.n not in shown:
                continue
            answer = answers.get(slot.n, Answer())
            view = question_view(screen_of(kinds[slot.n]), versions[slot.version].face, slot.shape, answer.values, n=slot.n)
            points = plain(slot.points)
            said = spoken % {"n": slot.n, "kind": heading["label"], "points": points}
            questions.append(view | {"points": points, "flagged": answer.flagged, "spoken": said})
        if not questions:
            continue
        sections.append(
            heading
            | {
                "numeral": numeral(number), "kind": section.kind, "points": plain(section.points), "questions": questions,
                "each": plain(each.pop()) if len(each) == 1 else "",
            }
        )  # fmt: skip
    return sections


def items_from(form: QueryDict, slots: Iterable[int]) -> list[dict[str, object]]:
    """What a plain form says about these slots, as one save; still to be checked by `answers.clean`.

    An answer is the values named ``q7``, then ``part=value`` for those named ``q7.part`` that are not empty.
    """
    named: dict[str, list[str]] = {}
    for key, values in form.lists():
        question, dot, part = key.partition(".")
        if dot:
            named.setdefault(question, []).extend(f"{part}={value}" for value in values if value.strip())
    return [{"n": n, "v": form.getlist(f"q{n}") + named.get(f"q{n}", []), "f": 1 if form.get(f"f{n}") else 0} for n in slots]
