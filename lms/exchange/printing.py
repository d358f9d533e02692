"""Pages of HTML as a PDF file with every font inside. Nothing is fetched and no file is read: pictures travel as data URIs.

What the layout engine (xhtml2pdf) needs to be told: a text of Chinese wraps only under ``-pdf-word-wrap: CJK`` (then ``<br>`` is lost: one ``<p>``
a line), and a glyph that a typeface lacks prints as a box without an error. So every text is set here in typefaces that have its characters.
"""

import io
import re
from itertools import groupby
from operator import itemgetter

from django.utils.html import format_html
from pypdf import PdfReader, PdfWriter
from pypdf.generic import StreamObject
from reportlab import rl_config
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy

from lms.exchange import typefaces

NOTHING_FROM_OUTSIDE = ResourceAccessPolicy.server(None, allow_remote=False)
MAIN = (typefaces.REGULAR, typefaces.BOLD)
WIDE_SPACE = "&nbsp;" * 4  # an ideographic space: the engine takes it for one that may be dropped
MARKUP = re.compile(r"(<style.*?</style>|<[^>]*>|&[#\w]+;)", re.DOTALL)


class NotDrawn(Exception):
    """The layout engine reported an error; nothing was written."""


class NoGlyphs(ValueError):
    """Characters that no typeface draws; ``characters`` names each once."""

    def __init__(self, characters: str) -> None:
        super().__init__(" ".join(f"U+{ord(c):04X}" for c in characters))
        self.characters = characters


def pdf(html: str, *, title: str) -> bytes:
    """Lay out a document: the same HTML gives the same bytes. Its styles name ``zs-regular`` and ``zs-bold``; other characters are set by themselves.

    Raises NoGlyphs for a character no typeface draws, NotDrawn for an error of layout.
    """
    for name in typefaces.FILES:
        typefaces.typeface(name)
    drawn = io.BytesIO()
    before, rl_config.invariant = rl_config.invariant, 1
    try:
        status = pisa.CreatePDF(typeset(html), dest=drawn, encoding="utf-8", resource_policy=NOTHING_FROM_OUTSIDE)
    finally:
        rl_config.invariant = before
    if status.err:
        raise NotDrawn(title)
    writer = PdfWriter(clone_from=PdfReader(drawn))
    for page in writer.pages:
        for font in page["/Resources"].get("/Font", {}).values():  # type: ignore[attr-defined]
            described = font.get_object()
            if "/ToUnicode" in described:
                readable(described["/ToUnicode"].get_object())
    writer.metadata = {"/Title": title, "/Creator": "Chizheng"}
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def typeset(html: str) -> str:
    """Wrap characters that one of the two main typefaces lacks in the first typeface that has them. Raises NoGlyphs."""
    pieces = MARKUP.split(html)
    lacking = typefaces.missing("".join(pieces[::2]))
    if lacking:
        raise NoGlyphs(lacking)
    return "".join(piece if n % 2 else _set(piece) for n, piece in enumerate(pieces))


def _set(text: str) -> str:
    pieces = (("" if all(typefaces.has(name, c) for name in MAIN) else typefaces.face_for(c), c) for c in text)
    runs = [(name, "".join(c for _name, c in group)) for name, group in groupby(pieces, key=itemgetter(0))]
    set_ = "".join(format_html('<span style="font-family: {}">{}</span>', name, run) if name else run for name, run in runs)
    return set_.replace("\u3000", WIDE_SPACE)


def readable(stream: StreamObject) -> None:
    """Write characters beyond U+FFFF as surrogate pairs in a font's character map: reportlab writes five digits, which readers misread."""

    def pair(found: re.Match[bytes]) -> bytes:
        return b"<" + found[1] + b"> <" + chr(int(found[2], 16)).encode("utf-16-be").hex().upper().encode() + b">"

    stream.set_data(re.sub(rb"<([0-9A-F]{2})> <([0-9A-F]{5,6})>", pair, stream.get_data()))
