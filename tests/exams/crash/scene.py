"""One candidate's way from start to certificate, as steps that a client or worker may repeat; and what must always be true of it.

`Careful` calls the product. `Careless` is the control: the same steps the way they are often written, each statement by itself and no key. It must
fail the same sweep, else the sweep proves nothing.
"""

import contextlib
import os
import secrets
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from exams.attempts import actions
from exams.attempts.answers import answered, answers_digest, items_digest
from exams.attempts.models import AnswerRecord, Attempt, AttemptDevice, HandIn
from exams.attempts.reading import answers_of
from exams.attempts.timing import first_deadline
from exams.certificates.jobs import issue_due
from exams.certificates.models import Certificate
from exams.marking.actions import NothingToRelease, mark_sitting, release
from exams.marking.models import GradeRun, Release, Result
from exams.papers.stock import paper_for
from exams.signals import attempt_submitted
from exams.sittings.models import Sitting
from lms.audit.actions import record
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.jobs.handlers import Work
from lms.jobs.models import Job
from lms.people.models import Person, Unit
from tests.factories.exams import admit, make_sitting, right_items

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
STEPS = ("start", "save", "hand_in", "mark", "certify")
SAVES = 3
Tell = Callable[[str], None]


class Careful:
    """What the product does. ``tell`` carries an acknowledgement out of the process, as the response would."""

    def __init__(self, person: Person, sitting: Sitting, tell: Tell) -> None:
        self.person, self.sitting, self.tell = person, sitting, tell
        self.candidate = sitting.candidates.select_related("sitting__blueprint").get(person=person)

    def ready(self, step: str) -> None:
        """Look up what the client already holds when it sends ``step``: not part of what is swept."""
        if step in {"save", "hand_in"}:
            self.sheet = self.attempt
            self.items = right_items(self.sheet)

    @property
    def attempt(self) -> Attempt:
        return Attempt.objects.get(candidate=self.candidate)

    def start(self) -> None:
        self.tell(f"attempt {actions.start(self.candidate, key='the-start-key', by=self.person, at=NOW).pk}")

    def save(self) -> None:
        for seq in range(1, SAVES + 1):
            actions.save(self.sheet.pk, epoch=1, seq=seq, items=self.items[:seq], by=self.person, at=NOW)
            self.tell(f"saved {items_digest(self.items[:seq])}")

    def hand_in(self) -> None:
        end = actions.hand_in(self.sheet.pk, by=self.person, at=NOW, epoch=1, seq=SAVES + 1, items=self.items)
        self.tell(f"receipt {end.receipt}")

    def mark(self) -> None:
        mark_sitting(Sitting.objects.select_related("unit").get(pk=self.sitting.pk), by=None, at=NOW)

    def certify(self) -> None:
        with contextlib.suppress(NothingToRelease):
            release(self.sitting, by=None, at=NOW)
        issue_due(Work(job=Job(), progress=lambda done, total: None))


class Careless(Careful):
    """The control."""

    def start(self) -> None:
        seed = secrets.token_hex(16)
        paper = paper_for(self.sitting.blueprint, seed)
        attempt = Attempt.objects.create(
            candidate=self.candidate, number=Attempt.objects.filter(candidate=self.candidate).count() + 1, start_key=secrets.token_hex(8), seed=seed,
            paper=paper.as_json(), paper_digest=paper.digest(), started_at=NOW, deadline=first_deadline(NOW, 60, NOW + timedelta(hours=2)),
        )  # fmt: skip
        AttemptDevice.objects.create(attempt=attempt, device="device-x", epoch=1, at=NOW)
        self.tell(f"attempt {attempt.pk}")
        self._line(Verb.ATTEMPT_STARTED, attempt)

    def _line(self, verb: Verb, thing: object) -> None:
        from django.db import transaction

        with transaction.atomic():
            record(verb, thing, by=None, at=NOW)  # type: ignore[arg-type]

    @property
    def attempt(self) -> Attempt:
        return Attempt.objects.filter(candidate=self.candidate).order_by("pk")[0]

    def save(self) -> None:
        for seq in range(1, SAVES + 1):
            place = AnswerRecord.objects.filter(attempt=self.sheet).count() + 1
            digest = items_digest(self.items[:seq])
            self.tell(f"saved {digest}")  # thanked before it is written
            AnswerRecord.objects.create(attempt=self.sheet, epoch=1, seq=place, items=self.items[:seq], digest=digest, received_at=NOW)

    def hand_in(self) -> None:
        HandIn.objects.create(
            attempt=self.attempt, how="candidate", at=NOW, recorded_at=NOW, receipt=actions.receipt_code(), answered=0, answers_digest=""
        )
        self.save()
        answers = answers_of([self.attempt])[self.attempt.pk]
        self.tell(f"receipt {self.attempt.hand_in.receipt} {answered(answers)}")
        self._line(Verb.ATTEMPT_HANDED_IN, self.attempt)
        attempt_submitted.send(sender=Attempt, attempt=self.attempt)

    def mark(self) -> None:
        count = GradeRun.objects.filter(sitting=self.sitting).count()
        run = GradeRun.objects.create(sitting=self.sitting, number=count + 1, made_at=NOW)
        for attempt in Attempt.objects.filter(candidate__sitting=self.sitting, hand_in__isnull=False):
            Result.objects.create(
                run=run, attempt=attempt, score=20, full=20, knowledge=20, knowledge_full=20, operation=0, operation_full=0, passed=True,
                level="none", slots={}, marked_at=NOW,
            )  # fmt: skip
        self._line(Verb.GRADES_RUN, run)

    def certify(self) -> None:
        run = GradeRun.objects.filter(sitting=self.sitting).order_by("-number")[0]
        Release.objects.create(sitting=self.sitting, run=run, at=NOW)
        self._line(Verb.RESULTS_RELEASED, self.sitting)
        issue_due(Work(job=Job(), progress=lambda done, total: None))


def lay(unit: Unit, blueprint: object, kind: object) -> tuple[Person, Sitting]:
    """A new candidate in a new sitting: each kill point gets its own."""
    staff_number = secrets.token_hex(6)
    person = Person.objects.create(staff_number=staff_number, name="王慧敏", joined_on=NOW.date(), home_unit=unit)
    sitting = make_sitting(unit, NOW, blueprint, certificate_type=kind, pass_percent=Decimal(60))  # type: ignore[arg-type]
    admit(sitting, person)
    return person, sitting


def wrongs(person: Person, sitting: Sitting, told: list[str], *, finished: str = "") -> list[str]:
    """Everything that may never be, after any kill; with ``finished`` (a step repeated to its end) also what must now be there."""
    found = []
    attempts = list(Attempt.objects.filter(candidate__person=person).select_related("hand_in"))
    ids = [a.pk for a in attempts]

    def want(condition: bool, sentence: str) -> None:
        if not condition:
            found.append(sentence)

    done = {step: bool(finished) and STEPS.index(step) <= STEPS.index(finished) for step in STEPS}
    want(len(attempts) <= 1, f"{len(attempts)} attempts")
    lines = Counter(AuditRow.objects.filter(subject__in=[f"attempt:{pk}" for pk in ids]).values_list("verb", flat=True))
    want(lines[Verb.ATTEMPT_STARTED] == len(attempts), "starts and their audit lines differ")
    want(AttemptDevice.objects.filter(attempt__in=ids).count() == len(attempts), "an attempt without its browser")
    digests = Counter(AnswerRecord.objects.filter(attempt__in=ids).values_list("digest", flat=True))
    want(max(digests.values(), default=1) == 1, "a save stands twice")
    for line in told:
        what, value, *_rest = line.split()
        want(what != "attempt" or int(value) in ids, "an acknowledged start is lost")
        want(what != "saved" or value in digests, "an acknowledged save is lost")
        want(what != "receipt" or HandIn.objects.filter(attempt__in=ids, receipt=value).exists(), "an acknowledged receipt is lost")
    ends = [a.hand_in for a in attempts if hasattr(a, "hand_in")]
    want(lines[Verb.ATTEMPT_HANDED_IN] == len(ends), "hand-ins and their audit lines differ")
    for end in ends:
        want(end.answers_digest == answers_digest(answers_of([end.attempt])[end.attempt_id]), "a hand-in holds other answers than the rows say")
    runs = list(GradeRun.objects.filter(sitting=sitting))
    results = list(Result.objects.filter(run__in=runs))
    graded = AuditRow.objects.filter(verb=Verb.GRADES_RUN, subject__in=[f"graderun:{r.pk}" for r in runs]).count()
    want(len(runs) <= 1 and len(results) == len(runs), f"{len(runs)} runs with {len(results)} results")
    want(graded == len(runs), "grade runs and their audit lines differ")
    releases = Release.objects.filter(sitting=sitting).count()
    want(releases <= 1, f"{releases} releases")
    released = AuditRow.objects.filter(verb=Verb.RESULTS_RELEASED, subject=f"sitting:{sitting.pk}").count()
    want(released == releases, "releases and their audit lines differ")
    certificates = [c.pk for c in Certificate.objects.filter(person=person)]
    issued = AuditRow.objects.filter(verb=Verb.CERTIFICATE_ISSUED, subject__in=[f"certificate:{pk}" for pk in certificates]).count()
    want(len(certificates) <= 1, f"{len(certificates)} certificates")
    want(issued == len(certificates), "certificates and their audit lines differ")
    want(not done["start"] or len(attempts) == 1, "no attempt after the start was repeated")
    want(not done["save"] or len(digests) >= SAVES, "saves are missing after they were repeated")
    want(not done["hand_in"] or len(ends) == 1, "no hand-in after it was repeated")
    want(not done["hand_in"] or all(end.answered == 10 for end in ends), "answers that came with the hand-in are missing")
    want(not done["mark"] or len(results) == 1, "no result after marking was repeated")
    want(not done["certify"] or (releases == 1 and len(certificates) == 1), "no certificate after releasing was repeated")
    return found


def tell_through(pipe: int) -> Tell:
    return lambda line: os.write(pipe, (line + "\n").encode()) and None
