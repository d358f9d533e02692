"""Writing a case: its text, and its parts as they stand in a trainer's paper."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds import rule_of
from exams.bank.kinds.base import Fault, Option
from exams.bank.kinds.case.rule import parts_in
from exams.bank.kinds.case.writing import RIGHT, WRONG, Written, lines_of, number_key, read
from exams.bank.kinds.fill_in.form import accepted_lines
from exams.bank.kinds.forms import WordingForm
from exams.bank.kinds.true_false.rule import FALSE, TRUE, true_false_options
from exams.bank.models import Question
from exams.bank.wording import Wording, options_named

KINDS_WRITTEN = "[单选] [多选] [判断] [填空] [数值]"
EXAMPLE = "[单选] 首先应当做什么？\nA. 自行处理\n*B. 立即报告\n\n[填空 2] 事件应在____小时内报告。\n答案：二/2"


class CaseForm(WordingForm):
    kind = "case"
    own = ("questions",)
    sentences = {
        ("parts", "count"): _("Write one to ten questions, each beginning with its kind in brackets."),
        ("parts", "kind"): format_lazy(_("it must begin with its kind: {kinds}."), kinds=KINDS_WRITTEN),
        ("parts", "stem"): _("the question itself is missing."),
        ("parts", "weight"): _("its weight must be 1 to 10."),
        ("parts", "exactly_one"): _("mark exactly one right option with a star, or give the answer."),
        ("parts", "two_or_more"): _("mark at least two right options with a star."),
        ("parts", "blanks"): _("mark each blank with four underscores ____."),
        ("parts", "blank_count"): _("give one answer line for each blank."),
        ("parts", "missing"): _("something is empty."),
        ("parts", "repeated"): _("something is said twice."),
        ("parts", "no_number"): _("its answer is not a number."),
    }
    questions = forms.CharField(
        label=_("Questions on the case"), required=False, widget=forms.Textarea(attrs={"rows": 16, "placeholder": EXAMPLE}),
        help_text=format_lazy(
            _(
                "Each begins with its kind in brackets, and its weight if it counts more than once: {kinds}. "
                "Options are lines A. B. C., the right ones with a star in front; other answers stand on a line {answer}."
            ),
            kinds=KINDS_WRITTEN.replace("多选", "多选 2"), answer="答案：…",
        ),
    )  # fmt: skip

    def start(self, question: Question, wording: Wording) -> dict[str, Any]:
        texts = [lines_of(p.kind, p.stem, weight, p.options, rule_of(p.kind).answer_stored(p)) for p, weight in parts_in(wording)]
        return super().start(question, wording) | {"questions": "\n\n".join(texts)}

    def parts(self, data: dict[str, Any]) -> dict[str, Any]:
        made = [_made(written) for written in read(data.get("questions", "").replace("\r\n", "\n"))]
        return {"extra": {"parts": [part for part, _key in made]}, "key": {"parts": [key for _part, key in made]}}

    def sentence(self, fault: Fault) -> str:
        if fault.field == "parts" and fault.place:
            return gettext("Question %(number)d of the case: %(sentence)s") % {"number": fault.place, "sentence": super().sentence(fault)}
        return super().sentence(fault)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "__all__" in self.errors:  # everything that is wrong with the parts belongs to their field
            self.errors["questions"] = self.errors.pop("__all__")
        return data


def _made(written: Written) -> tuple[dict[str, Any], Any]:
    """A part and its key, as a version keeps them."""
    options: tuple[Option, ...] = ()
    extra: dict[str, Any] = {}
    key: Any = []
    if written.kind in {"single", "multiple"}:
        texts = [text for text, _star in written.options]
        options = options_named(texts, {}) if len(set(texts)) == len(texts) else tuple(Option(id=f"{n}", text=t) for n, t in enumerate(texts))
        starred = {n for n, (_text, star) in enumerate(written.options) if star}
        starred |= {"ABCDEFGH".index(letter) for answer in written.answers for letter in answer.upper() if letter in "ABCDEFGH"}
        key = [option.id for n, option in enumerate(options) if n in starred]
    elif written.kind == "true_false":
        options = true_false_options()
        said = "".join(written.answers).strip().lower()
        key = [TRUE] if said in RIGHT else [FALSE] if said in WRONG else []
    elif written.kind == "fill_in":
        key = [list(accepted) for accepted in accepted_lines("\n".join(written.answers))]
    elif written.kind == "numeric":
        key = number_key(" ".join(written.answers))
        extra = {"unit": True} if key["units"] else {}
    stored = [{"id": option.id, "text": option.text} for option in options]
    return {"kind": written.kind, "stem": written.stem, "options": stored, "extra": extra, "weight": written.weight}, key


FORM = CaseForm
