"""The list of people: the filters that stand in the address, and the rows they give. Screen and export share it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.http import QueryDict

from lms.people.models import Appointment, Person, Unit
from lms.people.states import Act, Tier

STATES = ("serving", "left", "all")
SIZES = (20, 50, 200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the address asks for; what makes no sense is taken as not asked."""

    q: str = ""
    unit: str = ""
    post: str = ""
    tier: str = ""
    state: str = "serving"
    size: int = 50

    @classmethod
    def of(cls, query: QueryDict) -> "Wanted":
        size = query.get("size", "")
        tier, state = query.get("tier", ""), query.get("state", "")
        return cls(
            q="".join(query.get("q", "").split())[:60],
            unit=query.get("unit", ""),
            post=query.get("post", ""),
            tier=tier if tier in Tier.values else "",
            state=state if state in STATES else "serving",
            size=int(size) if size in map(str, SIZES) else 50,
        )

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.unit or self.post or self.tier or self.state != "serving")


def people_wanted(wanted: Wanted, *, by: Person, day: date) -> QuerySet[Person]:
    """People ``by`` may see, narrowed; each carries ``held``: the appointments in force on ``day``."""
    rows = Person.objects.reached_by(by, Act.SEE_PEOPLE, day)
    if wanted.state == "serving":
        rows = rows.filter(Q(left_on=None) | Q(left_on__gt=day))
    elif wanted.state == "left":
        rows = rows.filter(left_on__lte=day)
    if wanted.q:
        rows = rows.filter(Q(name__icontains=wanted.q) | Q(staff_number__startswith=wanted.q) | Q(pinyin__startswith=wanted.q.lower()))
    if wanted.unit:
        unit = Unit.objects.filter(code=wanted.unit).first()
        rows = rows.filter(home_unit__path__startswith=unit.path) if unit else rows.none()
    if wanted.post or wanted.tier:
        held = Appointment.objects.on(day).filter(voided=False)
        held = held.filter(post__code=wanted.post) if wanted.post else held
        held = held.filter(post__tier=wanted.tier) if wanted.tier else held
        rows = rows.filter(pk__in=held.values("person"))
    now = Appointment.objects.on(day).filter(voided=False).select_related("unit", "post").order_by("-main", "valid_from")
    return (
        rows.select_related("home_unit").prefetch_related(Prefetch("appointments", now, to_attr="held")).order_by("home_unit__path", "staff_number")
    )
