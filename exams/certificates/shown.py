"""Certificates as screens show them: state, days left and share used, computed for one day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from exams.certificates.models import Certificate
from exams.certificates.states import LABELS, TONES
from exams.certificates.validity import HOLDING, State, days_left, percent_used, state_on
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """``left`` counts days after today, None without an end; ``used`` is percent of the validity, for the bar in ``colour``."""

    certificate: Certificate
    state: State
    label: str | Promise
    tone: str
    left: int | None
    past: int | None
    used: int
    colour: str
    revoked_on: date | None
    why: str

    @property
    def holds(self) -> bool:
        return self.state in HOLDING


def warning_days(day: date, book: PolicyBook | None = None, path: str = "") -> int:
    """Return how many days ahead a certificate counts as lapsing soon, by the policy of the day (and of the units on ``path``)."""
    return int((book or PolicyBook())(Key.EXPIRY_WARNING_DAYS, day, path).value)


def show(certificate: Certificate, day: date, warn: int) -> Shown:
    """``certificate`` comes from `with_revocation`."""
    revoked_on: date | None = certificate.revoked_on  # type: ignore[attr-defined]
    state = state_on(day, valid_from=certificate.valid_from, valid_until=certificate.valid_until, revoked_on=revoked_on, warning_days=warn)
    left = days_left(certificate.valid_until, day)
    return Shown(
        certificate=certificate,
        state=state,
        label=LABELS[state],
        tone=TONES[state],
        left=left,
        past=-left if left is not None and left < 0 else None,
        used=percent_used(certificate.valid_from, certificate.valid_until, day),
        colour={State.EXPIRING: "d3", State.LAPSED: "d4", State.REVOKED: "d4"}.get(state, "d2"),
        revoked_on=revoked_on,
        why=certificate.revoked_why or "",  # type: ignore[attr-defined]
    )


def show_all(certificates: Iterable[Certificate], day: date, warn: int) -> list[Shown]:
    """`show` each of them; all come from `with_revocation`."""
    return [show(certificate, day, warn) for certificate in certificates]
