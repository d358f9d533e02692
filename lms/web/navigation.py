"""The main navigation: each room adds its entry, each person sees those they may open."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from lms.people.scope import reach
from lms.people.states import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. ``act`` None: for everyone signed in. ``order`` below 100 is learning, from 100 administration."""

    name: str
    label: str | Promise
    order: int
    act: Act | None = None


ENTRIES: list[Entry] = []


def add_entry(entry: Entry) -> None:
    """Register an entry; rooms call it once, from their app's `ready`."""
    if entry not in ENTRIES:
        ENTRIES.append(entry)


def navigation(request: HttpRequest) -> list[dict[str, object]]:
    """Return the entries this person may open: address, label, whether we are there, and whether it is administration."""
    person = request.user
    if not person.is_authenticated:
        return []
    day = timezone.localdate()
    shown = [e for e in sorted(ENTRIES, key=lambda e: e.order) if e.act is None or reach(person, e.act, day)]
    addresses = [reverse(entry.name) for entry in shown]
    above = [address for address in addresses if request.path == address or (address != "/" and request.path.startswith(address))]
    here = max(above, key=len, default="")  # the longest: /certificates/all/ is not also under /certificates/
    return [
        {"address": address, "label": entry.label, "here": address == here, "staff": entry.order >= 100}
        for entry, address in zip(shown, addresses, strict=True)
    ]  # fmt: skip
