"""What every kind of question shows: its name, its markup for candidates, on paper and in reviews. The markup works without a script."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.functional import Promise

from exams.bank.kinds import rule_of, rules
from exams.bank.kinds.base import Face, Rule, Shape

if TYPE_CHECKING:
    from exams.bank.kinds.forms import WordingForm
    from exams.bank.wording import Wording

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FOUR_COLUMNS, TWO_COLUMNS = 5, 15  # longest option, in characters, that fits four or two in a line, as Chinese papers do


class Screen:
    """One kind as people meet it. ``label`` is its name, ``hint`` the line under its part's heading on a paper.

    Templates: `exams/kinds/<name>/answer.html` shows and takes an answer (plain inputs named ``q7`` or ``q7.<part>``), `print.html` the question on
    paper. Both get ``q``: the dictionary of `view` with ``n``, ``name`` and ``stem``.
    """

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    hint: ClassVar[str | Promise]

    @property
    def rule(self) -> Rule:
        return rule_of(self.name)

    @property
    def form(self) -> "type[WordingForm]":
        """The form with which trainers write such a question."""
        found: type[WordingForm] = import_module(f"exams.bank.kinds.{self.name}.form").FORM
        return found

    @property
    def answer_template(self) -> str:
        return f"exams/kinds/{self.name}/answer.html"

    @property
    def print_template(self) -> str:
        return f"exams/kinds/{self.name}/print.html"

    def view(self, face: Face, shape: Shape, values: Sequence[str] = ()) -> dict[str, Any]:
        """What the templates need, with the answer ``values`` in it. Reads no key."""
        raise NotImplementedError

    def placed(self, view: dict[str, Any], n: int | str) -> dict[str, Any]:
        """The view at its place on a paper: its number, and the name under which its inputs are asked for."""
        return view | {"n": str(n), "name": f"q{n}"}

    def given(self, face: Face, shape: Shape, values: Sequence[str]) -> str:
        """An answer in one line, as the review shows it."""
        return "；".join(values)

    def keyed(self, wording: "Wording", shape: Shape) -> str:
        """The key in one line, with the letters of this paper."""
        return self.rule.key_text(wording)

    def letters(self, wording: "Wording") -> str:
        """The key as trainers write it, in the bank's own order."""
        return self.keyed(wording, self.shape_of(wording))

    def shape_of(self, wording: "Wording") -> Shape:
        """The shape in the bank's own order."""
        return self.rule.shape([option.id for option in wording.options], wording.answer_stored, wording.extra)


def columns_across(texts: Sequence[str]) -> str:
    """The class that sets short options side by side: four of up to 5 characters, two of up to 15."""
    longest = max((len(text) for text in texts), default=0)
    return "k4" if longest <= FOUR_COLUMNS else "k2" if longest <= TWO_COLUMNS else ""


class ChoiceScreen(Screen):
    """Options with letters by position and boxes named ``q7``."""

    input: ClassVar[str] = "radio"

    @property
    def answer_template(self) -> str:
        return "exams/kinds/choices/answer.html"

    @property
    def print_template(self) -> str:
        return "exams/kinds/choices/print.html"

    def text(self, face: Face, option: str) -> str:
        """The text of an option in the reader's language."""
        return face.text_of(option)

    def view(self, face: Face, shape: Shape, values: Sequence[str] = ()) -> dict[str, Any]:
        options = [
            {"id": option, "letter": LETTERS[i], "text": self.text(face, option), "on": option in values} for i, option in enumerate(shape.options)
        ]
        return {"options": options, "columns": columns_across([str(o["text"]) for o in options]), "input": self.input}

    def given(self, face: Face, shape: Shape, values: Sequence[str]) -> str:
        return "".join(letter for letter, option in zip(LETTERS, shape.options, strict=False) if option in values)

    def keyed(self, wording: "Wording", shape: Shape) -> str:
        return self.given(wording.face, shape, wording.chosen)


@cache
def screens() -> Mapping[str, Screen]:
    """Every kind's screen by name, in the order of a paper's parts."""
    return {name: import_module(f"exams.bank.kinds.{name}.screen").SCREEN for name in rules()}


def screen_of(kind: str) -> Screen:
    """The screen of a kind. Raises KeyError for a kind that is not there."""
    return screens()[kind]


def kind_choices() -> list[tuple[str, str | Promise]]:
    """Kinds with their labels, for fields and filters."""
    return [(name, screen.label) for name, screen in screens().items()]


def kinds_where(test: Callable[[Rule], bool]) -> list[str]:
    """Names of the kinds whose rule passes a test."""
    return [name for name, rule in rules().items() if test(rule)]
