"""The words of coverage."""

from django.utils.translation import gettext_lazy as _

from exams.compliance.gaps import Reason, Standing

STANDINGS = {Standing.MET: _("Covered"), Standing.EXPIRING: _("Lapses soon"), Standing.GAP: _("Gap")}
TONES = {Standing.MET: "pass", Standing.EXPIRING: "due", Standing.GAP: "late"}
REASONS = {
    Reason.NEVER: _("never held"),
    Reason.LAPSED: _("certificate lapsed"),
    Reason.REVOKED: _("certificate revoked"),
    Reason.NOT_YET: _("certificate not yet valid"),
}
