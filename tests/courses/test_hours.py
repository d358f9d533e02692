"""Hours: the table, the sums, once per evidence, taken back at most once; the record and the board."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from courses.hours.actions import credit
from courses.hours.actions import reverse as take_back
from courses.hours.crediting import Scale, hours_for_minutes
from courses.hours.models import HoursEntry, HoursKind
from courses.hours.querysets import standings
from courses.hours.summing import Entry, expected_today, totals, window
from lms.audit.models import AuditRow
from lms.people.models import Person
from lms.people.states import Rank, Tier
from lms.policy.querysets import PolicyBook
from tests.conftest import NOW, TODAY
from tests.factories.people import PersonFactory, PostFactory

SCALE = Scale(full=Decimal(30), half=Decimal(15), short=Decimal("0.25"))
ONLINE = frozenset({"self_study", "topic_test"})


@pytest.mark.parametrize(
    ("minutes", "hours", "decided_by"),
    [(1, "0.25", "short"), (15, "0.25", "short"), (16, "0.5", "half"), (29, "0.5", "half"), (30, "1", "full"), (180, "1", "full")],
)
def test_hours_for_minutes(minutes: int, hours: str, decided_by: str) -> None:
    credit = hours_for_minutes(minutes, SCALE)
    assert (credit.hours, credit.decided_by) == (Decimal(hours), decided_by)


def test_hours_for_no_minutes_is_refused() -> None:
    with pytest.raises(ValueError, match="at least a minute"):
        hours_for_minutes(0, SCALE)


@given(st.integers(1, 500), st.integers(0, 500))
def test_more_minutes_never_give_fewer_hours(minutes: int, more: int) -> None:
    assert hours_for_minutes(minutes + more, SCALE).hours >= hours_for_minutes(minutes, SCALE).hours


entries = st.lists(
    st.builds(
        Entry,
        kind=st.sampled_from([kind.value for kind in HoursKind]),
        hours=st.decimals("-5", "20", places=2),
        earned_on=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
        tier=st.sampled_from(["", "leaders", "technical"]),
        professional=st.booleans(),
    ),
    max_size=20,
)


@given(entries, st.randoms())
def test_sums_agree_with_each_other_in_any_order(rows: list[Entry], random) -> None:
    def of(rows: list[Entry]):
        return totals(rows, first=date(2026, 1, 1), last=date(2026, 12, 31), online_kinds=ONLINE, own_tiers=frozenset({"leaders"}))

    found = of(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert of(shuffled) == found
    assert sum(found.by_kind.values()) == found.total == found.online + found.offline == found.required + found.other


@pytest.mark.parametrize(
    ("day", "years", "due"),
    [
        (date(2025, 12, 31), 1, "0"),
        (date(2026, 1, 1), 1, "0.2"),
        (date(2026, 7, 2), 1, "45.1"),
        (date(2026, 12, 31), 1, "90.0"),
        (date(2027, 5, 1), 1, "90.0"),
        (date(2026, 12, 31), 5, "90.0"),
    ],
)
def test_due_by_a_day(day: date, years: int, due: str) -> None:
    assert expected_today(Decimal(90), year=2026, years=years, day=day) == Decimal(due)


def test_window_of_five_years_ends_with_the_year() -> None:
    assert window(2026, 5) == (date(2022, 1, 1), date(2026, 12, 31))


def give(person: Person, hours: str = "2", *, evidence: str = "class:1", kind: HoursKind = HoursKind.CLASS, on: date = TODAY, **more) -> HoursEntry:
    return credit(person, kind, Decimal(hours), earned_on=on, title="培训班", evidence=evidence, by=None, at=NOW, **more)[0]


def test_same_evidence_is_credited_once(county) -> None:
    first = give(county.learner)
    again, new = credit(county.learner, HoursKind.CLASS, Decimal(9), earned_on=TODAY, title="x", evidence="class:1", by=None, at=NOW)
    assert (again.pk, new) == (first.pk, False)
    assert HoursEntry.objects.count() == 1
    assert AuditRow.objects.filter(verb="hours:credit").count() == 1
    assert give(county.stranger).pk != first.pk


def test_reversal_adds_the_negative_once(county) -> None:
    entry = give(county.learner)
    back = take_back(entry, reason="重复登记", by=county.hr, at=NOW)
    assert (back.hours, back.reverses_id, back.earned_on) == (Decimal(-2), entry.pk, entry.earned_on)
    with pytest.raises(ValidationError):
        take_back(entry, reason="再来一次", by=county.hr, at=NOW)
    with pytest.raises(ValidationError):
        take_back(back, reason="撤回撤回", by=county.hr, at=NOW)
    with pytest.raises(ValidationError):
        take_back(give(county.learner, evidence="class:2"), reason=" ", by=county.hr, at=NOW)


def test_ledger_cannot_be_edited(county) -> None:
    entry = give(county.learner)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        HoursEntry.objects.filter(pk=entry.pk).update(hours=99)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.delete()


def standing(person: Person, year: int = 2026, day: date = TODAY):
    person = Person.objects.select_related("home_unit").get(pk=person.pk)
    return standings([person], year=year, day=day, book=PolicyBook())[person.pk]


def test_section_rank_needs_ninety_hours_of_the_year(county) -> None:
    give(county.learner, "60", evidence="a")
    give(county.learner, "40", evidence="b", on=date(2025, 12, 31))
    found = standing(county.learner)
    assert (found.deciding.key, found.deciding.done, found.deciding.missing, found.met) == ("hours.year", Decimal(60), Decimal(30), False)
    give(county.learner, "30", evidence="c", on=date(2026, 1, 1))
    assert standing(county.learner).met


def test_division_rank_is_held_against_five_years(county) -> None:
    chief = PersonFactory(rank=Rank.DIVISION, home_unit=county.finance)
    for year in range(2021, 2027):
        give(chief, "120", evidence=f"y{year}", on=date(year, 6, 1))
    found = standing(chief)
    assert (found.deciding.key, found.deciding.done, found.deciding.needed, found.met) == ("hours.five_years", Decimal(600), Decimal(550), True)
    assert standing(chief, year=2025).deciding.done == Decimal(600)


def test_technical_post_adds_the_line_of_professional_subjects(county) -> None:
    technician = PersonFactory(home_unit=county.finance, post=PostFactory(tier=Tier.TECHNICAL))
    give(technician, "50", evidence="a", professional=True, kind=HoursKind.SELF_STUDY, tier="technical")
    found = standing(technician)
    assert [(line.key, line.done, line.needed, line.met) for line in found.lines] == [
        ("hours.year", Decimal(50), Decimal(90), False),
        ("hours.online", Decimal(50), Decimal(50), True),
        ("hours.technical_share", Decimal(50), Decimal("60.0"), False),
    ]
    assert found.totals.required == Decimal(50)


def test_reversed_hours_count_for_nothing(county) -> None:
    take_back(give(county.learner, "90"), reason="登记有误", by=county.hr, at=NOW)
    found = standing(county.learner)
    assert (found.totals.total, found.met) == (Decimal(0), False)


@time_machine.travel(NOW, tick=False)
def test_record_shows_rows_with_source_and_exports_them(client, county) -> None:
    client.force_login(county.learner)
    assert client.get(reverse("record")).status_code == 200
    give(county.learner, policy=PolicyBook().figures[0].id)
    give(county.stranger, evidence="class:9")
    page = client.get(reverse("record"), {"year": "2026"}).content.decode()
    assert "培训班" in page
    assert "条例" in page
    book = load_workbook(BytesIO(client.get(reverse("record"), {"export": "xlsx"}).content))
    assert book.active.max_row == 2
    assert client.get(reverse("record"), {"year": "nonsense"}).status_code == 200


@time_machine.travel(NOW, tick=False)
def test_board_shows_own_unit_only_and_filters_in_the_database(client, county) -> None:
    give(county.learner, "95")
    client.force_login(county.unit_admin)
    page = client.get(reverse("hours"))
    assert county.learner.name in page.content.decode()
    assert county.stranger.name not in page.content.decode()
    met = client.get(reverse("hours"), {"met": "yes"})
    assert [person.pk for person, _standing in met.context["rows"]] == [county.learner.pk]
    assert county.learner.pk not in [person.pk for person, _standing in client.get(reverse("hours"), {"met": "no"}).context["rows"]]
    book = load_workbook(BytesIO(client.get(reverse("hours"), {"met": "yes", "export": "xlsx"}).content))
    assert [cell.value for cell in book.active["A"]][1:] == [county.learner.staff_number]
    assert AuditRow.objects.filter(verb="list:export").count() == 1


def test_board_is_refused_to_learners(client, county) -> None:
    client.force_login(county.learner)
    assert client.get(reverse("hours")).status_code == 403


def test_board_asks_as_many_queries_for_three_people_as_for_one(client, county) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(county.unit_admin)
    client.get(reverse("hours"))
    counts = []
    for more in (1, 3):
        for n in range(more):
            give(PersonFactory(home_unit=county.finance), evidence=f"x{n}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("hours"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_met_in_the_database_agrees_with_the_arithmetic(county) -> None:
    from courses.hours.querysets import with_standing

    for n, hours in enumerate(["89.99", "90", "120"]):
        give(PersonFactory(home_unit=county.finance, rank=Rank.DIVISION if n == 2 else Rank.SECTION), hours, evidence=f"e{n}")
    book = PolicyBook()
    people = list(with_standing(Person.objects.select_related("home_unit"), year=2026, day=TODAY, book=book))
    found = standings(people, year=2026, day=TODAY, book=book)
    assert [(p.done, p.needed, p.met) for p in people] == [(found[p.pk].deciding.done, found[p.pk].deciding.needed, found[p.pk].met) for p in people]


def test_recorded_instant_is_the_given_one(county) -> None:
    assert give(county.learner).recorded_at == NOW == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
