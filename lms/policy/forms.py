"""Setting a figure on screen."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lms.people.forms import Day, UnitChoice, Within
from lms.people.models import Unit
from lms.policy.keys import Key


class FigureForm(Within):
    key = forms.ChoiceField(label=_("Policy figure"), choices=Key.choices)
    value = forms.DecimalField(label=_("Value"), max_digits=10, decimal_places=4, min_value=Decimal(0))
    unit = UnitChoice(label=_("For unit and below"), queryset=Unit.objects.none(), required=False, empty_label=_("everywhere"))
    valid_from = Day(label=_("In force from"), help_text=_("Verdicts about earlier days keep the figure of their day."))
    source = forms.CharField(label=_("Source"), max_length=200, help_text=_("The document and article it comes from."))
    secondary = forms.BooleanField(label=_("The source is a secondary one"), required=False)

    def __init__(self, *args: Any, everywhere: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].required = not everywhere
