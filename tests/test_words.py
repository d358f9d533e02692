"""Every word on a screen stands in Chinese and in English."""

import re

import pytest
from django.conf import settings

from lms.web import catalogues

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Chinese in templates that is meant to be Chinese in both languages: the other language's name, pages that stand without the
# program (both languages side by side), official forms that exist in Chinese only.
MEANT = {
    "lms/templates/lms/base.html",
    "lms/templates/400.html",
    "lms/templates/404.html",
    "lms/templates/500.html",
    "lms/templates/503.html",
    "lms/templates/lms/notices/announcement.html",
    "exams/templates/exams/assessment/sheet.html",
}


def test_every_message_has_chinese() -> None:
    assert catalogues.missing() == []


@pytest.mark.parametrize("app", catalogues.APPS)
def test_catalogue_is_in_step_and_placeholders_agree(app: str) -> None:
    import polib

    catalogue = polib.pofile(str(catalogues.path_of(app)))
    assert {(e.msgctxt, e.msgid) for e in catalogue} == set(catalogues.messages(app))
    for entry in catalogue:
        said = entry.msgid_plural or entry.msgid  # Chinese has one form, and it is the plural's
        for form in [entry.msgstr, *entry.msgstr_plural.values()]:
            if form:
                assert sorted(re.findall(r"%\(\w+\)[sd]|\{\w*\}", form)) == sorted(re.findall(r"%\(\w+\)[sd]|\{\w*\}", said)), entry.msgid


@pytest.mark.parametrize("app", catalogues.APPS)
def test_templates_hold_no_untranslatable_chinese(app: str) -> None:
    root = settings.BASE_DIR / app / "templates"
    found = []
    for path in sorted(root.rglob("*.html")) if root.exists() else []:
        text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        name = str(path.relative_to(settings.BASE_DIR))
        if name not in MEANT and CHINESE.search(text):
            found.append(name)
    assert found == []


def test_messages_are_english_in_the_code() -> None:
    found = [(app, msgid) for app in catalogues.APPS for _context, msgid in catalogues.messages(app) if len(CHINESE.findall(msgid)) > 8]
    assert found == []


def test_one_message_means_the_same_in_every_room() -> None:
    """Django merges the apps' catalogues: the same English with two translations would show one of them everywhere."""
    import polib

    meanings: dict[tuple[str | None, str], set[str]] = {}
    for app in catalogues.APPS:
        for entry in polib.pofile(str(catalogues.path_of(app))):
            meanings.setdefault((entry.msgctxt, entry.msgid), set()).add(entry.msgstr)
    assert {key: texts for key, texts in meanings.items() if len(texts) > 1} == {}
