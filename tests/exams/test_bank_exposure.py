"""How often a question was shown: every ended attempt once, whatever breaks off or runs twice."""

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from exams.attempts import exposure
from exams.attempts.actions import hand_in, start
from exams.attempts.exposure import count_exposure
from exams.attempts.models import Attempt
from exams.bank.ledger import Counted, Exposure, ExposureCount
from exams.bank.models import Question
from exams.bank.standing import with_exposure
from exams.papers.drawing import Paper
from lms.audit.models import AuditRow
from tests.conftest import NOW, TODAY
from tests.factories.exams import admit
from tests.factories.people import PersonFactory


@pytest.fixture
def sit(exam):
    """Let a new candidate sit the exam and hand it in; returns the versions of their paper."""

    def sat(*, ended: bool = True) -> set[int]:
        person = PersonFactory(home_unit=exam.county.finance)
        (candidate,) = admit(exam.sitting, person)
        attempt = start(candidate, key=f"start-{candidate.pk}", by=person, at=NOW)
        if ended:
            hand_in(attempt.pk, by=person, at=NOW)
        return {slot.version for slot in Paper.from_json(attempt.paper).slots.values()}

    return sat


def shown() -> dict[int, int]:
    return {q.current_id: q.shown for q in with_exposure(Question.objects.all()) if q.shown}


def test_ended_attempts_are_counted_once(exam, sit) -> None:
    papers = [sit() for _ in range(3)]
    sit(ended=False)
    assert (count_exposure(at=NOW), count_exposure(at=NOW)) == (3, 0)
    expected = {version: sum(version in paper for paper in papers) for version in set.union(*papers)}
    assert shown() == expected
    assert {q.last_shown for q in with_exposure(Question.objects.all()) if q.shown} == {TODAY}
    assert list(ExposureCount.objects.values_list("number", "attempts")) == [(1, 3)]
    assert list(AuditRow.objects.filter(verb="question:count_exposure").values_list("detail__attempts", flat=True)) == [3]


def test_later_attempts_come_in_a_count_of_their_own(exam, sit) -> None:
    first = sit()
    count_exposure(at=NOW)
    second = sit()
    assert count_exposure(at=NOW) == 1
    assert list(ExposureCount.objects.values_list("number", flat=True)) == [1, 2]
    assert shown() == {version: (version in first) + (version in second) for version in first | second}


def test_a_count_that_breaks_off_leaves_nothing_and_is_made_up(exam, sit, monkeypatch) -> None:
    sit()
    monkeypatch.setattr(exposure, "record", lambda *a, **k: (_ for _ in ()).throw(RuntimeError("broken off")))
    with pytest.raises(RuntimeError):
        count_exposure(at=NOW)
    assert [model.objects.count() for model in (ExposureCount, Exposure, Counted)] == [0, 0, 0]
    monkeypatch.undo()
    assert count_exposure(at=NOW) == 1


def test_a_count_in_small_steps_says_how_far_it_is_and_comes_to_the_same(exam, sit, monkeypatch) -> None:
    papers = [sit() for _ in range(3)]
    monkeypatch.setattr(exposure, "AT_ONCE", 2)
    said: list[tuple[int, int]] = []
    assert count_exposure(at=NOW, progress=lambda done, total: said.append((done, total))) == 3
    assert said == [(2, 3), (3, 3)]
    assert sum(shown().values()) == sum(map(len, papers))


def test_who_meets_another_count_stops_calmly(exam, sit, monkeypatch) -> None:
    sit()

    def taken(*args: object, **kwargs: object) -> None:
        raise IntegrityError("unique")

    monkeypatch.setattr(exposure, "_count", taken)
    assert count_exposure(at=NOW) == 0


def test_no_attempt_stands_in_two_counts(exam, sit) -> None:
    sit()
    count_exposure(at=NOW)
    count = ExposureCount.objects.create(number=2, attempts=1, made_at=NOW)
    with pytest.raises(IntegrityError):
        Counted.objects.create(attempt=Attempt.objects.get(), count=count)


def test_counting_takes_the_same_statements_for_any_number(exam, sit) -> None:
    counts = []
    for many in (1, 4):
        for _ in range(many):
            sit()
        with CaptureQueriesContext(connection) as queries:
            count_exposure(at=NOW)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_page_names_sittings_in_reach_and_counts_the_others(exam, sit, client) -> None:
    version = next(iter(sit()))
    count_exposure(at=NOW)
    pk = Question.objects.get(current=version).pk
    client.force_login(exam.county.trainer)
    page = client.get(f"/bank/{pk}/")
    assert [(row["sitting"], row["times"]) for row in page.context["sittings"]] == [(exam.sitting.pk, 1)]
    assert f"/sittings/{exam.sitting.pk}/" in page.content.decode()
    elsewhere = PersonFactory(home_unit=exam.county.township, role="trainer")
    client.force_login(elsewhere)
    page = client.get(f"/bank/{pk}/")
    assert (page.context["sittings"], page.context["more_sittings"], page.context["times"]) == ([], 1, 1)


@pytest.mark.parametrize(("query", "many"), [("exposure=never", False), ("exposure=over0", True), ("exposure=over10", False)])
def test_the_list_is_filtered_by_exposure(exam, sit, client, query: str, many: bool) -> None:
    version = next(iter(sit()))
    count_exposure(at=NOW)
    client.force_login(exam.county.trainer)
    found = {row["version"].pk for row in client.get(f"/bank/?{query}").context["rows"]}
    assert (version in found) is many
