"""Single choice on screen and paper."""

from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.screens import ChoiceScreen


class SingleScreen(ChoiceScreen):
    name, label, hint = "single", _("Single choice"), _("One right answer each.")


SCREEN = SingleScreen()
