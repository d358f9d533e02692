"""Heads of papers: one put together by hand, one drawn by a blueprint."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.papers.models import LETTERS, PaperSet

MOST_COMMON = 90  # per cent: above, forms would be one and the same


class SetForm(forms.ModelForm[PaperSet]):
    """A paper put together by hand."""

    class Meta:
        model = PaperSet
        fields = ["title", "pool", "shuffle_options"]
        help_texts = {
            "pool": _("Questions are taken from this pool alone."),
            "shuffle_options": _("Every candidate gets the same questions; options stand in an order of each one's own."),
        }


class MakeForm(forms.ModelForm[PaperSet]):
    """A paper drawn once by a blueprint, in so many parallel forms."""

    how_many = forms.TypedChoiceField(
        label=_("Forms"), coerce=int, initial=1, choices=[(n, LETTERS[:n] if n < 3 else f"A–{LETTERS[n - 1]}") for n in range(1, len(LETTERS) + 1)]
    )
    common_percent = forms.IntegerField(label=_("Common questions, percent"), min_value=0, max_value=MOST_COMMON, initial=0, required=False)

    class Meta:
        model = PaperSet
        fields = ["title", "common_percent"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["how_many"].help_text = _("Parallel forms have different questions, are as hard as each other, and go round by candidate number.")
        self.fields["common_percent"].help_text = _("Of each row, rounded down: these stand in every form.")

    def clean_common_percent(self) -> int:
        return int(self.cleaned_data["common_percent"] or 0)
