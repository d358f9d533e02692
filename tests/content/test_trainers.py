"""Trainers in the Wagtail admin: what they may open, in their language, with nothing from outside."""

import re

import polib
import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import Page

from content.library.ground import TRAINERS, ensure_trainers
from content.models import CurriculumPage
from courses.progress.actions import open_lesson
from tests.conftest import NOW
from tests.factories.content import make_lesson, make_topic

APPS = ("admin", "", "images", "documents", "snippets", "users", "search")


@pytest.fixture
def lesson(county):
    lesson = make_lesson(make_topic())
    ensure_trainers(CurriculumPage.objects.get())
    county.trainer.groups.add(Group.objects.get(name=TRAINERS))
    return lesson


@pytest.mark.parametrize("app", APPS)
def test_no_string_of_the_admin_is_without_chinese(app: str) -> None:
    ours = {(e.msgctxt, e.msgid) for e in polib.pofile(settings.LOCALE_PATHS[0] / "zh_Hans" / "LC_MESSAGES" / "django.po") if e.translated()}
    wagtail = __import__("wagtail").__path__[0]
    theirs = {(e.msgctxt, e.msgid) for e in polib.pofile(f"{wagtail}/{app}/locale/zh_Hans/LC_MESSAGES/django.po") if e.translated()}
    asked = {(e.msgctxt, e.msgid) for e in polib.pofile(f"{wagtail}/{app}/locale/en/LC_MESSAGES/django.po")}
    assert asked - theirs - ours == set()


def test_placeholders_of_translations_exist_in_the_original() -> None:
    names = re.compile(r"%\((\w+)\)|\{(\w+)\}")
    for entry in polib.pofile(settings.LOCALE_PATHS[0] / "zh_Hans" / "LC_MESSAGES" / "django.po"):
        shown = entry.msgstr or entry.msgstr_plural.get(0, "")
        assert set(names.findall(shown)) <= set(names.findall(entry.msgid + entry.msgid_plural)), entry.msgid


def test_trainer_opens_editor_and_preview_and_learner_does_not(client, county, lesson) -> None:
    address = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    client.force_login(county.trainer)
    page = client.get(address)
    assert page.status_code == 200
    for outside in ("gravatar", "releases.wagtail", "guide.wagtail.org"):
        assert outside not in page.content.decode()
    client.force_login(county.learner)
    assert client.get(address).status_code == 302


def test_preview_shows_the_lesson_without_wagtails_bar(client, county, lesson) -> None:
    client.force_login(county.trainer)
    response = lesson.make_preview_request(preview_mode="")
    assert response.status_code == 200
    page = response.rendered_content if hasattr(response, "rendered_content") else response.content.decode()
    assert "一、收文" in page
    assert "userbar" not in page


def test_lesson_someone_has_opened_is_not_deleted(client, county, lesson) -> None:
    open_lesson(lesson, by=county.learner, at=NOW)
    county.trainer.is_superuser = True
    county.trainer.save()
    client.force_login(county.trainer)
    response = client.post(reverse("wagtailadmin_pages:delete", args=[lesson.get_parent().pk]))
    assert response.status_code == 302
    assert Page.objects.filter(pk=lesson.pk).exists()


def test_preview_may_be_framed_by_the_admin_and_the_lesson_may_not(client, county, lesson) -> None:
    preview = lesson.make_preview_request(preview_mode="")
    assert preview["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    client.force_login(county.learner)
    page = client.get(reverse("lesson", args=[lesson.pk]))
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


def test_dashboard_leads_nowhere_outside(client, county, lesson) -> None:
    client.force_login(county.trainer)
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert not re.findall(r'href="https?://(?!testserver|127\.0\.0\.1|localhost)[^"]+"', page)


def test_words_of_the_admins_scripts_are_complete(client, county, lesson) -> None:
    wagtail = __import__("wagtail").__path__[0]
    theirs = {e.msgid for e in polib.pofile(f"{wagtail}/admin/locale/zh_Hans/LC_MESSAGES/djangojs.po") if e.translated()}
    ours = {e.msgid for e in polib.pofile(settings.BASE_DIR / "content/locale/zh_Hans/LC_MESSAGES/djangojs.po") if e.translated()}
    assert {e.msgid for e in polib.pofile(f"{wagtail}/admin/locale/en/LC_MESSAGES/djangojs.po")} - theirs - ours == set()
    client.force_login(county.trainer)
    page = client.get("/cms/jsi18n/").content.decode()
    assert "django.catalog" in page
