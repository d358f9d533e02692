"""Issuing once, numbering without gaps, revoking with a reason. Racers: `test_certificates_races`."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from exams.attempts.models import Attempt
from exams.certificates import jobs
from exams.certificates.actions import MissingGlyphs, issue, issue_to, revoke
from exams.certificates.models import Certificate, NumberSeries
from exams.marking.models import Result
from exams.sittings.models import Sitting
from lms.audit.models import AuditRow
from lms.jobs.actions import enqueue, run_due
from lms.jobs.models import Job
from lms.notices.models import Notice
from tests.conftest import NOW, TODAY
from tests.factories.assessment import mark
from tests.factories.certificates import EXAM_DAY, certify, earn, make_type
from tests.factories.people import PersonFactory, PostFactory


def sweep() -> dict:
    job = enqueue(jobs.ISSUE, title="issue", by=None, at=timezone.now())
    run_due()
    return Job.objects.get(pk=job.pk).result


def test_issue_freezes_what_stands_on_the_certificate(county) -> None:
    post = PostFactory(name="信息安全员")
    county.learner.appointments.create(unit=county.finance, post=post, valid_from=date(2020, 1, 1))
    result = earn(county.learner)
    certificate = issue(result, start=date(2026, 11, 20), by=None, at=NOW)
    county.learner.name = "王慧"
    county.learner.save()
    certificate.refresh_from_db()
    assert (certificate.facts["name"], certificate.facts["unit"], certificate.facts["post"]) == ("王慧敏", "县财政局", "信息安全员")
    assert (certificate.facts["score"], certificate.facts["held_on"]) == ("88", "2026-11-20")
    assert (certificate.number, certificate.valid_until) == ("YX-SEC-2026-000001", date(2029, 11, 19))
    assert certificate.policy.key == "certificate.months"
    assert Notice.objects.filter(person=county.learner, key=f"certificate:{certificate.pk}:issued").count() == 1
    assert AuditRow.objects.filter(verb="certificate:issue", subject=f"certificate:{certificate.pk}").count() == 1


def test_issue_takes_the_months_of_the_type_before_policy(county) -> None:
    endless, short = make_type("EGOV", months=0), make_type("DRL", months=12)
    assert certify(county.learner, endless).valid_until is None
    certificate = certify(county.learner, short)
    assert (certificate.valid_until, certificate.policy) == (date(2026, 12, 31), None)


def test_sweep_issues_each_released_pass_once_however_often_it_runs(county) -> None:
    earn(county.learner)
    earn(county.stranger)
    assert sweep() == {"issued": 2, "blocked": 0, "failed": 0}
    assert sweep() == {"issued": 0, "blocked": 0, "failed": 0}
    assert sorted(Certificate.objects.values_list("number", flat=True)) == ["YX-SEC-2026-000001", "YX-SEC-2026-000002"]
    assert NumberSeries.objects.get().last == 2


def test_sweep_leaves_what_is_not_released_or_not_passed(county) -> None:
    earn(county.learner, released=False)
    earn(county.stranger, score="20")
    assert sweep() == {"issued": 0, "blocked": 0, "failed": 0}


def test_sweep_looks_at_the_latest_release_only(county) -> None:
    result = earn(county.learner)
    mark(result.attempt, "20", "20", at=NOW, run=2)
    assert sweep()["issued"] == 0


def test_regrade_that_still_passes_issues_no_second_certificate(county) -> None:
    result = earn(county.learner)
    sweep()
    mark(result.attempt, "45", "45", at=NOW, run=2)
    assert sweep() == {"issued": 0, "blocked": 0, "failed": 0}
    assert Certificate.objects.count() == 1


def test_first_valid_day_is_the_day_of_release_however_late_the_job(county) -> None:
    earn(county.learner)
    sweep()
    assert Certificate.objects.get().valid_from == timezone.localdate(EXAM_DAY)


def test_unprintable_name_stops_only_its_own_certificate(county) -> None:
    strange = PersonFactory(name="王\U00031350", home_unit=county.finance)
    earn(strange)
    earn(county.learner)
    assert sweep() == {"issued": 1, "blocked": 1, "failed": 0}
    assert [(p.pk, c) for p, c in jobs.blocked([county.root.path])] == [(strange.pk, "\U00031350")]
    with pytest.raises(MissingGlyphs, match=r"U\+31350"):
        certify(strange)


def test_failed_issue_leaves_no_gap_in_the_series(county) -> None:
    certify(county.learner)

    def cut_short() -> None:
        with transaction.atomic():
            issue_to(county.stranger, make_type(), start=date(2026, 1, 1), by=None, at=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        cut_short()
    assert certify(county.stranger).number == "YX-SEC-2026-000002"


def test_release_announced_queues_issue_and_issue_queues_the_file(county, django_capture_on_commit_callbacks) -> None:
    from exams.signals import result_released

    result = earn(county.learner)
    result_released.send(sender=type(result), sitting=result.run.sitting, run=result.run)
    with django_capture_on_commit_callbacks(execute=True):
        run_due()
    run_due()
    certificate = Certificate.objects.get()
    assert len(certificate.file_digest) == 64
    assert AuditRow.objects.filter(verb="certificate:render", subject=f"certificate:{certificate.pk}").count() == 1


def test_revocation_needs_reason_and_day_in_bounds_and_stands_once(county) -> None:
    certificate = certify(county.learner)
    for on, reason in ((TODAY, "  "), (TODAY + timedelta(days=1), "舞弊"), (date(2025, 12, 31), "舞弊")):
        with pytest.raises(ValidationError):
            revoke(certificate, on=on, reason=reason, by=county.hr, at=NOW)
    revoke(certificate, on=TODAY, reason="考试舞弊", by=county.hr, at=NOW)
    with pytest.raises(ValidationError):
        revoke(certificate, on=TODAY, reason="考试舞弊", by=county.hr, at=NOW)
    assert certificate.events.count() == 1
    assert Notice.objects.get(key=f"certificate:{certificate.pk}:revoked").person == county.learner


def test_revocation_leaves_the_days_before_it_alone(county) -> None:
    certificate = certify(county.learner)
    revoke(certificate, on=TODAY, reason="考试舞弊", by=county.hr, at=NOW)
    assert Certificate.objects.valid_on(TODAY - timedelta(days=1)).get() == certificate
    assert not Certificate.objects.valid_on(TODAY).exists()


def test_revoked_certificate_gets_no_file(county) -> None:
    certificate = certify(county.learner)
    revoke(certificate, on=TODAY, reason="考试舞弊", by=county.hr, at=NOW)
    enqueue(jobs.RENDER, title="r", by=None, at=timezone.now(), certificate=certificate.pk)
    run_due()
    certificate.refresh_from_db()
    assert certificate.file == ""
    assert not jobs.undrawn().exists()


@pytest.mark.parametrize("change", [{"number": "X"}, {"facts": {}}, {"valid_until": None}, {"code": "X"}])
def test_certificate_cannot_be_edited(county, change) -> None:
    certificate = certify(county.learner)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(**change)


def test_second_certificate_for_an_attempt_is_refused_by_the_database(county) -> None:
    certificate = issue(earn(county.learner), start=TODAY, by=None, at=NOW)
    certificate.pk, certificate.number, certificate.code = None, "YX-SEC-2026-999999", "ANOTHER"
    with pytest.raises(IntegrityError), transaction.atomic():
        certificate.save(force_insert=True)


def second_pass(result):
    """The same candidate's second attempt, passed better, released in a later run that carries the first on."""
    first = result.attempt
    again = Attempt.objects.create(
        candidate=first.candidate, number=2, start_key="k2", seed="s", paper={}, paper_digest="0" * 64, started_at=first.started_at,
        deadline=first.deadline,
    )  # fmt: skip
    later = mark(again, "50", "50", at=EXAM_DAY + timedelta(days=60), run=2)
    later.run.results.create(
        attempt=first, score=88, full=100, knowledge=44, knowledge_full=50, operation=44, operation_full=50, passed=True, level="good", slots={},
        marked_at=EXAM_DAY,
    )  # fmt: skip
    return Result.objects.select_related("run__sitting__certificate_type", "attempt__candidate__person").get(pk=later.pk)


def test_two_passes_at_one_sitting_give_one_certificate_of_the_first(county) -> None:
    result = earn(county.learner)
    second_pass(result)
    assert sweep()["failed"] == 0
    certificate = Certificate.objects.get()
    assert (certificate.attempt_id, certificate.valid_from) == (result.attempt_id, date(2026, 11, 20))  # the first release of that pass
    assert sweep() == {"issued": 0, "blocked": 0, "failed": 0}


def test_second_pass_released_in_another_year_gives_the_certificate_there_is(county) -> None:
    result = earn(county.learner)
    later = second_pass(result)
    one = issue(result, start=date(2026, 11, 20), by=None, at=NOW)
    assert issue(later, start=date(2027, 1, 19), by=None, at=NOW) == one
    revoke(one, on=TODAY, reason="考试舞弊", by=county.hr, at=NOW)
    assert sweep()["issued"] == 0


def test_cancelled_sitting_gives_no_certificate(county) -> None:
    result = earn(county.learner)
    Sitting.objects.filter(pk=result.run.sitting_id).update(cancelled_at=NOW, cancel_reason="试卷外泄")
    assert sweep() == {"issued": 0, "blocked": 0, "failed": 0}


def test_missing_policy_stops_only_the_certificates_it_concerns(county) -> None:
    earn(county.learner, at=EXAM_DAY.replace(year=1995))  # how long it holds was not laid down then
    earn(county.stranger, make_type("DRL", months=12))
    assert sweep() == {"issued": 1, "blocked": 0, "failed": 1}
