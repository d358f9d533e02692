"""Files that candidates handed in. An answer names one (`exams.bank.kinds.upload`); the file lies in the private store under a random name."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Enclosure(models.Model):
    """One file as it came, for slot ``n``: never changed, never deleted. ``token`` is its id in answers and its name in the store.

    ``kind`` is the type its content shows, ``sha256`` the hash of the content. ``late`` came after the end or during a pause and is kept as evidence.
    """

    append_only = True

    attempt = models.ForeignKey("exams.Attempt", on_delete=models.PROTECT, related_name="enclosures")
    n = models.PositiveSmallIntegerField()
    token = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=5)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    stored = models.CharField(max_length=100)
    received_at = models.DateTimeField()
    late = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("file handed in")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="enclosure_is_not_empty")]

    @property
    def value(self) -> str:
        """What the answer says of it, after ``file=``."""
        return f"{self.token}:{self.name}:{self.sha256}"
