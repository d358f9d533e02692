"""Reading the trail back: is the chain whole?"""

from collections.abc import Iterator

from lms.audit.chain import GENESIS, Fault, Line, first_fault
from lms.audit.models import AuditHead, AuditRow


def stored() -> Iterator[tuple[Line, str, str]]:
    """Every row in order, streamed: memory does not grow with the trail."""
    for row in AuditRow.objects.order_by("number").iterator(chunk_size=2000):
        line = Line(number=row.number, at=row.at, actor=row.actor_id, verb=row.verb, subject=row.subject, detail=row.detail)
        yield line, row.previous, row.hash


def fault_of_the_trail() -> Fault | None:
    """Return the first bad row, or None for a whole chain."""
    head = AuditHead.objects.filter(id=1).values_list("number", "hash").first() or (0, GENESIS)
    return first_fault(stored(), head)
