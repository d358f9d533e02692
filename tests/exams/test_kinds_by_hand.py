"""Kinds that a person judges, and the typing test: what a whole wording is, what an answer may be, what it is worth."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.bank.kinds import rule_of
from exams.bank.kinds.base import BadValues, Criterion, Shape, Trace
from exams.bank.kinds.sheets import criteria_of, lines_of, number, row_faults, rows_of
from exams.bank.kinds.short.rule import found_in
from exams.bank.kinds.typing.speed import SECOND, Typed, common, measured, points_for
from exams.bank.kinds.upload.files import is_of_type, tidy_name, type_of_name
from exams.bank.wording import faults
from tests.conftest import NOW
from tests.factories.bank import make_wording
from tests.factories.hand_kinds import HAND, MARKER_ONLY, TEXT

KINDS = tuple(HAND)
SHA = "ab" * 32


def shape_of(kind: str) -> Shape:
    wording = make_wording(kind)
    return rule_of(kind).shape([o.id for o in wording.options], wording.answer_stored, wording.extra)


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_wording_has_no_faults_and_comes_back_as_it_was(kind: str) -> None:
    wording = make_wording(kind)
    assert faults(wording) == []
    assert rule_of(kind).read(wording.answer_stored)["key"] == wording.key


@pytest.mark.parametrize("kind", KINDS)
def test_what_candidates_see_holds_nothing_of_the_key(kind: str) -> None:
    wording = make_wording(kind)
    assert MARKER_ONLY not in repr((wording.face, shape_of(kind)))


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("short", {"key": {"model": "", "keywords": []}}, {("model", "missing")}),
        ("short", {"key": {"model": "x" * 4001}}, {("model", "too_long")}),
        ("short", {"key": {"keywords": [str(n) for n in range(31)]}}, {("keywords", "count")}),
        ("essay", {"key": {}}, {("rubric", "missing")}),
        ("essay", {"key": {"rubric": [{"id": "c1", "text": "论点", "most": "0"}]}}, {("rubric", "points")}),
        ("essay", {"key": {"rubric": [{"id": "c1", "text": "", "most": "5"}]}}, {("rubric", "words")}),
        ("essay", {"key": {"rubric": [{"id": "c1", "text": "a", "most": "5", "levels": [{"points": "6", "text": "b"}]}]}}, {("rubric", "level")}),
        ("upload", {"extra": {"types": [], "megabytes": 1}}, {("types", "missing")}),
        ("upload", {"extra": {"types": ["exe"], "megabytes": 1}}, {("types", "missing")}),
        ("upload", {"extra": {"types": ["pdf"], "megabytes": 11}}, {("megabytes", "size")}),
        ("typing", {"extra": HAND["typing"]["extra"] | {"text": "short"}}, {("text", "missing")}),
        ("typing", {"extra": HAND["typing"]["extra"] | {"text": "拼音文字要用拼音方式录入"}}, {("text", "not_latin")}),
        ("typing", {"extra": HAND["typing"]["extra"] | {"target": 5000}}, {("target", "number")}),
        ("typing", {"extra": HAND["typing"]["extra"] | {"seconds": None}}, {("seconds", "number")}),
        ("station", {"extra": {"task": " ", "minutes": 10}}, {("task", "missing")}),
        ("station", {"key": {"rubric": [{"id": "c1", "text": "a", "most": "1"}], "fatal": True}}, {("fatal", "no_critical")}),
        ("station", {"dimension": "knowledge"}, {("fatal", "not_operation")}),
    ],
)
def test_faults_are_named_at_their_field(kind, changes, expected) -> None:
    assert {(fault.field, fault.code) for fault in faults(make_wording(kind, **changes))} == expected


def test_a_sheet_is_written_in_lines_and_comes_back() -> None:
    text = "论点明确｜10\n- 10 | 观点鲜明\n- 6 | 观点不全\n！ 锁定屏幕 | 2.5"
    rows = rows_of(text)
    assert [(r["text"], r["most"], r.get("critical", False)) for r in rows] == [("论点明确", "10", False), ("锁定屏幕", "2.5", True)]
    assert rows[0]["levels"] == [{"points": "10", "text": "观点鲜明"}, {"points": "6", "text": "观点不全"}]
    assert rows_of(lines_of(rows)) == rows
    assert row_faults(rows, "rubric") == []
    assert criteria_of(rows)[1] == Criterion(id="c2", text="锁定屏幕", most=Decimal("2.5"), critical=True)


@given(st.text(max_size=300))
def test_whatever_is_written_as_a_sheet_has_faults_or_can_be_judged(text: str) -> None:
    rows = rows_of(text)
    if not row_faults(rows, "rubric"):
        assert all(row.most > 0 for row in criteria_of(rows))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", "5"),
        ("2.50", "2.50"),
        (" 3 ", "3"),
        ("-1", None),
        ("1e1", "10"),
        ("0.001", None),
        ("NaN", None),
        ("Infinity", None),
        ("五", None),
        ("", None),
    ],
)
def test_points_are_plain_numbers(text: str, value: str | None) -> None:
    assert number(text) == (Decimal(value) if value else None)


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("short", ["断网\r\n报告"], ["断网\n报告"]), ("short", ["  \n"], []), ("short", [], []), ("essay", ["x" * 20_000], ["x" * 20_000]),
        ("upload", [f"file={'0' * 32}:统计表.xlsx:{SHA}"], [f"file={'0' * 32}:统计表.xlsx:{SHA}"]), ("upload", [], []),
        ("typing", ["k=007", "t=The", "ms=1200"], ["t=The", "ms=1200", "k=7"]), ("typing", ["ms=3", "k=4"], []), ("station", [], []),
    ],
)  # fmt: skip
def test_answers_have_one_form(kind, values, expected) -> None:
    assert rule_of(kind).clean(shape_of(kind), values) == expected


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("short", ["a", "b"]), ("short", ["x" * 2001]), ("short", ["\x00"]), ("essay", ["x" * 20_001]), ("station", ["done"]),
        ("upload", [f"file={'0' * 32}:表.exe:{SHA}"]), ("upload", [f"file={'0' * 32}:../表.xlsx:{SHA}"]), ("upload", ["file=1:a.xlsx:2"]),
        ("upload", [f"file={'0' * 32}:a.xlsx:{SHA}"] * 2), ("typing", ["The"]), ("typing", ["t=a", "t=b"]), ("typing", ["t=a", "ms=-1"]),
        ("typing", ["t=a", "ms=²"]), ("typing", ["t=a", "x=1"]), ("typing", ["t=" + "x" * 1000]),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(kind, values) -> None:
    with pytest.raises(BadValues):
        rule_of(kind).clean(shape_of(kind), values)


PARTS = st.sampled_from(["t=", "ms=", "k=", "file=", "file=" + "0" * 32 + ":", "x"])


@pytest.mark.parametrize("kind", KINDS)
@given(values=st.lists(st.one_of(st.text(max_size=40), st.tuples(PARTS, st.text(max_size=40)).map("".join)), max_size=4))
def test_anything_at_all_is_cleaned_or_refused_calmly(kind, values) -> None:
    rule, shape = rule_of(kind), shape_of(kind)
    try:
        clean = rule.clean(shape, values)
    except BadValues:
        return
    assert rule.clean(shape, clean) == clean
    if clean and not rule.by_hand:
        wording = make_wording(kind)
        assert 0 <= rule.score(rule.key(wording.answer_stored, wording.extra), clean, Decimal(5)) <= 5


def test_keywords_are_found_after_folding() -> None:
    assert found_in("应立即 上报 ＡＢＣ 处", ["上报", "abc", "断网"]) == [("上报", True), ("abc", True), ("断网", False)]


@pytest.mark.parametrize(
    ("marks", "points"),
    [({"c1": "2", "c2": "3"}, "10.00"), ({"c1": "2"}, "4.00"), ({"c2": "3"}, "0.00"), ({"c1": "9", "c2": "-4"}, "4.00"), ({}, "0.00")],
)
def test_a_failed_critical_step_leaves_nothing_of_a_station(marks, points) -> None:
    wording = make_wording("station")
    rule = rule_of("station")
    given_marks = {name: Decimal(value) for name, value in marks.items()}
    sheet = rule.sheet(wording.answer_stored, wording.extra)
    assert rule.from_sheet(sheet, given_marks, Decimal(10)) == Decimal(points)
    assert rule.grave(wording.answer_stored, given_marks) == ("c1" not in marks)


MARKS = st.dictionaries(st.sampled_from(["c1", "c2", "c9"]), st.decimals(-5, 20, allow_nan=False, places=2))


@given(MARKS, st.decimals("0.5", 50, places=1))
def test_a_sheet_never_gives_more_than_the_question_has(marks, points) -> None:
    for kind in ("essay", "station"):
        wording = make_wording(kind)
        sheet = rule_of(kind).sheet(wording.answer_stored, wording.extra)
        assert 0 <= rule_of(kind).from_sheet(sheet, marks, points) <= points


# --- files ---


@pytest.mark.parametrize(
    ("name", "kind"),
    [("报告.DOCX", "docx"), ("a.jpeg", "jpg"), ("a.tar.gz", ""), ("xlsx", ""), ("a.exe", ""), ("a.pdf.exe", ""), ("表.xlsx", "xlsx")],
)
def test_a_name_promises_a_type(name, kind) -> None:
    assert type_of_name(name) == kind


def archive(*names: str) -> bytes:
    import io
    import zipfile

    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as made:
        for name in names:
            made.writestr(name, "x")
    return body.getvalue()


@pytest.mark.parametrize(
    ("content", "kind", "right"),
    [
        (archive("[Content_Types].xml", "xl/workbook.xml"), "xlsx", True), (archive("[Content_Types].xml", "xl/workbook.xml"), "docx", False),
        (archive("xl/workbook.xml"), "xlsx", False), (archive("a.exe"), "zip", True), (b"PK\x03\x04 and no more", "xlsx", False),
        (b"%PDF-1.7 ...", "pdf", True), (b"MZ\x90\x00", "pdf", False), (b"\x89PNG\r\n\x1a\n...", "png", True), (b"\xff\xd8\xff\xe0", "jpg", True),
        ("云溪县".encode(), "txt", True), ("云溪县".encode("gb18030"), "txt", True), (b"MZ\x90\x00\x03", "txt", False), (b"GIF89a", "png", False),
    ],
)  # fmt: skip
def test_the_content_decides_the_type(content, kind, right) -> None:
    assert is_of_type(content, kind) is right


@given(st.text(max_size=150), st.binary(max_size=60), st.sampled_from(["docx", "zip", "txt", "pdf", "png", "jpg"]))
def test_no_name_and_no_content_breaks_the_check(name, content, kind) -> None:
    tidy = tidy_name(name)
    assert tidy_name(tidy) == tidy or len(name) > 100
    assert not set(tidy) & set('/\\:<>"|?*')
    assert is_of_type(b"PK" + content, kind) in {True, False}


# --- typing ---


def plain_common(one: str, other: str) -> int:
    rows = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            rows[i + 1][j + 1] = rows[i][j] + 1 if a == b else max(rows[i][j + 1], rows[i + 1][j])
    return rows[-1][-1]


@given(st.text("ab云溪 ", max_size=30), st.text("ab云溪 ", max_size=30))
def test_correct_characters_are_the_longest_common_subsequence(one, other) -> None:
    assert common(one, other) == plain_common(one, other) == common(other, one)


@pytest.mark.parametrize(
    ("typed", "ms", "correct", "counted", "per_minute"),
    [
        ("各单位要加强信息安全管理。", 30_000, 13, 30_000, 26), ("各单位加强信息安全管理。", 30_000, 12, 60_000, 12),
        ("各单位要", 2_000, 4, 60_000, 4),
        ("各单位要加强信息安全管理,", 30_000, 12, 30_000, 24), ("各各单位要加强信息安全管理。", 30_000, 13, 30_000, 26), ("", 0, 0, 60_000, 0),
    ],
)  # fmt: skip
def test_typed_text_is_measured(typed, ms, correct, counted, per_minute) -> None:
    found = measured("各单位要加强信息安全管理。", typed, ms, 60)
    assert (found.correct, found.ms, found.per_minute) == (correct, counted, per_minute)


@pytest.mark.parametrize(
    ("correct", "typed", "ms", "points"),
    [
        (120, 120, 60_000, "10.00"), (60, 60, 60_000, "5.00"), (240, 240, 60_000, "10.00"), (85, 100, 60_000, "7.08"), (84, 100, 60_000, "0.00"),
        (0, 0, 60_000, "0.00"), (120, 120, 30_000, "10.00"), (1, 1, 60_000, "0.08"),
    ],
)  # fmt: skip
def test_points_grow_with_net_speed_up_to_the_target(correct, typed, ms, points) -> None:
    assert points_for(Typed(correct=correct, typed=typed, ms=ms), target=120, accuracy=85, points=Decimal(10)) == Decimal(points)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(SECOND, 600_000), st.integers(1, 900), st.integers(1, 100))
def test_points_stay_in_bounds_and_more_time_is_never_worth_more(correct, wrong, ms, target, accuracy) -> None:
    def worth(time: int) -> Decimal:
        return points_for(Typed(correct=correct, typed=correct + wrong, ms=time), target=target, accuracy=accuracy, points=Decimal(10))

    assert 0 <= worth(ms + 1) <= worth(ms) <= 10


def trace(*steps: tuple[float, str]) -> Trace:
    """Saves at so many seconds after the start."""
    return Trace(began=NOW, steps=tuple((NOW + timedelta(seconds=s), (f"t={text}",) if text else ()) for s, text in steps))


STEADY = ((100, ""), (105, TEXT[:20]), (110, TEXT[:45]), (116, TEXT))


@pytest.mark.parametrize(
    ("values", "steps", "time", "doubts"),
    [
        ([f"t={TEXT}", "ms=14000", "k=70"], STEADY, 14_000, ()),
        ([f"t={TEXT}", "ms=90000", "k=70"], STEADY, 16_000, ()),
        ([f"t={TEXT}"], STEADY, 16_000, ("no_script",)),
        ([f"t={TEXT}", "ms=14000", "k=70"], ((116, TEXT),), 14_000, ("one_piece",)),
        ([f"t={TEXT}", "ms=3000", "k=70"], ((116, TEXT),), 3_000, ("fast", "one_piece")),
        ([f"t={TEXT}", "ms=14000", "k=3"], STEADY, 14_000, ("keys",)),
        ([f"t={TEXT}", "ms=14000"], STEADY, 14_000, ("keys",)),
        ([f"t={TEXT}", "ms=9000", "k=70"], ((100, ""), (105, TEXT[:20]), (125, TEXT[:45]), (140, TEXT)), 9_000, ("clock",)),
        ([f"t={TEXT}", "ms=14000", "k=70"], (), 0, ("fast", "one_piece")),
    ],
)  # fmt: skip
def test_the_server_believes_what_its_own_record_bears_out(values, steps, time, doubts) -> None:
    wording = make_wording("typing")
    rule = rule_of("typing")
    key = rule.key(wording.answer_stored, wording.extra)
    settled, found = rule.settle(key, values, trace(*steps))
    assert (settled, found) == ([f"t={TEXT}", f"ms={time}"], doubts)
    assert 0 <= rule.score(key, settled, Decimal(10)) <= 10


def test_an_answer_that_was_not_settled_is_worth_nothing_by_itself() -> None:
    wording = make_wording("typing")
    rule = rule_of("typing")
    assert rule.score(rule.key(wording.answer_stored, wording.extra), [f"t={TEXT}"], Decimal(10)) == 0


MOMENTS = st.lists(st.tuples(st.integers(0, 5000), st.text("the lazy", max_size=40)), max_size=6).map(sorted)


@given(MOMENTS, st.integers(0, 10**8), st.integers(0, 10**6))
def test_no_claim_is_believed_beyond_the_times_of_the_attempt(steps, ms, keys) -> None:
    wording = make_wording("typing")
    rule = rule_of("typing")
    course = trace(*steps)
    last = max((at for at, _v in course.steps), default=NOW)
    settled, _doubts = rule.settle(rule.key(wording.answer_stored, wording.extra), [f"t={TEXT}", f"ms={ms}", f"k={keys}"], course)
    assert int(settled[1].removeprefix("ms=")) <= _milliseconds(NOW, last)


def _milliseconds(one: datetime, other: datetime) -> int:
    return int((other - one).total_seconds() * 1000)
