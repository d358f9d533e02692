"""What we can say about certificates."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from exams.certificates.models import Certificate


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def valid_on(self, day: date) -> "CertificateQuerySet":
        """Certificates that hold on ``day``: begun, not past their last day, not revoked on or before it."""
        from_day = self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)
        events = self.model._meta.get_field("events").related_model.objects  # type: ignore[union-attr]
        return from_day.filter(~Exists(events.filter(certificate=OuterRef("pk"), kind="revoked", on__lte=day)))
