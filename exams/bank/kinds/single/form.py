"""Writing a single choice."""

from exams.bank.kinds.forms import ChoiceForm


class SingleForm(ChoiceForm):
    kind = "single"


FORM = SingleForm
