"""The unit tree on a day, with who serves in it. Built from placements, so that any day can be asked."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from lms.people.models import Appointment, UnitPlacement
from lms.people.scope import within


@dataclass(slots=True)
class Node:
    """One unit as it stood: its name then, people with their main post in it, and in everything below."""

    code: str
    name: str
    kind: str
    path: str
    here: int = 0
    below: int = 0
    children: list["Node"] = field(default_factory=list)


def tree(paths: list[str], day: date) -> list[Node]:
    """Return the topmost units in reach on ``day``, children inside, in order. Two queries."""
    placed = UnitPlacement.objects.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day)).filter(within(paths))
    counts = Appointment.objects.on(day).filter(main=True, voided=False).values_list("unit__code").annotate(n=Count("person", distinct=True))
    here = dict(counts)
    rows = sorted(placed.select_related("unit"), key=lambda row: row.path.count("/"))
    nodes: dict[str, Node] = {}
    tops: list[Node] = []
    order: dict[str, tuple[int, str]] = {}
    for row in rows:
        node = Node(code=row.unit.code, name=row.name, kind=row.unit.kind, path=row.path, here=here.get(row.unit.code, 0))
        nodes[row.path], order[row.path] = node, (row.unit.order, row.path)
        parent = nodes.get(row.path[: row.path.rstrip("/").rfind("/") + 1])
        (parent.children if parent else tops).append(node)
    for path in sorted(nodes, key=lambda p: -p.count("/")):
        node = nodes[path]
        node.children.sort(key=lambda child: order[child.path])
        node.below = node.here + sum(child.below for child in node.children)
    return sorted(tops, key=lambda node: order[node.path])
