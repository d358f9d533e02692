"""What came of it: grade runs, results by the arithmetic of marking, releases, certificates, some revoked."""

from datetime import date, timedelta
from hashlib import sha256

from django.utils import timezone

from exams.bank.models import QuestionVersion
from exams.certificates.actions import facts_of
from exams.certificates.models import Certificate, CertificateEvent, CertificateType, NumberSeries
from exams.certificates.numbering import CODE_BYTES, code_of, number, series
from exams.certificates.validity import last_valid_day
from exams.demo.days import moment
from exams.demo.exam_day import Sat
from exams.demo.people import Staff
from exams.demo.seats import ACCOUNTS, KNOWN
from exams.demo.sittings import Plan
from exams.marking.grading import Levels, PassRule, level, mark, passed
from exams.marking.models import GradeRun, Release, Result
from exams.marking.scoring import key_of
from lms.people.models import Person
from lms.policy.defaults import SINCE
from lms.policy.keys import Key
from lms.policy.querysets import PolicyBook

LEVELS = (Key.LEVEL_EXCELLENT, Key.LEVEL_GOOD, Key.LEVEL_PASS)


def lay_results(rows: dict[str, Plan], sat: list[Sat], staff: Staff) -> list[tuple[Sat, Result]]:
    """Insert one run for each sitting that was held, its results, and its release unless it still waits; returns what was passed and released."""
    held = [plan for plan in rows.values() if plan.scores]
    marked = {plan.title: plan.opens + timedelta(hours=4) for plan in held}
    runs = {plan.title: GradeRun(sitting=plan.sitting, number=1, made_at=marked[plan.title]) for plan in held}
    GradeRun.objects.bulk_create(runs.values())
    versions = {slot.version for one in sat for slot in one.paper.slots.values()}
    keys = {v.pk: key_of(v.kind, v.dimension, v.answer, v.extra) for v in QuestionVersion.objects.filter(pk__in=versions)}
    book, results = PolicyBook(), []
    for one in sat:
        sitting = one.plan.sitting
        assert sitting is not None
        figures = [book(key, max(timezone.localdate(one.hand_in.at), SINCE), sitting.unit.path) for key in LEVELS]
        levels = Levels(excellent=figures[0].value, good=figures[1].value, passing=figures[2].value)
        marks = mark(one.paper, keys, {n: answer.values for n, answer in one.answers.items()})
        used = [{"key": Key.PASS_MARK.value, "id": sitting.pass_policy_id, "value": str(sitting.pass_percent)}]
        used += [{"key": figure.key, "id": figure.id, "value": str(figure.value)} for figure in figures]
        results.append(
            Result(
                run=runs[one.plan.title], attempt=one.attempt, score=marks.score, full=marks.full, knowledge=marks.knowledge,
                knowledge_full=marks.knowledge_full, operation=marks.operation, operation_full=marks.operation_full,
                passed=passed(marks, PassRule(percent=sitting.pass_percent)), level=level(marks, levels),
                slots={str(n): str(points) for n, points in marks.slots.items()}, policies=used,
                marked_at=max(marked[one.plan.title], one.hand_in.at),
            )
        )  # fmt: skip
    Result.objects.bulk_create(results, batch_size=100)
    centre = staff.numbered(ACCOUNTS["centre"])
    Release.objects.bulk_create(
        Release(sitting=plan.sitting, run=runs[plan.title], by=None if plan.auto_release else centre, at=moment(plan.released, 16))
        for plan in held
        if plan.released
    )
    return [(one, result) for one, result in zip(sat, results, strict=True) if result.passed and one.plan.released]


def lay_certificates(earned: list[tuple[Sat, Result]], types: dict[str, CertificateType], staff: Staff) -> None:
    """Insert a certificate for every released pass, numbered in order of their first day, and revoke a few."""
    book, last, rows = PolicyBook(), _first_serials(earned), []
    for one, result in sorted(earned, key=lambda pair: (_start(pair[0]), pair[0].attempt.candidate.number)):
        person, kind, start = one.attempt.candidate.person, types[one.plan.kind], _start(one)
        months, policy = kind.months, None
        if months is None:
            figure = book(Key.CERTIFICATE_MONTHS, max(start, SINCE), person.home_unit.path if person.home_unit else "")
            months, policy = int(figure.value), figure.id
        name = series(kind.code, start.year)
        last[name] = last.get(name, 0) + 1
        facts = facts_of(person, kind, start, sitting=one.plan.title, held_on=timezone.localdate(one.hand_in.at), score=result.score)
        serial = number(name, last[name])
        rows.append(
            Certificate(
                type=kind, person=person, result=result, attempt=one.attempt, number=serial, facts=facts, policy_id=policy,
                code=code_of(sha256(f"yunxi:{serial}".encode()).digest()[:CODE_BYTES]),
                valid_from=start, valid_until=last_valid_day(start, months), issued_at=moment(start, 16, 1),
            )
        )  # fmt: skip
    Certificate.objects.bulk_create(rows, batch_size=200)
    NumberSeries.objects.bulk_create([NumberSeries(series=name, last=serial) for name, serial in last.items()])
    _revoke(rows, staff)


def _start(one: Sat) -> date:
    assert one.plan.released is not None
    return one.plan.released


def _first_serials(earned: list[tuple[Sat, Result]]) -> dict[str, int]:
    """The register did not begin with this system: let the learner's certificate carry the number 000318 of its year."""
    learner = next(one for one, _result in earned if one.attempt.candidate.person.staff_number == ACCOUNTS["learner"])
    name = series(learner.plan.kind, _start(learner).year)
    mine = (_start(learner), learner.attempt.candidate.number)
    before = sum(
        1 for one, _result in earned if series(one.plan.kind, _start(one).year) == name and (_start(one), one.attempt.candidate.number) < mine
    )
    return {name: max(0, 317 - before)}


def _revoke(rows: list[Certificate], staff: Staff) -> None:
    hr: Person = staff.numbered(ACCOUNTS["hr"])
    known = {*ACCOUNTS.values(), *(number for number, _name in KNOWN.values())}
    reasons = {"SEC": "经查实存在替考行为，按考试纪律吊销。", "NET": "调离技术岗位并由本人申请注销。", "EGOV": "考试成绩复核后不合格。"}
    events = []
    for code, reason in reasons.items():
        fitting = [row for row in rows if row.type.code == code and row.person.staff_number not in known and row.valid_until != row.valid_from]
        for row in fitting[len(fitting) // 2 : len(fitting) // 2 + 2]:
            day = row.valid_from + timedelta(days=40)
            events.append(CertificateEvent(certificate=row, kind=CertificateEvent.Kind.REVOKED, on=day, reason=reason, by=hr, at=moment(day, 10)))
    CertificateEvent.objects.bulk_create(events)
