"""The words of the question bank."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Dimension(models.TextChoices):
    KNOWLEDGE = "knowledge", _("Knowledge")
    OPERATION = "operation", _("Operation")


class Difficulty(models.IntegerChoices):
    EASY = 1, _("Easy")
    MEDIUM = 2, _("Medium")
    HARD = 3, _("Hard")


class Pool(models.TextChoices):
    SEALED = "sealed", _("Sealed, for examinations")
    PRACTICE = "practice", _("For practice")


class Step(models.TextChoices):
    """What can befall a version; legal moves in `exams.bank.workflow`."""

    SUBMIT = "submit", _("Submitted for review")
    WITHDRAW = "withdraw", _("Withdrawn from review")
    APPROVE = "approve", _("Approved")
    RETURN = "return", _("Returned")
    TAKE_BACK = "take_back", _("Approval taken back")
    PUBLISH = "publish", _("Put live")
    RECALL = "recall", _("Recalled")
    DROP = "drop", _("Dropped")


class State(models.TextChoices):
    """One word for where a question stands: that of its draft if it has one, else of its use."""

    DRAFT = "draft", _("Draft")
    WAITING = "waiting", _("Waiting for review")
    REVIEWED = "reviewed", _("Reviewed")
    LIVE = "live", _("In use")
    RETIRED = "retired", _("Retired")
