"""Search finds Chinese words inside longer ones, on the database at hand."""

import pytest
from django.urls import reverse

from content.lessons.searching import search
from tests.factories.content import make_lesson, make_topic


@pytest.fixture
def taught(full_text):
    topic = make_topic("leaders-05", "leaders", title="电子政务信息安全", search_words=["等级保护"])
    lesson = make_lesson(topic, title="备份与恢复", body=[{"type": "text", "id": "t", "value": "<p>县里的数据库每天备份<b>一次</b>。</p>"}])
    other = make_topic("leaders-08", "leaders", title="指法", summary="能盲打。")
    return topic, lesson, other


@pytest.mark.parametrize("query", ["电子", "信息安全", "电子政务信息安全", "等级保护", "等级", "  电子  "])
def test_topic_is_found_by_a_word_inside_or_an_alias(taught, query: str) -> None:
    assert [hit.topic_key for hit in search(query) if hit.topic_key] == ["leaders-05"]


def test_lesson_is_found_by_its_text_with_the_word_marked(taught) -> None:
    hits = search("数据库")
    assert [hit.lesson_pk for hit in hits] == [taught[1].pk]
    assert "<mark>数据库</mark>" in hits[0].extract


@pytest.mark.parametrize("query", ["", "  ", "？！", "渔业", "电子 渔业"])
def test_nothing_is_found_by_nothing_or_a_foreign_word(taught, query: str) -> None:
    assert search(query) == []


def test_extract_of_a_text_with_markup_is_escaped(full_text) -> None:
    topic = make_topic("leaders-01", "leaders", title="脚本 <script>", summary="说明 <b>脚本</b>")
    hit = search("脚本")[0]
    assert topic.key == hit.topic_key
    assert "<script>" not in hit.title
    assert "<b>" not in hit.extract


def test_page_shows_hits_and_suggests_topics_when_empty(client, county, taught) -> None:
    client.force_login(county.learner)
    assert reverse("topic", args=["leaders-05"]) in client.get(reverse("search"), {"q": "电子"}).content.decode()
    empty = client.get(reverse("search"), {"q": "渔业"}).content.decode()
    assert reverse("topic", args=["leaders-08"]) in empty


def test_page_asks_for_sign_in(client, db) -> None:
    assert client.get(reverse("search")).status_code == 302


def test_unpublished_lesson_is_not_found(taught) -> None:
    taught[1].unpublish()
    assert search("数据库") == []
