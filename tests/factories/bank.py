"""Topics and questions for tests: a tiny curriculum, and questions that are right when the first option is chosen."""

from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from wagtail.models import Locale, Page

from content.models import CurriculumPage, TierPage, TopicPage
from exams.bank.actions import version_of
from exams.bank.kinds.base import Option
from exams.bank.kinds.true_false.rule import true_false_options
from exams.bank.models import Question
from exams.bank.wording import Wording
from lms.people.states import Tier
from tests.factories.kinds import SPECIAL


def make_curriculum() -> SimpleNamespace:
    """A curriculum of two tiers with two topics each: ``technical-01``, ``technical-02``, ``leaders-01``, ``leaders-02``."""
    Locale.objects.get_or_create(language_code="zh-hans")
    root = Page.objects.filter(depth=1).first() or Page.add_root(title="Root", slug="root")
    curriculum = root.add_child(instance=CurriculumPage(title="培训大纲", slug="curriculum"))
    topics = {}
    for tier in (Tier.TECHNICAL, Tier.LEADERS):
        page = curriculum.add_child(instance=TierPage(title=str(tier.label), slug=tier.value, tier=tier))
        for n in (1, 2):
            key = f"{tier.value}-0{n}"
            topics[key] = page.add_child(instance=TopicPage(title=f"专题{key}", slug=key, key=key, short=f"专题{n}", summary="能做到……"))
    return SimpleNamespace(curriculum=curriculum, topics=topics)


def make_wording(kind: str = "single", **changes: Any) -> Wording:
    """A sound wording of any kind; ``changes`` replace fields."""
    words: dict[str, Any] = {"kind": kind, "dimension": "knowledge", "difficulty": 1, "stem": "下列做法正确的是（　　）。", "explanation": "见教材。"}
    if kind == "fill_in":
        words |= {"stem": "日志至少留存____个月。", "blanks": (("六", "6"),)}
    elif kind == "true_false":
        words |= {"options": true_false_options(), "chosen": ("t",)}
    elif kind in SPECIAL:
        words |= SPECIAL[kind]
    else:
        words |= {
            "options": tuple(Option(id=i, text=t) for i, t in zip("abcd", ("先备份再操作", "直接操作", "不作记录", "口头报告"), strict=True)),
            "chosen": ("a",) if kind == "single" else ("a", "d"),
        }
    return Wording(**(words | changes))


def make_question(topic: TopicPage, kind: str = "single", n: int = 0, **changes: Any) -> Question:
    """A question in the bank, without an audit line."""
    changes.setdefault("stem", f"第{n}题：{make_wording(kind).stem}")
    question = Question.objects.create(key=f"{topic.key}/{kind}{n}", topic=topic)
    version = version_of(question, 1, make_wording(kind, **changes), by=None, at=timezone.now())
    version.save()
    question.current = version
    question.save(update_fields=["current"])
    return question
