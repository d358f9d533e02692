"""Setting figures."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person, Unit
from lms.policy.keys import Key
from lms.policy.models import Policy


@transaction.atomic
def set_policy(
    key: Key, value: Decimal, *, valid_from: date, source: str, by: Person | None, at: datetime, unit: Unit | None = None, secondary: bool = False
) -> Policy:
    """Put a figure in force from ``valid_from``; the figure before it ends that day. Both rows stay.

    Side effects in order: ends the open row of the same key and unit, adds the new row, audit line.
    Raises ValidationError where a row of the same key, unit and day exists.
    """
    Policy.objects.filter(key=key, unit=unit, valid_to=None, valid_from__lt=valid_from).update(valid_to=valid_from)
    row = Policy(key=key, value=value, unit=unit, valid_from=valid_from, source=source, secondary=secondary)
    row.full_clean()
    row.save()
    record(Verb.POLICY_SET, row, by=by, at=at, detail={"key": key.value, "value": str(value), "from": valid_from})
    return row
