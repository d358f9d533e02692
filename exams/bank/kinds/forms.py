"""What the forms of all kinds share: topic, dimension, difficulty, stem, explanation; and faults as sentences."""

from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from content.models import TopicPage
from exams.bank.kinds.base import Fault, Option
from exams.bank.kinds.choices import MOST_OPTIONS
from exams.bank.models import Question
from exams.bank.states import Difficulty, Dimension
from exams.bank.wording import Wording, faults, options_named, without_repeats

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHOWN_OPTIONS = 4
SENTENCES: dict[tuple[str, str], str | Promise] = {
    ("stem", "missing"): _("Write the question."),
    ("stem", "too_long"): _("The question is too long: at most 2,000 characters."),
    ("stem", "blanks"): _("Mark each blank with four underscores ____, at least one and at most twelve."),
    ("options", "count"): _("Give two to eight options."),
    ("options", "missing"): _("An option in the middle is empty: move the others up."),
    ("options", "repeated"): _("Two options say the same."),
    ("options", "too_long"): _("An option is too long: at most 500 characters."),
    ("answer", "exactly_one"): _("Tick exactly one right option."),
    ("answer", "two_or_more"): _("Tick at least two right options, or make it a single choice."),
    ("answer", "unknown"): _("The ticked option is empty."),
    ("answer", "blank_count"): _("Give one line of accepted answers for each blank of the question."),
    ("answer", "missing"): _("A blank has no accepted answer."),
    ("answer", "repeated"): _("A blank lists the same answer twice."),
    ("answer", "too_long"): _("An accepted answer is too long: at most 200 characters."),
    ("explanation", "too_long"): _("The explanation is too long: at most 4,000 characters."),
}
UNPRINTABLE = _("There is a character in it that can't be printed; delete it and type the text again.")


class TopicChoice(forms.ModelChoiceField):
    """Topics in the order of the curriculum, by title."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(TopicPage.objects.order_by("path"), label=_("Topic"), **kwargs)

    def label_from_instance(self, obj: TopicPage) -> str:
        return obj.shown_title


class WordingForm(forms.Form):
    """What every kind of question asks for. ``wording`` is the result once valid; ``known`` the option ids and texts of earlier versions.

    A kind adds fields, says in `start` how a wording fills them and in `parts` what they make of it, and may bring ``sentences`` of its own.
    """

    kind = ""
    sentences: ClassVar[dict[tuple[str, str], str | Promise]] = {}
    body: ClassVar[str] = ""  # a template for the fields of the kind that are no plain rows
    own: ClassVar[tuple[str, ...]] = ()  # plain fields of the kind, shown between stem and explanation

    topic = TopicChoice()
    dimension = forms.ChoiceField(label=_("Dimension"), choices=Dimension.choices)
    difficulty = forms.TypedChoiceField(label=_("Difficulty"), choices=Difficulty.choices, coerce=int, initial=Difficulty.MEDIUM)
    stem = forms.CharField(label=_("Question"), strip=True, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    explanation = forms.CharField(
        label=_("Explanation"), required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Why this is right. Shown after release.")
    )
    cites = forms.CharField(
        label=_("Cites"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("One law and article on each line, if any.")
    )
    edited = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, question: Question | None = None, **kwargs: Any) -> None:
        self.question = question
        self.known: dict[str, str] = {}
        if question is not None:
            for options in question.versions.order_by("number").values_list("options", flat=True):
                self.known.update({option["id"]: option["text"] for option in options})
            kwargs["initial"] = self.start(question, question.newest.wording) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def start(self, question: Question, wording: Wording) -> dict[str, Any]:
        """The fields as a wording fills them."""
        return {
            "topic": question.topic_id, "dimension": wording.dimension, "difficulty": wording.difficulty, "stem": wording.stem,
            "explanation": wording.explanation, "cites": "\n".join(wording.cites), "edited": question.newest.number,
        }  # fmt: skip

    def parts(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the kind adds to the wording: options, key, extras."""
        raise NotImplementedError

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """Fields above the options."""
        return [self[name] for name in ("topic", "dimension", "difficulty", "stem")]

    @property
    def last_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in (*self.own, "explanation", "cites")]

    def sentence(self, fault: Fault) -> str:
        """A fault as a whole sentence, with the option or blank it concerns."""
        text = str(self.sentences.get((fault.field, fault.code)) or SENTENCES.get((fault.field, fault.code), UNPRINTABLE))
        if fault.place and fault.field == "options":
            return gettext("Option %(letter)s: %(sentence)s") % {"letter": LETTERS[fault.place - 1], "sentence": text}
        if fault.place and fault.field == "answer":
            return gettext("Blank %(number)d: %(sentence)s") % {"number": fault.place, "sentence": text}
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if {"dimension", "difficulty"} <= set(data):
            self.wording = Wording(
                kind=self.kind, dimension=data["dimension"], difficulty=data["difficulty"], stem=_lines(data.get("stem", "")),
                explanation=_lines(data.get("explanation", "")), cites=without_repeats(data.get("cites", "").splitlines()), **self.parts(data),
            )  # fmt: skip
            for fault in faults(self.wording):
                field = fault.field if fault.field in self.fields else None
                self.add_error(field, self.sentence(fault))
        return data


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


class ChoiceForm(WordingForm):
    """Options A to H with a tick at the right ones. Empty options at the end are left out."""

    body = "exams/kinds/choices/form.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n, letter in enumerate(LETTERS[:MOST_OPTIONS], 1):
            label = gettext("Option %(letter)s") % {"letter": letter}
            self.fields[f"option_{n}"] = forms.CharField(label=label, required=False, strip=True)
            self.fields[f"right_{n}"] = forms.BooleanField(label=gettext("Option %(letter)s is right") % {"letter": letter}, required=False)

    def start(self, question: Question, wording: Wording) -> dict[str, Any]:
        values = super().start(question, wording)
        for n, option in enumerate(wording.options, 1):
            values |= {f"option_{n}": option.text, f"right_{n}": option.id in wording.chosen}
        return values

    @property
    def option_rows(self) -> list[dict[str, Any]]:
        rows = [{"letter": letter, "text": self[f"option_{n}"], "right": self[f"right_{n}"]} for n, letter in enumerate(LETTERS[:MOST_OPTIONS], 1)]
        return [row | {"more": n >= SHOWN_OPTIONS} for n, row in enumerate(rows)]

    @property
    def more_open(self) -> bool:
        return any(row["more"] and row["text"].value() for row in self.option_rows)

    def parts(self, data: dict[str, Any]) -> dict[str, Any]:
        texts = [data.get(f"option_{n}", "") for n in range(1, MOST_OPTIONS + 1)]
        ticked = [n for n in range(MOST_OPTIONS) if data.get(f"right_{n + 1}")]
        while texts and not texts[-1]:
            texts.pop()
        options = options_named(texts, self.known) if len(set(texts)) == len(texts) else tuple(Option(id=f"{n}", text=t) for n, t in enumerate(texts))
        return {"options": options, "chosen": tuple(options[n].id if n < len(options) else "-" for n in ticked)}
