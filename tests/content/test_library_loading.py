"""Loading: repeatable, keeps what a trainer changed, removes nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.contrib.staticfiles import finders
from wagtail.models import GroupPagePermission, Site

from content.curricula.models import TopicPage
from content.lessons.models import LessonPage
from content.library.ground import TRAINERS
from content.library.loading import load_library
from content.library.sources import ROOT, read_topic
from lms.audit.models import AuditRow
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic():
    return read_topic(ROOT / "civil-servants" / "01-overview", "civil-servants")


def load(*topics):
    return load_library(list(topics), by=None, at=NOW)


def test_first_load_makes_ground_pages_and_one_audit_line(topic) -> None:
    loaded = load(topic)
    assert loaded.added == ["civil-servants-01", "civil-servants-01/1", "civil-servants-01/2"]
    page = LessonPage.objects.get(key="civil-servants-01/1")
    assert page.live
    assert [block.block_type for block in page.body][-2:] == ["self_check", "self_check"]
    assert Site.objects.get(is_default_site=True).root_page.title == "云溪县电子政务培训大纲"
    permissions = GroupPagePermission.objects.filter(group=Group.objects.get(name=TRAINERS)).values_list("permission__codename", flat=True)
    assert {"add_page", "change_page", "publish_page"} <= set(permissions)
    assert AuditRow.objects.filter(verb="library:load").count() == 1


def test_second_load_changes_nothing(topic) -> None:
    load(topic)
    before = list(LessonPage.objects.values_list("pk", "last_published_at", "library_digest"))
    loaded = load(topic)
    assert (loaded.added, loaded.updated, loaded.kept, len(loaded.unchanged)) == ([], [], [], 3)
    assert list(LessonPage.objects.values_list("pk", "last_published_at", "library_digest")) == before
    assert AuditRow.objects.filter(verb="library:load").count() == 1


def test_newer_library_updates_pages_nobody_touched(topic) -> None:
    load(topic)
    newer = replace(topic, lessons=(replace(topic.lessons[0], title="新标题"), topic.lessons[1]))
    assert load(newer).updated == ["civil-servants-01/1"]
    assert LessonPage.objects.get(key="civil-servants-01/1").title == "新标题"


@pytest.mark.parametrize("published", [True, False])
def test_trainers_change_is_kept_even_as_a_draft(topic, published: bool) -> None:
    load(topic)
    page = LessonPage.objects.get(key="civil-servants-01/1")
    page.minutes = 25
    revision = page.save_revision()
    if published:
        revision.publish()
    newer = replace(topic, lessons=(replace(topic.lessons[0], title="新标题"), topic.lessons[1]))
    assert load(newer).kept == ["civil-servants-01/1"]
    page = LessonPage.objects.get(key="civil-servants-01/1")
    assert page.get_latest_revision_as_object().minutes == 25
    assert page.title == topic.lessons[0].title


def test_saving_in_the_editor_without_a_change_does_not_count_as_one(topic) -> None:
    load(topic)
    page = LessonPage.objects.get(key="civil-servants-01/1")
    raw = json.loads(json.dumps(page.body.get_prep_value()).replace("<p>", '<p data-block-key=\\"abc12\\">'))
    page.body = json.dumps(raw)
    page.save_revision().publish()
    assert load(topic).unchanged == ["civil-servants-01", "civil-servants-01/1", "civil-servants-01/2"]


def test_nothing_is_removed(topic) -> None:
    load(topic)
    load(replace(topic, lessons=topic.lessons[:1]))
    assert TopicPage.objects.get().get_children().count() == 2


def test_drawings_are_found_and_answers_are_not() -> None:
    assert Path(finders.find("library/civil-servants/01-overview/figure-1.svg")).is_file()
    for name in ("questions.toml", "lesson-1.md", "../../library/sources.py"):
        assert finders.find(f"library/civil-servants/01-overview/{name}") is None
    listed = [path for finder in finders.get_finders() for path, _storage in finder.list([]) if "library" in str(path) or str(path).endswith(".toml")]
    assert not [path for path in listed if not path.endswith(".svg")]
