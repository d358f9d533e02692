"""First passwords for many people: one request of an HR officer, one slip for each person."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.people import identity
from lms.people.models import Person
from lms.people.passwords import LASTS


class Handout(models.Model):
    """One request: who asked, until when the slips can be taken, and when they were. Taken or expired, the passwords are wiped."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="handouts")
    job = models.ForeignKey("lms.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    wiped_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("hand-out of first passwords")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="handout_dates_in_order")]

    @property
    def making(self) -> bool:
        return self.job is not None and self.job.unfinished

    def takable(self, at: datetime) -> bool:
        """Whether the slips may still be taken, once."""
        return not self.making and self.taken_at is None and self.wiped_at is None and at < self.expires_at


class Slip(models.Model):
    """One person's slip. Neither ``made_at`` nor ``refused``: still to be made, so that a killed job goes on where it stopped.

    ``ticked``: asked for by name, even if the person has a password. ``sealed`` opens for this slip alone and is wiped.
    """

    handout = models.ForeignKey(Handout, on_delete=models.CASCADE, related_name="slips")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="slips")
    ticked = models.BooleanField(default=False)
    sealed = models.TextField(blank=True, editable=False)
    made_at = models.DateTimeField(null=True)
    refused = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("password slip")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["handout", "person"], name="slip_once"),
            models.CheckConstraint(condition=Q(sealed="") | Q(made_at__isnull=False), name="slip_sealed_once_made"),
        ]

    @property
    def owner(self) -> str:
        return f"slip:{self.handout_id}:{self.person_id}"

    def seal(self, password: str) -> None:
        self.sealed = identity.sealed(password, settings.IDENTITY_KEY, self.owner)

    def password(self) -> str:
        """Open the password. Called by `lms.handouts.actions.take` alone, which wipes it."""
        return identity.opened(self.sealed, settings.IDENTITY_KEY, self.owner)

    def stands(self, person: Person) -> bool:
        """Whether the password on the slip is still the person's: no other was set since it was made."""
        return person.is_active and self.made_at is not None and person.password_expires_at == self.made_at + LASTS
