"""Is the trail whole?"""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lms.audit.models import AuditHead
from lms.audit.reading import fault_of_the_trail

REASONS = {
    "missing": "the row is missing: it was removed, or the end of the trail was cut off",
    "unlinked": "the row does not follow the one before it: rows were removed, swapped or inserted",
    "altered": "the row was changed after it was written",
    "head": "the end of the trail is not the one on record",
}


class Command(BaseCommand):
    help = "Checks the audit trail row by row; names the first bad row and why, and then ends with status 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one line of JSON instead of a sentence")

    def handle(self, *args: Any, **options: Any) -> None:
        fault = fault_of_the_trail()
        rows = AuditHead.objects.filter(id=1).values_list("number", flat=True).first() or 0
        if options["json"]:
            answer = {"whole": fault is None, "rows": rows, "first_bad_row": fault and fault.number, "reason": fault and fault.reason}
            self.stdout.write(json.dumps(answer))
        elif fault is None:
            self.stdout.write(f"The audit trail is whole: {rows} rows.")
        else:
            self.stderr.write(f"Row {fault.number}: {REASONS[fault.reason]}.")
        if fault is not None:
            sys.exit(1)
