"""The ground floor's own entries and sweeps. The frame stands above the other rooms here, so it hangs them in."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.audit.models import AuditHead
from lms.jobs.handlers import Work, handles
from lms.notices.models import Announcement
from lms.people.actions import close_accounts
from lms.people.models import Person
from lms.people.states import Act
from lms.web import checkpoint
from lms.web.navigation import Entry, add_entry
from lms.web.panels import Panel, add_panel

ANNOUNCEMENTS_SHOWN = 3

for entry in (
    Entry(name="home", label=_("Home"), order=0),
    Entry(name="announcements", label=_("Official announcements"), order=75),
    Entry(name="notices", label=_("Notices"), order=80),
    Entry(name="people", label=_("People"), order=100, act=Act.SEE_PEOPLE),
    Entry(name="units", label=_("Units"), order=110, act=Act.SEE_PEOPLE),
    Entry(name="imports", label=_("Imports"), order=120, act=Act.IMPORT_PEOPLE),
    Entry(name="policy", label=_("Policy"), order=180, act=Act.SET_POLICY),
    Entry(name="roles", label=_("Roles"), order=190, act=Act.GRANT_ROLES),
    Entry(name="audit", label=_("Audit trail"), order=195, act=Act.READ_AUDIT),
    Entry(name="jobs", label=_("Jobs"), order=198, act=Act.SEE_JOBS),
):
    add_entry(entry)


@handles("people.close_accounts", every=timedelta(hours=6))
def sweep_accounts(work: Work) -> dict[str, Any]:
    """Close the accounts of those whose last day has passed; bring home units in step with appointments that began."""
    return {"closed": close_accounts(at=timezone.now())}


@handles("web.checkpoint", every=timedelta(seconds=60))
def keep_checkpoint(work: Work) -> dict[str, Any]:
    """Keep outside the database what stands in it."""
    return {"kept": checkpoint.write(at=timezone.now())}


def rows_of_the_trail() -> checkpoint.Numbers:
    return {"rows of the audit trail": AuditHead.objects.filter(id=1).values_list("number", flat=True).first() or 0}


checkpoint.counts(rows_of_the_trail)


def announced(request: HttpRequest, person: Person) -> dict[str, Any]:
    """The latest announcements."""
    return {"announcements": Announcement.objects.all()[:ANNOUNCEMENTS_SHOWN]}


add_panel(Panel(place="home", order=40, template="lms/notices/home_panel.html", build=announced))
