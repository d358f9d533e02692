"""Composing the lines of one person's year, in the order they are shown. No Django; the rules: `docs/algorithms/assessment.md`."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from exams.assessment.facts import Facts, Score
from exams.assessment.material import HUNDREDTH, NO_FIGURE, NO_FIGURE_SENTENCE, Evidence, Line, Rule, against, day, number, rule_of
from lms.policy.figures import Figure

ONLINE = frozenset({"self_study", "topic_test"})
KINDS = {
    "self_study": "网络自学", "topic_test": "专题测试", "lecture": "讲座", "forum": "论坛", "class": "培训班", "external": "校外培训",
}  # fmt: skip
LEVELS = {"excellent": "优秀", "good": "良好", "pass": "合格", "fail": "不合格", "none": "未考核"}
TECHNICAL = "technical"
DIVISION = "division"
WINDOW_YEARS = 5  # the rule for division rank is stated for five years
KEY_DAY_RULE = Rule(text="以考核年度12月31日为准；年度未结束的，以查看当日为准")
LAW = Rule(text="《公务员法》第六十八条：公务员培训情况、学习成绩作为考核的内容")


def compose(facts: Facts, figures: Mapping[str, Figure]) -> tuple[Line, ...]:
    """Return every line of the year. ``figures`` holds, by policy key, the figure in force on the key day for the person's unit.

    A figure that is missing gives the verdict ``unknown``; nothing is guessed. The order of the facts makes no difference.
    """
    lines = [
        post_line(facts),
        total_line(facts, figures),
        technical_line(facts, figures),
        online_line(facts, figures),
        kinds_line(facts),
        score_line(facts, "knowledge", "认识成绩"),
        score_line(facts, "operation", "操作成绩"),
        level_line(facts, figures),
        certificates_line(facts),
        requirements_line(facts),
        objections_line(facts),
    ]
    return tuple(line for line in lines if line is not None)


def hours_of(facts: Facts, first: int | None = None, kinds: frozenset[str] = frozenset(), professional: bool = False) -> Decimal:
    """Return the hours earned from the year ``first`` (default: the year itself) to the end of the year."""
    start = facts.year if first is None else first
    fitting = (
        entry.hours
        for entry in facts.hours
        if start <= entry.earned_on.year <= facts.year and (not kinds or entry.kind in kinds) and (entry.professional or not professional)
    )
    return sum(fitting, Decimal(0))


def post_line(facts: Facts) -> Line:
    """The posts held on the key day, the main one first."""
    if not facts.posts:
        return Line(key="post", heading="单位和岗位", value="无任职", sentence="基准日没有任职记录。", rules=(KEY_DAY_RULE,))
    posts = sorted(facts.posts, key=lambda p: (not p.main, p.unit, p.post))
    named = []
    for post in posts:
        acting = f"，代理至{day(post.until)}前" if post.acting and post.until else ""
        named.append(f"{post.unit}{post.post}（{'主要岗位' if post.main else '兼任'}{acting}）")
    main = posts[0]
    return Line(key="post", heading="单位和岗位", value=f"{main.unit} · {main.post}", sentence=f"任{'、'.join(named)}。", rules=(KEY_DAY_RULE,))


def total_line(facts: Facts, figures: Mapping[str, Figure]) -> Line:
    """Hours against the requirement of the rank: the year's, or for division rank the five years'."""
    if facts.rank != DIVISION:
        total = hours_of(facts)
        so_far = f"{facts.year}年取得 {number(total)} 学时"
        return against(total, figures.get("hours.year"), key="hours_total", heading="总学时（本年度）", so_far=so_far, asked="科级及以下每年")
    first = facts.year - WINDOW_YEARS + 1
    total = hours_of(facts, first)
    so_far = f"{first}年至{facts.year}年取得 {number(total)} 学时（其中{facts.year}年 {number(hours_of(facts))} 学时）"
    line = against(
        total, figures.get("hours.five_years"), key="hours_total", heading="总学时（五年）", so_far=so_far, asked="县处级及以上五年累计"
    )  # fmt: skip
    if line.verdict == "short" and facts.serving_since > date(first, 1, 1):
        missing = number((line.needed or Decimal(0)) - total)
        return Line(
            key=line.key, heading=line.heading, value=line.value, verdict="open", rules=line.rules, amount=line.amount, needed=line.needed,
            sentence=f"{so_far}，五年累计要求还差 {missing} 学时；本人{day(facts.serving_since)}入职，未满五年，期满再作结论。",
        )  # fmt: skip
    return line


def technical_line(facts: Facts, figures: Mapping[str, Figure]) -> Line | None:
    """The year's hours and those in professional subjects against what technicians must reach; None for someone who holds no technical post."""
    if not any(post.tier == TECHNICAL for post in facts.posts):
        return None
    heading, total, professional = "专业科目学时", hours_of(facts), hours_of(facts, professional=True)
    asked, share = figures.get("hours.technical"), figures.get("hours.technical_share")
    so_far = f"{facts.year}年取得 {number(total)} 学时，其中专业科目 {number(professional)} 学时"
    if asked is None or share is None:
        return Line(
            key="hours_technical", heading=heading, value=f"{number(professional)} 学时", sentence=f"{so_far}。{NO_FIGURE_SENTENCE}",
            verdict="unknown", rules=(NO_FIGURE,), amount=professional,
        )  # fmt: skip
    whole = asked.value.quantize(HUNDREDTH, ROUND_HALF_UP)
    needed = (asked.value * share.value).quantize(HUNDREDTH, ROUND_HALF_UP)
    lacks = []
    if total < whole:
        lacks.append(f"总学时还差 {number(whole - total)} 学时")
    if professional < needed:
        lacks.append(f"专业科目还差 {number(needed - professional)} 学时")
    end = "，".join(lacks) if lacks else "均已达到"
    return Line(
        key="hours_technical", heading=heading, value=f"{number(professional)} / {number(needed)} 学时", verdict="short" if lacks else "met",
        sentence=f"{so_far}；技术人员每年不少于 {number(whole)} 学时，其中专业科目不少于 {number(needed)} 学时，{end}。",
        rules=(rule_of(asked, f"技术人员每年不少于 {number(whole)} 学时"), rule_of(share, f"其中专业科目占 {number(share.value * 100)}%")),
        amount=professional, needed=needed,
    )  # fmt: skip


def online_line(facts: Facts, figures: Mapping[str, Figure]) -> Line:
    """Hours earned online in the year against the year's requirement."""
    online = hours_of(facts, kinds=ONLINE)
    so_far = f"{facts.year}年网络自学和专题测试取得 {number(online)} 学时"
    return against(online, figures.get("hours.online"), key="hours_online", heading="网络学时", so_far=so_far, asked="网络学习每年")


def kinds_line(facts: Facts) -> Line:
    """Hours of the year by kind; they add up to the year's hours exactly. Its evidence is the year's entries."""
    entries = sorted((e for e in facts.hours if e.earned_on.year == facts.year), key=lambda e: (e.earned_on, e.id))
    kinds = [(name, hours_of(facts, kinds=frozenset({kind}))) for kind, name in KINDS.items()]
    kinds += [(kind, hours_of(facts, kinds=frozenset({kind}))) for kind in sorted({e.kind for e in entries} - KINDS.keys())]
    shown = [f"{name} {number(hours)}" for name, hours in kinds if hours]
    total = hours_of(facts)
    sentence = f"{'，'.join(shown)}，合计 {number(total)} 学时，共 {len(entries)} 笔。" if entries else f"{facts.year}年没有学时记录。"
    evidence = tuple(Evidence(kind="hours", id=e.id, label=f"{e.earned_on} {e.title} {number(e.hours)} 学时") for e in entries)
    return Line(
        key="hours_by_kind", heading="分类学时", value="、".join(shown) or "无", sentence=sentence, rules=(Rule(text="学时台账，只增不改"),),
        evidence=evidence, amount=total,
    )  # fmt: skip


def percent(part: Decimal, full: Decimal) -> Decimal:
    """Return ``part`` of ``full`` in percent, to two places, half up. ``full`` is above 0."""
    return (part * 100 / full).quantize(HUNDREDTH, ROUND_HALF_UP)


def in_order(facts: Facts, dimension: str) -> list[tuple[Decimal, Score]]:
    """Return (percent, result) of the results that examined a dimension, oldest first."""
    examined = [s for s in facts.scores if s.sat_on.year == facts.year and getattr(s, f"{dimension}_full") > 0]
    examined.sort(key=lambda s: (s.sat_on, s.id))
    return [(percent(getattr(s, dimension), getattr(s, f"{dimension}_full")), s) for s in examined]


def best(facts: Facts, dimension: str) -> tuple[Decimal, Score] | None:
    """Return the best result of the year in a dimension; on a tie the later one."""
    return max(in_order(facts, dimension), key=lambda pair: (pair[0], pair[1].sat_on, pair[1].id), default=None)


def score_line(facts: Facts, dimension: str, heading: str) -> Line:
    """The best released result of the year in a dimension; every one of them is its evidence."""
    found, top = in_order(facts, dimension), best(facts, dimension)
    if top is None:
        sentence = f"{facts.year}年没有已公布的{heading}。"
        return Line(key=dimension, heading=heading, value="无", sentence=sentence, rules=(LAW,))
    share, score = top
    got, full = getattr(score, dimension), getattr(score, f"{dimension}_full")
    sentence = f"{day(score.sat_on)}“{score.sitting}”：{number(got)} 分（满分 {number(full)} 分），该次考试{'合格' if score.passed else '不合格'}。"
    if len(found) > 1:
        sentence += f"全年 {len(found)} 次已公布成绩中取最好的一次"
        last_share, last = found[-1]
        sentence += "。" if last is score else f"；最近一次为{day(last.sat_on)}“{last.sitting}”，{number(last_share)}%。"
    evidence = tuple(Evidence(kind="result", id=s.id, label=f"{s.sat_on} {s.sitting} {number(p)}%") for p, s in found)
    return Line(key=dimension, heading=heading, value=f"{number(share)}%", sentence=sentence, rules=(LAW,), evidence=evidence, amount=share)


def level_line(facts: Facts, figures: Mapping[str, Figure]) -> Line:
    """The operating level of the best operation result, as the release stated it; never derived anew."""
    heading, top = "操作应用水平", best(facts, "operation")
    if top is None or top[1].level == "none":
        return Line(key="level", heading=heading, value="未考核", sentence=f"{facts.year}年没有已公布的操作成绩，未评定操作应用水平。", rules=(LAW,))
    share, score = top
    level = LEVELS.get(score.level, score.level)
    bands = [figure for key, figure in sorted(figures.items()) if key.startswith("level.")]
    used = [figure for figure in bands if figure.id in score.policies] or bands
    names = {"level.excellent": "优秀", "level.good": "良好", "level.pass": "合格"}
    rules = tuple(rule_of(figure, f"{names.get(figure.key, figure.key)} {number(figure.value)}% 起") for figure in used)
    return Line(
        key="level", heading=heading, value=level, rules=rules or (LAW,), amount=share,
        sentence=f"按{day(score.sat_on)}“{score.sitting}”的操作成绩 {number(share)}%，评定为{level}。",
        evidence=(Evidence(kind="result", id=score.id, label=f"{score.sat_on} {score.sitting}"),),
    )  # fmt: skip


def certificates_line(facts: Facts) -> Line:
    """The certificates valid on the key day."""
    held = sorted((c for c in facts.certificates if c.valid(facts.key_day)), key=lambda c: (c.type_name, c.since, c.id))
    if not held:
        return Line(key="certificates", heading="持有证书", value="无", sentence="没有有效证书。", rules=(KEY_DAY_RULE,))
    named = [f"{c.type_name}（{c.number}，{f'有效期至{day(c.until)}' if c.until else '长期有效'}）" for c in held]
    return Line(
        key="certificates", heading="持有证书", value="、".join(dict.fromkeys(c.type_name for c in held)), sentence=f"有效证书：{'；'.join(named)}。",
        rules=(KEY_DAY_RULE,), evidence=tuple(Evidence(kind="certificate", id=c.id, label=c.number) for c in held),
    )  # fmt: skip


def requirements_line(facts: Facts) -> Line:
    """For each certificate the posts call for: held on the key day or not."""
    key, heading = "requirements", "岗位应持证"
    called = sorted(facts.called_for, key=lambda c: (c.type_name, c.post))
    if not called:
        return Line(key=key, heading=heading, value="无要求", sentence="所任岗位没有持证要求。", rules=(KEY_DAY_RULE,))
    held = {c.type_id for c in facts.certificates if c.valid(facts.key_day)}
    missing = [c for c in called if c.type_id not in held]
    rules = tuple(Rule(text=f"{c.post}岗位自{day(c.since)}起须持{c.type_name}") for c in called)
    if not missing:
        names = "、".join(dict.fromkeys(c.type_name for c in called))
        return Line(key=key, heading=heading, value="齐全", sentence=f"岗位要求的{names}均有效。", verdict="met", rules=rules)
    named = [f"{c.post}{'（代理）' if c.acting else ''}须持{c.type_name}" for c in missing]
    return Line(
        key=key, heading=heading, value=f"缺{'、'.join(dict.fromkeys(c.type_name for c in missing))}", verdict="short", rules=rules,
        sentence=f"{'；'.join(named)}，没有有效证书。",
    )  # fmt: skip


def objections_line(facts: Facts) -> Line:
    """How many objections the person lodged, and how many still wait."""
    waiting = facts.objections.count(False)
    rule = Rule(text="《个人信息保护法》第四十六条：个人有权请求更正")
    if not facts.objections:
        return Line(key="objections", heading="本人异议", value="无", sentence="本人未提出异议。", rules=(rule,))
    sentence = f"本人提出异议 {len(facts.objections)} 件，{f'{waiting} 件未答复' if waiting else '均已答复'}。"
    return Line(key="objections", heading="本人异议", value=f"{len(facts.objections)} 件，未答复 {waiting} 件", sentence=sentence, rules=(rule,))
