"""Essay on screen and paper: a large box, with the rubric above it where candidates may see it."""

from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.short.screen import WrittenScreen


class EssayScreen(WrittenScreen):
    name, label, hint = "essay", _("Essay"), _("Write a connected text.")
    lines = 14


SCREEN = EssayScreen()
