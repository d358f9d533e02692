"""What the installation remembers of itself."""

from django.db import models


class Build(models.Model):
    """A program that this installation ran from an instant on; the newest row is the one that all nodes must run."""

    append_only = True

    name = models.CharField(max_length=12)
    at = models.DateTimeField()
