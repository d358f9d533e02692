"""Writing a cloze: the passage with its gaps, and a line for each gap."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.base import Fault
from exams.bank.kinds.cloze.rule import gap_text
from exams.bank.kinds.forms import WordingForm
from exams.bank.models import Question
from exams.bank.wording import Wording, options_unordered, without_repeats


class ClozeForm(WordingForm):
    kind = "cloze"
    own = ("passage", "gaps")
    sentences = {
        ("passage", "blanks"): _("Mark each gap of the passage with four underscores ____, at least one and at most thirty."),
        ("passage", "too_long"): _("The passage is too long: at most 4,000 characters."),
        ("gaps", "count"): _("Give one line for each gap of the passage."),
        ("gaps", "missing"): _("the line has no answer."),
        ("gaps", "repeated"): _("the line says the same twice."),
        ("gaps", "choices"): _("give two to six choices, the right one first, with | between them."),
        ("gaps", "too_long"): _("an answer is too long: at most 200 characters."),
    }
    passage = forms.CharField(
        label=_("Passage"), required=False, widget=forms.Textarea(attrs={"rows": 8}), help_text=_("Mark each gap with four underscores ____.")
    )
    gaps = forms.CharField(
        label=_("Gaps"), required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One line for each gap, in order. To be written: 六/6. To be chosen, the right one first: 备份 | 删除 | 共享."),
    )  # fmt: skip

    def start(self, question: Question, wording: Wording) -> dict[str, Any]:
        lines = []
        for choices, key in zip(wording.extra["gaps"], wording.key["gaps"], strict=True):
            others = [choice["text"] for choice in choices if choice["id"] != key]
            lines.append(" | ".join([gap_text(choices, key), *others]) if choices else "/".join(key))
        return super().start(question, wording) | {"passage": wording.extra["passage"], "gaps": "\n".join(lines)}

    def parts(self, data: dict[str, Any]) -> dict[str, Any]:
        gaps: list[list[dict[str, str]]] = []
        keys: list[Any] = []
        for line in (line.replace("｜", "|") for line in data.get("gaps", "").splitlines() if line.strip()):
            if "|" not in line:
                gaps.append([])
                keys.append(list(without_repeats(line.replace("／", "/").split("/"))))
                continue
            texts = [text.strip() for text in line.split("|")]
            named = options_unordered(dict.fromkeys(texts), self._known(len(gaps)))
            gaps.append([{"id": option.id, "text": option.text} for option in named])
            keys.append(next(option.id for option in named if option.text == texts[0]))
        return {"extra": {"passage": data.get("passage", "").replace("\r\n", "\n").strip(), "gaps": gaps}, "key": {"gaps": keys}}

    def _known(self, gap: int) -> dict[str, str]:
        """The choices the gap had, so that a text keeps its id."""
        gaps = self.question.newest.extra.get("gaps", []) if self.question else []
        return {choice["id"]: choice["text"] for choice in gaps[gap]} if gap < len(gaps) else {}

    def sentence(self, fault: Fault) -> str:
        if fault.field == "gaps" and fault.place:
            return gettext("Gap %(number)d: %(sentence)s") % {"number": fault.place, "sentence": super().sentence(fault)}
        return super().sentence(fault)


FORM = ClozeForm
