"""Jobs of the handouts room: making first passwords, and wiping slips that were not taken. No result holds a password."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.handouts.actions import make, wipe_expired
from lms.handouts.models import Handout
from lms.jobs.handlers import Work, handles
from lms.notices.actions import tell
from lms.people.models import Person

CHUNK = 10  # people between two looks at the lease and at a wish to stop: ten seconds of hashing at most


@handles("handouts.make")
def make_slips(work: Work) -> dict[str, Any]:
    """Make what is not yet made. Stopped or killed: the slips made so far stand."""
    handout = Handout.objects.get(pk=work.arguments["handout"])
    todo = handout.slips.filter(made_at=None, refused="").order_by("pk")
    total = handout.slips.count()
    by = Person.objects.get(pk=handout.by_id)
    work.progress(total - todo.count(), total)
    while slips := list(todo[:CHUNK]):
        by = Person.objects.get(pk=by.pk)  # anew: roles may have ended since the last chunk
        for slip in slips:
            make(slip, by=by, at=timezone.now())
        work.progress(total - todo.count(), total)
    link = reverse("handout", args=[handout.pk])
    title = _("First passwords are ready: take the slips within 72 hours.")
    tell(by, title=title, at=timezone.now(), link=link, key=f"handout:{handout.pk}")
    return {"link": link}


@handles("handouts.wipe", every=timedelta(hours=1))
def wipe(work: Work) -> dict[str, Any]:
    """Wipe slips that nobody took within their time."""
    return {"wiped": wipe_expired(at=timezone.now())}
