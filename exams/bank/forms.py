"""The filter of the list, and the short form of each kind of question."""

from django import forms
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.forms import TopicChoice, WordingForm
from exams.bank.kinds.screens import kind_choices, screens
from exams.bank.states import Difficulty, Dimension
from lms.people.states import Tier

FORMS: dict[str, type[WordingForm]] = {name: screen.form for name, screen in screens().items()}


class FilterForm(forms.Form):
    """The filter row above the list, kept in the address."""

    q = forms.CharField(required=False, label=_("Question or explanation contains"))
    topic = TopicChoice(required=False, empty_label=_("All topics"))
    tier = forms.ChoiceField(required=False, label=_("Training tier"), choices=[("", _("All tiers")), *Tier.choices])
    kind = forms.ChoiceField(required=False, label=_("Kind"), choices=lambda: [("", _("All kinds")), *kind_choices()])
    difficulty = forms.ChoiceField(required=False, label=_("Difficulty"), choices=[("", _("Any difficulty")), *Difficulty.choices])
    dimension = forms.ChoiceField(required=False, label=_("Dimension"), choices=[("", _("Both dimensions")), *Dimension.choices])
    state = forms.ChoiceField(required=False, label=_("State"), choices=[("", _("In use")), ("retired", _("Retired")), ("all", _("All"))])
    made = forms.ChoiceField(
        required=False, label=_("Written by"), choices=[("", _("Any author")), ("library", _("Library")), ("trainer", _("Trainers"))]
    )
