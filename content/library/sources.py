"""Reading the shipped library: `topic.toml`, `lesson-N.md` and `questions.toml` become frozen values. The format: `README.md` beside this file.

No Django here. Every fault is a `SourceError` that names the file and the line.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
TIERS = ("leaders", "civil-servants", "technical")
KINDS = ("single", "multiple", "true_false", "fill_in")
DIMENSIONS = ("knowledge", "operation")
BLANK = re.compile(r"_{4,}")
SHORT_LENGTH = 7  # the stop on the learning path holds seven characters


class SourceError(ValueError):
    """A source file says something that can't be read; the text is ``file:line: what is wrong``."""

    def __init__(self, file: Path, line: int, reason: str) -> None:
        super().__init__(f"{file}:{line}: {reason}")
        self.file, self.line, self.reason = file, line, reason


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSource:
    """One question. ``answer`` by kind: single "B", multiple "ACD", true_false a bool, fill_in one tuple of accepted answers for each blank.

    ``id`` is unique in its topic; ``lesson`` counts from 1; ``difficulty`` 1 to 3. A ``self_check`` question is never asked in an exam.
    """

    id: str
    lesson: int
    kind: str
    dimension: str
    difficulty: int
    stem: str
    options: tuple[str, ...]
    answer: str | bool | tuple[tuple[str, ...], ...]
    explanation: str
    cites: tuple[str, ...]
    self_check: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonSource:
    """One lesson: its head, and its Markdown with the line of the file on which that begins."""

    number: int
    title: str
    title_en: str
    minutes: int
    objectives: tuple[str, ...]
    text: str
    file: Path
    first_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSource:
    """One topic: what it is called, its lessons in order, its questions in the order of the file."""

    key: str
    tier: str
    title: str
    title_en: str
    short: str
    short_en: str
    summary: str
    summary_en: str
    aliases: tuple[str, ...]
    folder: Path
    lessons: tuple[LessonSource, ...]
    questions: tuple[QuestionSource, ...]

    @property
    def exam_questions(self) -> tuple[QuestionSource, ...]:
        return tuple(q for q in self.questions if not q.self_check)

    def self_checks(self, lesson: int) -> tuple[QuestionSource, ...]:
        """The self-check questions of the lesson with this number."""
        return tuple(q for q in self.questions if q.self_check and q.lesson == lesson)


def read_library(root: Path = ROOT) -> list[TopicSource]:
    """Read every topic, tiers in their order and topics by folder name. Raises SourceError at the first fault, OSError for an unreadable file."""
    topics = [read_topic(folder.parent, tier) for tier in TIERS for folder in sorted((root / tier).glob("*/topic.toml"))]
    keys: dict[str, TopicSource] = {}
    for topic in topics:
        if topic.key in keys:
            raise SourceError(topic.folder / "topic.toml", 1, f"key {topic.key!r} is taken by {keys[topic.key].folder.name}")
        keys[topic.key] = topic
    return topics


def read_topic(folder: Path, tier: str) -> TopicSource:
    """Read one folder. ``tier`` is the name of the folder above it."""
    file = folder / "topic.toml"
    head = _Table(file, 1, _toml(file, file.read_text("utf-8"), 0))
    key, short = head.text("key"), head.text("short")
    if not re.fullmatch(re.escape(tier) + r"-\d\d", key):
        raise head.wrong("key", f"must be {tier}- and two digits, is {key!r}")
    if len(short) > SHORT_LENGTH:
        raise head.wrong("short", f"holds at most {SHORT_LENGTH} characters, has {len(short)}")
    lessons = tuple(read_lesson(path) for path in sorted(folder.glob("lesson-*.md")))
    if [lesson.number for lesson in lessons] != list(range(1, len(lessons) + 1)):
        raise SourceError(file, 1, "lessons must be numbered lesson-1.md, lesson-2.md, … without a gap")
    return TopicSource(
        key=key, tier=tier, short=short, title=head.text("title"), title_en=head.text("title_en", ""), short_en=head.text("short_en", ""),
        summary=head.text("summary"), summary_en=head.text("summary_en", ""), aliases=head.texts("aliases"), folder=folder, lessons=lessons,
        questions=read_questions(folder / "questions.toml", len(lessons)),
    )  # fmt: skip


def read_lesson(file: Path) -> LessonSource:
    """Read one lesson file: TOML between two ``+++`` lines, then Markdown."""
    lines = file.read_text("utf-8").splitlines()
    fences = [number for number, line in enumerate(lines) if line.strip() == "+++"]
    if len(fences) < 2 or fences[0] != 0:
        raise SourceError(file, 1, "a lesson begins with its head between two +++ lines")
    end = fences[1]
    head = _Table(file, 1, _toml(file, "\n".join(lines[1:end]), 1))
    text = "\n".join(lines[end + 1 :])
    if re.search(r"<[a-zA-Z/!]", re.sub(r"`[^`]*`", "", text)):
        number = next(n for n, line in enumerate(lines[end + 1 :], end + 2) if re.search(r"<[a-zA-Z/!]", re.sub(r"`[^`]*`", "", line)))
        raise SourceError(file, number, "HTML is not understood here")
    return LessonSource(
        number=int(file.stem.rpartition("-")[2]), title=head.text("title"), title_en=head.text("title_en", ""),
        minutes=head.number("minutes", 1, 180), objectives=head.texts("objectives"), text=text, file=file, first_line=end + 2,
    )  # fmt: skip


def read_questions(file: Path, lessons: int) -> tuple[QuestionSource, ...]:
    """Read the questions of a topic that has so many ``lessons``."""
    text = file.read_text("utf-8")
    starts = [number for number, line in enumerate(text.splitlines(), 1) if line.strip() == "[[question]]"]
    tables = _toml(file, text, 0).get("question", [])
    found: dict[str, QuestionSource] = {}
    for line, values in zip(starts, tables, strict=True):
        question = _question(_Table(file, line, values), lessons)
        if question.id in found:
            raise SourceError(file, line, f"id {question.id!r} is taken")
        found[question.id] = question
    return tuple(found.values())


def _question(table: "_Table", lessons: int) -> QuestionSource:
    kind, options = table.one_of("kind", KINDS), table.texts("options")
    stem = table.text("stem")
    answer: Any = table.values.get("answer")
    letters = "ABCDEFGH"[: len(options)]
    if kind in {"single", "multiple"}:
        fits = isinstance(answer, str) and answer and set(answer) <= set(letters) and len(set(answer)) == len(answer)
        if len(options) < 2 or not fits or (kind == "single" and len(str(answer)) != 1):
            raise table.wrong("answer", f"must name options out of {letters}, is {answer!r}")
    elif kind == "true_false":
        if not isinstance(answer, bool):
            raise table.wrong("answer", f"must be true or false, is {answer!r}")
    else:
        blanks = len(BLANK.findall(stem))
        if not isinstance(answer, list) or not answer or not all(isinstance(a, list) and a and all(isinstance(t, str) for t in a) for a in answer):
            raise table.wrong("answer", "must list the accepted answers of each blank, like [['三', '3'], ['五']]")
        if blanks != len(answer):
            raise table.wrong("answer", f"covers {len(answer)} blanks, the stem has {blanks}")
        answer = tuple(tuple(accepted) for accepted in answer)
    return QuestionSource(
        id=table.text("id"), lesson=table.number("lesson", 1, lessons), kind=kind, dimension=table.one_of("dimension", DIMENSIONS),
        difficulty=table.number("difficulty", 1, 3), stem=stem, options=options, answer=answer, explanation=table.text("explanation"),
        cites=table.texts("cites"), self_check=bool(table.values.get("self_check", False)),
    )  # fmt: skip


def _toml(file: Path, text: str, lines_before: int) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise SourceError(file, int(line[1]) + lines_before if line else lines_before + 1, str(error)) from error


@dataclass(frozen=True, slots=True)
class _Table:
    """A TOML table that knows where it stands, and refuses what is missing or of the wrong sort."""

    file: Path
    line: int
    values: dict[str, Any]

    def wrong(self, key: str, reason: str) -> SourceError:
        """The fault of one key, at its own line where it can be found."""
        lines = self.file.read_text("utf-8").splitlines()
        here = (n for n in range(self.line, len(lines) + 1) if re.match(rf"\s*{key}\s*=", lines[n - 1]))
        ends = (n for n in range(self.line + 1, len(lines) + 1) if lines[n - 1].strip() == "[[question]]")
        line, end = next(here, self.line), next(ends, len(lines) + 1)
        return SourceError(self.file, line if line < end else self.line, f"{key} {reason}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(key, "must be a text")
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.wrong(key, "must be a list of texts")
        return tuple(item.strip() for item in value)

    def number(self, key: str, least: int, most: int) -> int:
        value = self.values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(key, f"must be a whole number from {least} to {most}, is {value!r}")
        return value

    def one_of(self, key: str, words: tuple[str, ...]) -> str:
        value = self.values.get(key)
        if value not in words:
            raise self.wrong(key, f"must be one of {', '.join(words)}, is {value!r}")
        return str(value)
