"""Writing a typing test: the text, how it is typed, for how long and how fast."""

from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.forms import WordingForm
from exams.bank.kinds.sheet_forms import tidy
from exams.bank.kinds.typing.rule import LATIN
from exams.bank.kinds.typing.screen import MODES
from exams.bank.models import Question
from exams.bank.wording import Wording

NAMES = ("text", "mode", "seconds", "target", "accuracy")


class TypingForm(WordingForm):
    kind = "typing"
    own = NAMES
    sentences: ClassVar[dict[tuple[str, str], str | Promise]] = {
        ("text", "missing"): _("Give a text of at least ten characters to type."),
        ("text", "too_long"): _("The text is too long: at most 2,000 characters."),
        ("text", "not_latin"): _("A text for Latin keys holds letters, digits and signs of the Latin keyboard only."),
        ("mode", "unknown"): _("Choose how the text is typed."),
        ("seconds", "number"): _("Give a whole number of seconds from 10 to 3,600."),
        ("target", "number"): _("Give a whole number of characters a minute that people reach: up to 900 by Latin keys, up to 300 by pinyin."),
        ("accuracy", "number"): _("Give a whole percentage from 1 to 100."),
    }
    text = forms.CharField(label=_("Text to type"), required=False, widget=forms.Textarea(attrs={"rows": 5}))
    mode = forms.ChoiceField(label=_("Typed by"), choices=list(MODES.items()), initial=LATIN, required=False)
    seconds = forms.IntegerField(label=_("Time in seconds"), required=False, initial=300)
    target = forms.IntegerField(label=_("Target in characters a minute"), required=False, help_text=_("From here on all points; below it a share."))
    accuracy = forms.IntegerField(label=_("Least accuracy in percent"), required=False, initial=85, help_text=_("Below it there are no points."))

    def start(self, question: Question, wording: Wording) -> dict[str, Any]:
        return super().start(question, wording) | {name: wording.extra[name] for name in NAMES}

    def parts(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"extra": {name: tidy(data.get(name)) if name in {"text", "mode"} else data.get(name) for name in NAMES}}


FORM = TypingForm
