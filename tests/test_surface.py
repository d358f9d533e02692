"""What holds for every template, style sheet and script we ship: no other host, nothing inline, nothing an old engine stumbles over."""

import gzip
import re

import pytest
from django.conf import settings

APPS = ("lms", "content", "courses", "exams")
TEMPLATES = sorted(p for app in APPS for p in (settings.BASE_DIR / app / "templates").rglob("*.html"))
STATIC = sorted(p for app in APPS for p in (settings.BASE_DIR / app / "static").rglob("*") if p.suffix in {".css", ".js"})
# Rendered by the PDF engine, never sent to a browser: styles stand inline there.
PAPER = {p for p in TEMPLATES if p.name.endswith(".pdf.html")}


def name(path: object) -> str:
    return str(path).removeprefix(f"{settings.BASE_DIR}/")


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_names_no_other_host(path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [m for m in re.findall(r"""(?:src|href|action|url\()=?["']?(https?:)?//[^"' )]+""", text) if m] == []


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p not in PAPER], ids=name)
def test_template_has_nothing_inline(path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:", text) == []
    scripts = re.findall(r"<script([^>]*)>", text)
    assert [s for s in scripts if "src=" not in s and "application/json" not in s] == []


@pytest.mark.parametrize("path", [p for p in STATIC if p.suffix == ".css"], ids=name)
def test_style_sheet_suits_old_engines(path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r":has\(|:is\(|:where\(|@layer|@container|color-mix|[^-\w]inset\s*:|@import|url\(\s*['\"]?https?:", text) == []
    flexed = [block for block in re.findall(r"\{[^{}]*\}", text) if "display:flex" in block.replace(" ", "") and re.search(r"[^-\w]gap\s*:", block)]
    assert flexed == []


BUDGETS = {"lms/static/lms/site.css": 8, "lms/static/lms/hr.css": 2, "exams/static/exams/exam.js": 6}


@pytest.mark.parametrize(("path", "kilobytes"), BUDGETS.items())
def test_file_keeps_its_budget(path: str, kilobytes: int) -> None:
    size = len(gzip.compress((settings.BASE_DIR / path).read_bytes(), 9))
    assert size <= kilobytes * 1024, f"{path} weighs {size} bytes compressed"
