"""What became of a step, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exams.bank.workflow import APPROVE, DROP, PUBLISH, RECALL, RESTORE, RETIRE, RETURN, SUBMIT, TAKE_BACK, WITHDRAW, Outcome

TAG, UNTAG, SEAL, FREE = "tag", "untag", "sealed", "practice"
DONE = {
    SUBMIT: gettext_lazy("Submitted for review: %(n)d."),
    WITHDRAW: gettext_lazy("Withdrawn from review: %(n)d."),
    APPROVE: gettext_lazy("Approved: %(n)d. They are drawn once they are put live."),
    RETURN: gettext_lazy("Returned to the author: %(n)d."),
    TAKE_BACK: gettext_lazy("Approvals taken back: %(n)d."),
    PUBLISH: gettext_lazy("Put live: %(n)d. Papers drawn from now on may hold them."),
    RECALL: gettext_lazy("Recalled: %(n)d. What was in use before is drawn again."),
    DROP: gettext_lazy("Drafts dropped: %(n)d."),
    RETIRE: gettext_lazy("Questions retired: %(n)d. Papers already drawn keep them."),
    RESTORE: gettext_lazy("Questions in use again: %(n)d."),
    TAG: gettext_lazy("Questions tagged: %(n)d."),
    UNTAG: gettext_lazy("Tags taken off questions: %(n)d."),
    SEAL: gettext_lazy("Sealed for examinations: %(n)d."),
    FREE: gettext_lazy("Moved to practice: %(n)d. Papers already drawn keep them."),
}
WHY = {
    "changed": gettext_lazy("a newer version was saved meanwhile"),
    "in_that_pool": gettext_lazy("in that pool already"),
    "newer_draft": gettext_lazy("there is a newer draft"),
    "no_draft": gettext_lazy("nothing drafted"),
    "not_draft": gettext_lazy("submitted or reviewed already"),
    "not_put_live": gettext_lazy("not put live by a review"),
    "not_retired": gettext_lazy("not retired"),
    "not_reviewed": gettext_lazy("not reviewed yet"),
    "not_tagged": gettext_lazy("had none of these tags"),
    "not_waiting": gettext_lazy("not waiting for review"),
    "not_your_approval": gettext_lazy("approved by someone else"),
    "nothing_else": gettext_lazy("the question has no other wording"),
    "own_work": gettext_lazy("your own work: another person reviews it"),
    "retired_already": gettext_lazy("retired already"),
    "tagged_already": gettext_lazy("tagged so already"),
}


def result(step: str, outcome: Outcome) -> str:
    """What was done and what was passed over, with every reason counted."""
    said = str(DONE[step]) % {"n": len(outcome.done)} if outcome.done else ""
    if outcome.skipped:
        reasons = "；".join(f"{WHY[reason]} {n}" for reason, n in sorted(outcome.skipped.items()))
        said += (" " if said else "") + _("Passed over: %(n)d (%(reasons)s).") % {"n": outcome.skipped.total(), "reasons": reasons}
    return said
