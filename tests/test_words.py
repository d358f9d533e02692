"""Every word on a screen stands in Chinese and in English."""

import re

import pytest
from django.conf import settings

from lms.web import catalogues

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Chinese in templates that is meant to be Chinese in both languages: the other language's name, the sample seal.
MEANT = {"lms/templates/lms/base.html"}


def test_every_message_has_chinese() -> None:
    assert catalogues.missing() == []


@pytest.mark.parametrize("app", catalogues.APPS)
def test_catalogue_is_in_step_and_placeholders_agree(app: str) -> None:
    import polib

    catalogue = polib.pofile(str(catalogues.path_of(app)))
    assert {(e.msgctxt, e.msgid) for e in catalogue} == set(catalogues.messages(app))
    for entry in catalogue:
        for form in [entry.msgstr, *entry.msgstr_plural.values()]:
            if form:
                assert sorted(re.findall(r"%\(\w+\)[sd]|\{\w*\}", form)) == sorted(re.findall(r"%\(\w+\)[sd]|\{\w*\}", entry.msgid)), entry.msgid


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
