"""Setting the doors of a sitting, asking them, and noting who was turned away."""

from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from exams.sittings.doors import CONFIG_KEY, REQUEST_HASH, Knock, keys_in, networks_in, turned_away
from exams.sittings.models import Candidate, DoorNote, Sitting
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person
from lms.web.requests import address_of

QUIET = timedelta(minutes=1)  # a page that is asked for again and again leaves one note a minute


@transaction.atomic
def set_doors(sitting: Sitting, *, networks: str, browser_keys: str, by: Person, at: datetime) -> None:
    """Set network ranges and browser keys; allowed at any time, for a wrong range on the day must be put right. The trail holds no key.

    Raises `exams.sittings.doors.BadLine`.
    """
    found = Sitting.objects.select_for_update(of=("self",)).get(pk=sitting.pk)
    found.networks = "\n".join(str(network) for network in networks_in(networks))
    found.browser_keys = "\n".join(keys_in(browser_keys))
    found.save(update_fields=["networks", "browser_keys"])
    record(Verb.DOORS_SET, found, by=by, at=at, detail={"networks": found.networks.split(), "keys": len(found.browser_keys.split())})


def knock_of(request: HttpRequest) -> Knock:
    """What a request says of itself; its absolute address as seen here and under the address people use."""
    urls = (request.build_absolute_uri(), urljoin(settings.SITE_URL, request.get_full_path()))
    return Knock(
        address=address_of(request), urls=tuple(dict.fromkeys(urls)), config_key_hash=request.headers.get(CONFIG_KEY, "")[:128],
        request_hash=request.headers.get(REQUEST_HASH, "")[:128],
    )  # fmt: skip


def refusals(request: HttpRequest, sitting: Sitting) -> list[tuple[str, str]]:
    """Return why this browser may not come in: pairs of `DoorNote.Reason` and a sentence that says what to do. Asks the database nothing."""
    if not sitting.networks and not sitting.browser_keys:
        return []
    knock = knock_of(request)
    away = turned_away(knock, networks_in(sitting.networks), keys_in(sitting.browser_keys))
    words = {"ranges": "、".join(sitting.networks.split()), "address": knock.address or "?"}
    said = {
        "network": _(
            "This exam is sat inside the network %(ranges)s only; your computer has the address %(address)s. "
            "Use a computer of the exam room, or call the invigilator. What you have answered is saved."
        ) % words,
        "browser_missing": _(
            "This exam is sat in Safe Exam Browser only. Close this browser and start the exam from its icon, or call the invigilator. "
            "What you have answered is saved."
        ),
        "browser_wrong": _(
            "This Safe Exam Browser does not have the settings of this exam. Start it again with the file for this exam, or call the invigilator. "
            "What you have answered is saved."
        ),
    }  # fmt: skip
    return [(DoorNote.Reason.NETWORK if why == "network" else DoorNote.Reason.BROWSER, said[why]) for why in away]


@transaction.atomic
def note(candidate: Candidate, step: str, reason: str, *, address: str, detail: str = "", at: datetime) -> None:
    """Note that somebody was turned away, once a minute for the same reason. The row is the record: no audit line."""
    same = DoorNote.objects.filter(candidate=candidate, step=step, reason=reason, address=address, at__gt=at - QUIET)
    if not same.exists():
        DoorNote(
            sitting_id=candidate.sitting_id, candidate=candidate, step=step, reason=reason, detail=detail[:120], address=address, at=at
        ).save(force_insert=True)  # fmt: skip
