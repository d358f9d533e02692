"""The words of the certificates room: how each state is called on screen, and its tone (never the only cue)."""

from django.utils.translation import gettext_lazy as _

from exams.certificates.validity import State

LABELS = {
    State.VALID: _("Valid"),
    State.EXPIRING: _("Expiring"),
    State.LAPSED: _("Lapsed"),
    State.REVOKED: _("Revoked"),
    State.NOT_YET: _("Not yet valid"),
}
TONES = {State.VALID: "pass", State.EXPIRING: "due", State.LAPSED: "late", State.REVOKED: "late", State.NOT_YET: "info"}
