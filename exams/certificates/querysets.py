"""What we can say about certificates."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from exams.certificates.validity import State

if TYPE_CHECKING:
    from exams.certificates.models import Certificate  # noqa: F401


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def _revocations(self) -> "models.QuerySet[models.Model]":
        events = self.model._meta.get_field("events").related_model
        return events._default_manager.filter(certificate=OuterRef("pk"), kind="revoked")  # type: ignore[union-attr]

    def revoked_by(self, day: date) -> "CertificateQuerySet":
        """Certificates that had been revoked by ``day``, that day included."""
        return self.filter(Exists(self._revocations().filter(on__lte=day)))

    def not_revoked_by(self, day: date) -> "CertificateQuerySet":
        return self.filter(~Exists(self._revocations().filter(on__lte=day)))

    def valid_on(self, day: date) -> "CertificateQuerySet":
        """Certificates that hold on ``day``: begun, not past their last day, not revoked on or before it."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day).not_revoked_by(day)

    def in_state(self, state: State, day: date, warning_days: int) -> "CertificateQuerySet":
        """Certificates of which `exams.certificates.validity.state_on` says ``state`` on ``day``."""
        soon = day + timedelta(days=warning_days)
        match state:
            case State.REVOKED:
                return self.revoked_by(day)
            case State.NOT_YET:
                return self.not_revoked_by(day).filter(valid_from__gt=day)
            case State.LAPSED:
                return self.not_revoked_by(day).filter(valid_from__lte=day, valid_until__lt=day)
            case State.EXPIRING:
                return self.valid_on(day).filter(valid_until__lte=soon)
        return self.valid_on(day).filter(Q(valid_until=None) | Q(valid_until__gt=soon))

    def with_revocation(self) -> "CertificateQuerySet":
        """Add ``revoked_on`` and ``revoked_why`` to each row (None where it was not revoked), in the same query."""
        found = self._revocations()
        return self.annotate(revoked_on=Subquery(found.values("on")[:1]), revoked_why=Subquery(found.values("reason")[:1]))
