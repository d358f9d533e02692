"""Dated figures with their source. A verdict names the row it used; a figure is never a constant in code."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.policy.keys import Key


class Policy(models.Model):
    """One figure, in force from a day until the day before ``valid_to`` (None: until further notice), for a unit's subtree or everywhere.

    Rows are replaced, not edited: `lms.policy.actions.set_policy` ends the old row and adds the new one.
    """

    append_only = ("valid_to",)

    key = models.CharField(_("figure"), max_length=40, choices=Key)
    value = models.DecimalField(_("value"), max_digits=10, decimal_places=4)
    unit = models.ForeignKey("lms.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("for unit and below"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until (exclusive)"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)
    secondary = models.BooleanField(_("secondary source"), default=False)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("policy figure")
        ordering = ["key", "valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="policy_dates_in_order"),
            models.UniqueConstraint(fields=["key", "unit", "valid_from"], name="policy_one_value_a_day"),
            models.UniqueConstraint(fields=["key", "valid_from"], condition=Q(unit=None), name="policy_one_value_a_day_everywhere"),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()} = {self.plain_value}"

    @property
    def plain_value(self) -> str:
        """The value as people write it: 0.25, not 0.2500; 90, not 9E+1."""
        return f"{self.value.normalize():f}"
