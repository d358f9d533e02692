"""Who gets what answer from which address: the expected matrix, generated from the table of rules.

For every address of our own screens × every role × an object of the own and of another unit the rule says what must come back:

    open     anybody gets it, signed in or not
    mine     the person it belongs to gets it, another person gets 404
    act      whoever may do one of the acts: everywhere 200 (or a redirect after a change), elsewhere 404, without the act 403
    whole    the act counts only where it reaches the whole county: what is changed or shown concerns every unit
    anywhere the thing belongs to no unit: the act somewhere is enough
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from lms.people.models import Person, Unit
from lms.people.scope import may
from lms.people.states import Act

Arguments = Callable[[SimpleNamespace], dict[str, object]]
Body = Callable[[SimpleNamespace], dict[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One address. ``arguments`` takes the things of a unit (`world.things_of`) and returns the address's arguments.

    ``acts`` empty and ``open`` false: everyone who signed in. ``mine``: the person the thing belongs to passes without an act.
    ``keeper``: only the person of that attribute of the things passes, others with the act find nothing. ``change``: asked by POST;
    ``both``: asked by GET and by POST, each time with nothing in it or with ``body``, so that a refusal comes before any look at the
    content. ``gone`` are answers that also count as passed (409 for a paper that is closed). ``writes`` are tables that a GET may
    write. ``shows`` are kinds of canary (`world.Canaries`) that the answer may hold. ``script``: asked by a script, 401 when signed out.
    """

    name: str
    acts: tuple[Act, ...] = ()
    open: bool = False
    mine: bool = False
    keeper: str = ""
    whole: bool = False
    anywhere: bool = False
    change: bool = False
    both: bool = False
    script: bool = False
    arguments: Arguments | None = None
    body: Body | None = None
    gone: tuple[int, ...] = ()
    writes: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()

    @property
    def methods(self) -> tuple[str, ...]:
        return ("GET", "POST") if self.both else ("POST",) if self.change else ("GET",)


def expected(rule: Rule, person: Person | None, things: SimpleNamespace, day: date) -> str:
    """Return ``pass``, ``sign in``, ``refuse`` (403) or ``unknown`` (404)."""
    if rule.open:
        return "pass"
    if person is None:
        return "sign in"
    if rule.mine and person.pk == things.owner.pk:
        return "pass"
    if not rule.acts:
        return "unknown" if rule.mine else "pass"
    unit: Unit | None = things.root if rule.whole else None
    if not any(may(person, act, day, unit) for act in rule.acts):
        return "unknown" if rule.mine else "refuse"
    if rule.keeper:
        return "pass" if person.pk == getattr(things, rule.keeper).pk else "unknown"
    if rule.whole or rule.anywhere or rule.arguments is None or any(may(person, act, day, things.unit) for act in rule.acts):
        return "pass"
    return "unknown"


def observed(response: Any, sign_in: str, gone: tuple[int, ...]) -> str:
    """Name an answer the way `expected` does."""
    status = response.status_code
    if status == 401 or (status in {301, 302, 303} and response.headers["Location"].startswith(f"{sign_in}?next=")):
        return "sign in"
    if status == 403:
        return "refuse"
    if status in gone:
        return "pass"
    if status == 404:
        return "unknown"
    return "pass" if status < 400 or status in {400, 422} else f"status {status}"
