"""The assessment material: last year confirmed and handed on, this year half done, with one return and two objections."""

from datetime import date, datetime, timedelta

from exams.assessment.gathering import PersonYear, person_years
from exams.assessment.handing_on import cells_of_record
from exams.assessment.models import AssessmentRecord, ExportBatch, ExportRow, Objection
from exams.assessment.rows import number, rows_digest, series
from exams.assessment.states import RecordState
from exams.certificates.models import NumberSeries
from exams.demo.days import moment
from exams.demo.people import Staff
from exams.demo.seats import ACCOUNTS
from lms.people.models import Person, Unit
from lms.people.states import Role

RECEIVER = "县委组织部人事信息系统"
DONE_THIS_YEAR = ("weiban", "zhengban", "zuzhi", "xuanchuan", "caizheng", "jiaoyu", "longkou", "liping")
RETURNED = "9月网络自学缺少第三季度选学记录，请补登后重新核对。"


def _record(view: PersonYear, state: str, by: Person, at: datetime, *, version: int = 1, reason: str = "") -> AssessmentRecord:
    return AssessmentRecord(
        person=view.person, unit=view.unit or view.person.home_unit, year=view.year, version=version, state=state, lines=view.lines,
        digest=view.digest, reason=reason, by=by, at=at,
    )  # fmt: skip


def lay_yearly(staff: Staff, units: dict[str, Unit], today: date) -> None:
    """Insert records, objections and batches. HR confirms everybody but the own record, which a second HR officer of then confirmed."""
    hr = staff.numbered(ACCOUNTS["hr"])
    other = next(person for person, _seat in staff.holding("fenguan") if person.grants.filter(role=Role.HR).exists())
    _last_year(staff, units, today, hr, other)
    _this_year(staff, today, hr)


def _last_year(staff: Staff, units: dict[str, Unit], today: date, hr: Person, other: Person) -> None:
    year, at = today.year - 1, moment(date(today.year, 1, 10), 15)
    if at.date() >= today:
        return
    serving = [person for person, _seat in staff.seats if person.joined_on <= date(year, 12, 31)]
    views = person_years(serving, year, today=at.date())
    records = [_record(view, RecordState.CONFIRMED, other if view.person == hr else hr, at) for view in views.values() if view.unit]
    AssessmentRecord.objects.bulk_create(records, batch_size=100)
    first = _hand_on(records, units["yunxi"], corrects=None, by=hr, at=moment(date(today.year, 1, 20), 9))
    asked, answered = moment(date(today.year, 1, 25), 11), moment(date(today.year, 2, 3), 10)
    if answered.date() >= today:
        return
    wrong = next(record for record in records if record.person.home_unit == units["shuili"])
    Objection.objects.create(
        record=wrong, text="11月讲座已签到，学时未计入，请核对签到表。", at=asked, answer="经核对签到表，该次讲座签到人系同名，学时记录无误。",
        answered_by=hr, answered_at=answered,
    )  # fmt: skip
    again = _record(person_years([wrong.person], year, today=answered.date())[wrong.person.pk], RecordState.CONFIRMED, hr, answered, version=2)
    again.save(force_insert=True)
    _hand_on([again], units["yunxi"], corrects=first, by=hr, at=answered + timedelta(hours=1))


def _hand_on(records: list[AssessmentRecord], unit: Unit, *, corrects: ExportBatch | None, by: Person, at: datetime) -> ExportBatch:
    ordered = sorted(records, key=lambda row: (row.unit.path, row.person.staff_number))
    name, cells, year, serial = series(at.date()), [cells_of_record(row) for row in ordered], ordered[0].year, 2 if corrects else 1
    batch = ExportBatch.objects.create(
        number=number(name, serial),
        year=year,
        corrects=corrects,
        unit=unit,
        by=by,
        at=at,
        receiver=RECEIVER,
        rows_digest=rows_digest(cells),
    )
    ExportRow.objects.bulk_create(
        [ExportRow(batch=batch, position=n, record=row, cells=cell) for n, (row, cell) in enumerate(zip(ordered, cells, strict=True), start=1)],
        batch_size=200,
    )
    NumberSeries.objects.update_or_create(series=name, defaults={"last": serial})
    return batch


def _this_year(staff: Staff, today: date, hr: Person) -> None:
    at = moment(today - timedelta(days=4), 16)
    if at.year < today.year:
        return
    units = set(DONE_THIS_YEAR)
    people = [person for person, seat in staff.seats if seat.unit in units and person != hr]
    views = [view for view in person_years(people, today.year, today=today).values() if view.unit]
    short = [view for view in views if any(line["verdict"] == "short" for line in view.lines)]
    ready = [view for view in views if view not in short]
    records = [_record(view, RecordState.CONFIRMED, hr, at) for view in ready + short[: len(short) // 3]]
    AssessmentRecord.objects.bulk_create(records, batch_size=100)
    if len(short) > 3:
        _record(short[-1], RecordState.RETURNED, hr, at, reason=RETURNED).save(force_insert=True)
    if records:
        objector = next((record for record in records if record.person.home_unit_id == records[-1].person.home_unit_id), records[0])
        Objection.objects.create(record=objector, text="本年6月轮训班20学时没有登记，请核对班级名册。", at=at + timedelta(days=2))
