"""The shipped library: every fault of a source file is named with its line, and all that is shipped is whole."""

import re
import shutil

import pytest

from content.curricula.segments import segmented
from content.library.markup import lesson_blocks
from content.library.sources import ROOT, TIERS, SourceError, read_library, read_topic

LIBRARY = read_library()
GOOD = ROOT / "civil-servants" / "01-overview"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(GOOD, tmp_path / "01-overview")


def spoil(file, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("topic.toml", 'key = "civil-servants-01"', 'key = "overview"', "key must be civil-servants- and two digits"),
        ("topic.toml", 'short = "概述"', 'short = "电子政务的概述一二"', "short holds at most 7"),
        ("topic.toml", "title = ", "title ", "Expected '='"),
        ("lesson-1.md", "+++", "---", "a lesson begins with its head"),
        ("lesson-1.md", "minutes = 15", 'minutes = "15"', "minutes must be a whole number"),
        ("lesson-2.md", "\n## ", "\n<b>x</b>\n## ", "HTML is not understood"),
        ("questions.toml", 'answer = "B"', 'answer = "E"', "answer must name options out of ABCD"),
        ("questions.toml", 'kind = "single"', 'kind = "essay"', "kind must be one of"),
        ("questions.toml", "lesson = 1", "lesson = 9", "lesson must be a whole number from 1 to 2"),
        ("questions.toml", 'id = "q02"', 'id = "q01"', "id 'q01' is taken"),
        ("questions.toml", 'answer = [["物理", "物理隔离"]]', 'answer = [["物理"], ["逻辑"]]', "covers 2 blanks, the stem has 1"),
    ],
)
def test_fault_is_named_with_file_and_line(folder, name: str, old: str, new: str, reason: str) -> None:
    spoil(folder / name, old, new)
    with pytest.raises(SourceError, match=re.escape(reason)) as caught:
        read_topic(folder, "civil-servants")
    assert caught.value.file.name == name
    assert caught.value.line >= 1


def test_fault_in_a_later_question_names_its_own_line(folder) -> None:
    file = folder / "questions.toml"
    spoil(file, 'answer = "D"', 'answer = "Z"')
    line = next(n for n, text in enumerate(file.read_text("utf-8").splitlines(), 1) if text == 'answer = "Z"')
    with pytest.raises(SourceError) as caught:
        read_topic(folder, "civil-servants")
    assert caught.value.line == line


def test_library_has_every_topic_of_the_three_tiers() -> None:
    assert [sum(topic.tier == tier for topic in LIBRARY) for tier in TIERS] == [13, 4, 7]


@pytest.mark.parametrize("topic", LIBRARY, ids=lambda topic: topic.key)
def test_topic_is_whole(topic) -> None:
    assert len(topic.lessons) >= 2
    assert len(topic.exam_questions) >= 12
    assert {q.dimension for q in topic.exam_questions} == {"knowledge", "operation"}
    assert {q.kind for q in topic.exam_questions} == {"single", "multiple", "true_false", "fill_in"}
    for lesson in topic.lessons:
        assert 800 <= len(re.sub(r"\s", "", lesson.text)) <= 2000
        assert len(topic.self_checks(lesson.number)) >= 2
        assert any(q.lesson == lesson.number for q in topic.exam_questions)
        blocks = lesson_blocks(lesson, f"{topic.key}/{lesson.number}", f"{topic.tier}/{topic.folder.name}", topic.self_checks(lesson.number))
        assert len({block["id"] for block in blocks}) == len(blocks)


def test_segments_hold_words_of_every_grain() -> None:
    assert {"电子", "政务", "电子政务", "信息安全"} <= set(segmented("电子政务信息安全").split())
