"""The demo's own questions: in use, for practice, and on their way through review."""

from dataclasses import dataclass
from datetime import date, timedelta

from content.curricula.models import TopicPage
from content.library.sources import read_library
from exams.bank.actions import version_of
from exams.bank.ledger import QuestionTag, VersionStep
from exams.bank.library import wording_of
from exams.bank.models import Question, QuestionVersion
from exams.bank.states import Pool
from exams.bank.wording import Wording
from exams.bank.workflow import APPROVE, PUBLISH, RETURN, SUBMIT
from exams.demo.days import moment
from exams.demo.people import Staff
from exams.demo.questions import ON_THE_WAY, PRACTICE, RETURN_NOTE, RETURNED, REVIEWED, SEALED, WAITING, Shipped
from exams.demo.seats import ACCOUNTS
from lms.people.models import Person

CHECK_TAGS = ("自测",)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shipping:
    question: Question
    wording: Wording
    tags: tuple[str, ...]
    author: Person
    steps: tuple[tuple[str, str], ...]  # step and note; the author takes submit and publish, the reviewer the others

    @property
    def live(self) -> bool:
        return any(step == PUBLISH for step, _note in self.steps)


def lay_bank(staff: Staff, today: date) -> list[int]:
    """Insert the demo's questions with their way through review and their tags; returns their keys.

    Practice gets the self-checks of the technical lessons: no exam asks what a lesson has answered.
    """
    trainer, centre = staff.numbered(ACCOUNTS["trainer"]), staff.numbered(ACCOUNTS["centre"])
    topics = dict(TopicPage.objects.values_list("key", "pk"))
    used = ((SUBMIT, ""), (APPROVE, ""), (PUBLISH, ""))
    ways = {WAITING: ((SUBMIT, ""),), RETURNED: ((SUBMIT, ""), (RETURN, RETURN_NOTE)), REVIEWED: ((SUBMIT, ""), (APPROVE, ""))}

    def shipping(one: Shipped, pool: Pool, author: Person = trainer, steps: tuple[tuple[str, str], ...] = used) -> _Shipping:
        topic, name, tags, wording = one
        question = Question(key=f"{topic}/demo-{name}", topic_id=topics[topic], pool=pool)
        return _Shipping(question=question, wording=wording, tags=tags, author=author, steps=steps)

    checks = [
        (topic.key, f"check-{source.id}", CHECK_TAGS, wording_of(source))
        for topic in read_library()
        if topic.key.startswith("technical-")
        for source in topic.questions
        if source.self_check
    ]
    rows = [shipping(one, Pool.SEALED) for one in SEALED] + [shipping(one, Pool.PRACTICE) for one in [*PRACTICE, *checks]]
    rows += [shipping(one, Pool.SEALED, centre if state == WAITING else trainer, ways[state]) for state, one in ON_THE_WAY.items()]
    return _write(rows, {trainer.pk: centre, centre.pk: trainer}, today)


def _write(rows: list[_Shipping], reviewers: dict[int, Person], today: date) -> list[int]:
    """Insert questions, versions, steps and tags in bulk. What is in use went live five weeks ago, what is on its way was written this week."""
    questions = Question.objects.bulk_create([row.question for row in rows])
    versions = []
    for row in rows:
        day = today - timedelta(days=36 if row.live else 4)
        versions.append(version_of(row.question, 1, row.wording, by=row.author, at=moment(day, 15)))
    QuestionVersion.objects.bulk_create(versions)
    steps = []
    for row, version in zip(rows, versions, strict=True):
        row.question.current, row.question.draft = (version, None) if row.live else (None, version)
        for number, (step, note) in enumerate(row.steps, 1):
            by = row.author if step in {SUBMIT, PUBLISH} else reviewers[row.author.pk]
            at = version.made_at + timedelta(hours=number)
            steps.append(VersionStep(version=version, number=number, step=step, note=note, author=row.author, by=by, at=at))
    Question.objects.bulk_update(questions, ["current", "draft"])
    VersionStep.objects.bulk_create(steps)
    QuestionTag.objects.bulk_create([QuestionTag(question=row.question, name=name) for row in rows for name in row.tags])
    return [question.pk for question in questions]
