"""True or false on screen and paper: the two options speak the reader's language."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.base import Face, Shape
from exams.bank.kinds.screens import ChoiceScreen
from exams.bank.kinds.true_false.rule import TRUE
from exams.bank.wording import Wording


class TrueFalseScreen(ChoiceScreen):
    name, label, hint = "true_false", _("True or false"), _("Mark each statement as true or false.")

    def text(self, face: Face, option: str) -> str:
        return gettext("True") if option == TRUE else gettext("False")

    def letters(self, wording: Wording) -> str:
        return self.rule.key_text(wording)

    def keyed(self, wording: Wording, shape: Shape) -> str:
        return self.text(wording.face, wording.chosen[0])


SCREEN = TrueFalseScreen()
