"""The year's lines: each rule by a table, and what holds whatever the facts are."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exams.assessment.composing import compose, hours_of
from exams.assessment.facts import Called, Facts, Held, Hours, PostHeld, Score
from exams.assessment.material import Line, as_plain, digest, gaps, number
from exams.assessment.rows import HEADINGS, cells_of, last_day_to_object, rows_digest, series
from exams.assessment.rows import number as batch_number
from exams.assessment.states import Standing, standing
from lms.policy.figures import Figure

YEAR = 2026
KEY_DAY = date(2026, 12, 31)


def figure(id: int, key: str, value: str, source: str = "条例第十四条", secondary: bool = False) -> Figure:
    return Figure(id=id, key=key, value=Decimal(value), valid_from=date(2023, 10, 1), valid_to=None, source=source, secondary=secondary)


FIGURES = {
    f.key: f
    for f in (
        figure(1, "hours.year", "90"),
        figure(2, "hours.five_years", "550"),
        figure(3, "hours.online", "50", "某省办法", secondary=True),
        figure(4, "hours.technical", "90", "通行做法", secondary=True),
        figure(5, "hours.technical_share", "0.6667", "通行做法", secondary=True),
        figure(6, "level.excellent", "90"),
        figure(7, "level.good", "75"),
        figure(8, "level.pass", "60"),
    )
}
OFFICE = PostHeld(unit="县财政局", post="科员", tier="civil-servants", main=True)
NETWORK = PostHeld(unit="县财政局", post="网络管理员", tier="technical", main=True)


def hours(amount: str, *, kind: str = "lecture", on: date = date(2026, 3, 1), professional: bool = False, id: int = 1) -> Hours:
    return Hours(id=id, kind=kind, hours=Decimal(amount), earned_on=on, professional=professional, title="讲座")


def facts(**changes: Any) -> Facts:
    return replace(Facts(year=YEAR, key_day=KEY_DAY, rank="section", serving_since=date(2010, 1, 1), posts=(OFFICE,)), **changes)


def line(key: str, **changes: Any) -> Line | None:
    return next((found for found in compose(facts(**changes), FIGURES) if found.key == key), None)


@pytest.mark.parametrize(
    ("amounts", "verdict", "value", "end"),
    [
        (["88.5"], "short", "88.5 / 90 学时", "还差 1.5 学时。"),
        (["90"], "met", "90 / 90 学时", "已达到。"),
        (["89.99"], "short", "89.99 / 90 学时", "还差 0.01 学时。"),
        (["94", "-4"], "met", "90 / 90 学时", "已达到。"),
        (["4", "-4"], "short", "0 / 90 学时", "还差 90 学时。"),
        ([], "short", "0 / 90 学时", "还差 90 学时。"),
    ],
)
def test_total_section_rank_is_held_against_the_year(amounts: list[str], verdict: str, value: str, end: str) -> None:
    found = line("hours_total", hours=tuple(hours(a, id=n) for n, a in enumerate(amounts)))
    assert found is not None
    assert (found.verdict, found.value) == (verdict, value)
    assert found.sentence.endswith(end)
    assert found.rules[0].policy == 1
    assert found.rules[0].text == "科级及以下每年不少于 90 学时。依据：条例第十四条"


def test_total_leaves_other_years_out_for_section_rank() -> None:
    found = line("hours_total", hours=(hours("80"), hours("50", on=date(2025, 12, 31), id=2), hours("50", on=date(2027, 1, 1), id=3)))
    assert found is not None
    assert found.amount == 80


@pytest.mark.parametrize(
    ("per_year", "since", "verdict"),
    [
        ({2022: "120", 2023: "110", 2024: "100", 2025: "110", 2026: "110"}, date(2010, 1, 1), "met"),
        ({2022: "119.99", 2023: "110", 2024: "100", 2025: "110", 2026: "110"}, date(2010, 1, 1), "short"),
        ({2021: "500", 2026: "90"}, date(2010, 1, 1), "short"),
        ({2024: "100", 2025: "100", 2026: "100"}, date(2024, 1, 1), "open"),
        ({2024: "200", 2025: "200", 2026: "150"}, date(2024, 1, 1), "met"),
        ({2026: "100"}, date(2022, 1, 1), "short"),
    ],
)
def test_total_division_rank_is_held_against_five_years(per_year: dict[int, str], since: date, verdict: str) -> None:
    earned = tuple(hours(amount, on=date(year, 6, 1), id=year) for year, amount in per_year.items())
    found = line("hours_total", rank="division", hours=earned, serving_since=since)
    assert found is not None
    assert (found.verdict, found.heading, found.needed) == (verdict, "总学时（五年）", 550)
    assert found.sentence.startswith("2022年至2026年取得")
    assert f"其中2026年 {number(Decimal(per_year.get(2026, '0')))} 学时" in found.sentence


@pytest.mark.parametrize(
    ("total", "professional", "verdict"), [("35", "60", "met"), ("29.99", "60", "short"), ("90", "59.99", "short"), ("200", "60", "met")]
)
def test_technical_share_is_of_the_required_hours(total: str, professional: str, verdict: str) -> None:
    earned = (hours(total), hours(professional, professional=True, id=2))
    found = line("hours_technical", posts=(NETWORK,), hours=earned)
    assert found is not None
    assert (found.verdict, found.needed) == (verdict, Decimal("60.00"))
    assert all("（间接来源）" in rule.text and rule.secondary for rule in found.rules)
    assert line("hours_technical", hours=earned) is None


def test_online_counts_self_study_and_tests_and_says_the_source_is_secondary() -> None:
    found = line("hours_online", hours=(hours("30", kind="self_study"), hours("19.5", kind="topic_test", id=2), hours("40", id=3)))
    assert found is not None
    assert (found.amount, found.verdict) == (Decimal("49.5"), "short")
    assert found.sentence == "2026年网络自学和专题测试取得 49.5 学时，网络学习每年不少于 50 学时，还差 0.5 学时。"
    assert found.rules[0].text == "网络学习每年不少于 50 学时。依据：某省办法（间接来源）"


def test_nothing_known_gives_no_verdict() -> None:
    found = {found.key: found for found in compose(facts(posts=()), {})}
    assert (found["hours_total"].verdict, found["hours_online"].verdict) == ("unknown", "unknown")
    assert "没有生效的政策参数" in found["hours_total"].sentence
    assert found["post"].value == "无任职"
    assert {key: found[key].value for key in ("knowledge", "operation", "level", "certificates", "requirements", "objections")} == {
        "knowledge": "无", "operation": "无", "level": "未考核", "certificates": "无", "requirements": "无要求", "objections": "无",
    }  # fmt: skip
    assert [gap["key"] for gap in gaps(as_plain(found.values()))] == ["hours_total", "hours_online"]


def score(id: int, on: date, knowledge: str, operation: str, *, level: str = "good", full: str = "50", operation_full: str = "50") -> Score:
    return Score(
        id=id, sitting=f"考试{id}", sat_on=on, knowledge=Decimal(knowledge), knowledge_full=Decimal(full), operation=Decimal(operation),
        operation_full=Decimal(operation_full), passed=True, level=level, policies=(6, 7, 8),
    )  # fmt: skip


def test_results_take_the_best_of_the_year_in_each_dimension() -> None:
    scores = (score(1, date(2026, 3, 1), "29", "45", level="excellent"), score(2, date(2026, 10, 9), "36", "30", level="pass"))
    old = score(3, date(2025, 6, 1), "50", "50")
    knowledge, operation, level = (line(key, scores=(*scores, old)) for key in ("knowledge", "operation", "level"))
    assert knowledge is not None
    assert operation is not None
    assert level is not None
    assert knowledge.value == "72%"
    assert knowledge.sentence == "2026年10月9日“考试2”：36 分（满分 50 分），该次考试合格。全年 2 次已公布成绩中取最好的一次。"
    assert operation.value == "90%"
    assert operation.sentence.endswith("；最近一次为2026年10月9日“考试2”，60%。")
    assert level.value == "优秀"
    assert level.sentence == "按2026年3月1日“考试1”的操作成绩 90%，评定为优秀。"
    assert [rule.policy for rule in level.rules] == [6, 7, 8]


def test_result_on_a_tie_the_later_one_and_unexamined_dimension_is_none() -> None:
    found = line("knowledge", scores=(score(1, date(2026, 3, 1), "40", "0"), score(2, date(2026, 4, 1), "40", "0")))
    assert found is not None
    assert "考试2" in found.sentence
    theory = (score(1, date(2026, 3, 1), "40", "0", operation_full="0", level="none"),)
    assert [line(key, scores=theory).value for key in ("operation", "level")] == ["无", "未考核"]  # type: ignore[union-attr]


def held(until: date | None, *, type_id: int = 7, revoked_on: date | None = None) -> Held:
    return Held(
        id=1, type_id=type_id, type_name="信息安全员证", number="YX-SEC-2024-000318", since=date(2024, 4, 1), until=until, revoked_on=revoked_on
    )


@pytest.mark.parametrize(
    ("certificate", "valid"),
    [
        (held(KEY_DAY), True),
        (held(None), True),
        (held(date(2026, 12, 30)), False),
        (held(None, revoked_on=KEY_DAY), False),
        (held(None, revoked_on=date(2027, 1, 1)), True),
    ],
)
def test_certificates_are_those_valid_on_the_key_day(certificate: Held, valid: bool) -> None:
    called = (Called(type_id=7, type_name="信息安全员证", post="信息安全员", since=date(2024, 1, 1)),)
    own, required = (line(key, certificates=(certificate,), called_for=called) for key in ("certificates", "requirements"))
    assert own is not None
    assert required is not None
    assert (own.value != "无") is valid
    assert required.verdict == ("met" if valid else "short")


def test_requirement_of_an_acting_post_is_missing_and_says_acting() -> None:
    acting = PostHeld(unit="龙口乡", post="信息安全员", tier="technical", main=False, acting=True, until=date(2027, 2, 1))
    called = (Called(type_id=7, type_name="信息安全员证", post="信息安全员", since=date(2024, 1, 1), acting=True),)
    required, post = (line(key, posts=(OFFICE, acting), called_for=called) for key in ("requirements", "post"))
    assert required is not None
    assert post is not None
    assert (required.verdict, required.sentence) == ("short", "信息安全员（代理）须持信息安全员证，没有有效证书。")
    assert post.value == "县财政局 · 科员"
    assert post.sentence == "任县财政局科员（主要岗位）、龙口乡信息安全员（兼任，代理至2027年2月1日前）。"


def test_objections_are_counted_without_their_text() -> None:
    found = line("objections", objections=(True, False))
    assert found is not None
    assert (found.value, found.sentence) == ("2 件，未答复 1 件", "本人提出异议 2 件，1 件未答复。")


ENTRY = st.builds(
    Hours,
    id=st.integers(1, 10**6),
    kind=st.sampled_from(["self_study", "topic_test", "lecture", "forum", "class", "external", "later_kind"]),
    hours=st.decimals("-40", "40", places=2).filter(bool),
    earned_on=st.dates(date(2021, 1, 1), date(2027, 12, 31)),
    professional=st.booleans(),
    title=st.just("课"),
)
ENTRIES = st.lists(ENTRY, max_size=25, unique_by=lambda entry: entry.id)


@given(ENTRIES)
def test_hours_by_kind_add_up_to_the_year(entries: list[Hours]) -> None:
    whole = facts(hours=tuple(entries))
    kinds = {entry.kind for entry in entries}
    assert sum((hours_of(whole, kinds=frozenset({kind})) for kind in kinds), Decimal(0)) == hours_of(whole)
    found = next(found for found in compose(whole, FIGURES) if found.key == "hours_by_kind")
    assert found.amount == hours_of(whole)
    assert len(found.evidence) == sum(entry.earned_on.year == YEAR for entry in entries)


@given(
    ENTRIES, st.decimals("0.25", "60", places=2), st.sampled_from(["self_study", "lecture"]), st.booleans(), st.sampled_from(["section", "division"])
)
def test_more_hours_never_make_anyone_worse(entries: list[Hours], more: Decimal, kind: str, professional: bool, rank: str) -> None:
    before = facts(hours=tuple(entries), posts=(NETWORK,), rank=rank)
    extra = Hours(id=10**7, kind=kind, hours=more, earned_on=date(2026, 6, 1), professional=professional, title="课")
    after = replace(before, hours=(*before.hours, extra))
    verdicts = [{found.key: found.verdict for found in compose(f, FIGURES)} for f in (before, after)]
    assert [key for key, verdict in verdicts[0].items() if verdict == "met" and verdicts[1][key] != "met"] == []


@given(ENTRIES, st.randoms())
def test_order_of_the_facts_makes_no_difference(entries: list[Hours], random: Any) -> None:
    scores = [score(n, date(2026, 1 + n, 1), str(10 * n), "20") for n in range(1, 5)]
    one = facts(hours=tuple(entries), scores=tuple(scores))
    random.shuffle(entries)
    random.shuffle(scores)
    other = facts(hours=tuple(entries), scores=tuple(scores))
    assert digest(as_plain(compose(one, FIGURES))) == digest(as_plain(compose(other, FIGURES)))


@pytest.mark.parametrize(
    ("state", "unchanged", "expected"),
    [
        (None, False, Standing.OPEN),
        ("confirmed", True, Standing.CONFIRMED),
        ("confirmed", False, Standing.CHANGED),
        ("returned", True, Standing.RETURNED),
        ("returned", False, Standing.RETURNED),
    ],
)
def test_standing_follows_the_latest_version(state: str | None, unchanged: bool, expected: Standing) -> None:
    assert standing(state, unchanged=unchanged) == expected


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2026, 1, 1), "YX-2026-Q1"), (date(2026, 3, 31), "YX-2026-Q1"), (date(2026, 4, 1), "YX-2026-Q2"), (date(2026, 12, 31), "YX-2026-Q4")],
)
def test_batches_are_counted_by_quarter(day: date, name: str) -> None:
    assert series(day) == name
    assert (batch_number(name, 1), batch_number(name, 1000)) == (f"{name}-001", f"{name}-1000")
    with pytest.raises(ValueError, match="counted from 1"):
        batch_number(name, 0)


def test_last_day_to_object_counts_calendar_days_over_the_year() -> None:
    assert last_day_to_object(date(2026, 12, 15), 30) == date(2027, 1, 14)


def test_cells_repeat_what_was_confirmed() -> None:
    lines = as_plain(compose(facts(hours=(hours("88.5"),)), FIGURES))
    cells = cells_of(
        lines, name="王慧敏", staff_number="000123", identity="999999********0011", year=YEAR, unit="旧名", confirmed_by="李某（000009）",
        confirmed_at="2026-11-23 10:00", record="2026-1-v1",
    )  # fmt: skip
    assert list(cells) == [heading.name for heading in HEADINGS]
    assert (cells["unit"], cells["post"], cells["hours"], cells["hours_needed"]) == ("县财政局", "科员", "88.50", "90.00")
    assert cells["gaps"] == "总学时（本年度）：88.5 / 90 学时；网络学时：0 / 50 学时"
    assert "（间接来源）" in cells["basis"]
    assert rows_digest([cells]) != rows_digest([{**cells, "hours": "90.00"}])
