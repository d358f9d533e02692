"""Pages as PDF: every character readable, nothing fetched, the same bytes for the same page."""

import io
import subprocess

import pypdf
import pytest

from lms.exchange.printing import NoGlyphs, pdf, typeset

PAGE = "<html><head><style>@page {{ size: a4 portrait; margin: 20mm; }} p {{ font-family: {} }}</style></head><body><p>{}</p></body></html>"


def text_of(data: bytes) -> str:
    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()


@pytest.mark.parametrize("face", ["zs-regular", "zs-bold"])
def test_every_character_is_set_in_a_typeface_that_has_it(face) -> None:
    said = "王䶮㛃𬭎：→≥℃①Ωα，A &amp; B"
    data = pdf(PAGE.format(face, said), title="试卷")
    assert said.replace("&amp;", "&") in text_of(data)
    assert pypdf.PdfReader(io.BytesIO(data)).metadata.title == "试卷"
    assert data == pdf(PAGE.format(face, said), title="试卷")


def test_a_character_nobody_draws_is_named() -> None:
    with pytest.raises(NoGlyphs) as caught:
        pdf(PAGE.format("zs-regular", "好\U0001f600坏\U0001f600"), title="试卷")
    assert caught.value.characters == "\U0001f600"


def test_styles_and_markup_stay_as_they_are() -> None:
    assert typeset('<style>p { content: "→" }</style><p title="→">好&nbsp;→</p>') == (
        '<style>p { content: "→" }</style><p title="→">好&nbsp;<span style="font-family: zs-symbols">→</span></p>'
    )
