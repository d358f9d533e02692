"""A certificate's file: one A4 sheet across, laid out by xhtml2pdf from frozen facts. The same facts give the same bytes.

No address is fetched and no file is read while it is laid out: pictures travel as data URIs, fonts are registered beforehand
(`lms.exchange.typefaces`), and the resource policy refuses everything else.
"""

import base64
import io
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, ByteStringObject, NameObject, StreamObject
from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas
from xhtml2pdf import pisa

from exams.certificates.seals import sample_seal
from lms.exchange import typefaces
from lms.exchange.printing import NOTHING_FROM_OUTSIDE, NotDrawn, readable

A4_ACROSS = (841.89, 595.28)  # points
COBALT = (0x1C / 255, 0x3F / 255, 0x8F / 255)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands on one certificate. ``facts`` as frozen at issue: see `exams.certificates.actions.facts_of`; ``address`` is where it is checked."""

    facts: dict[str, Any]
    number: str
    code: str
    valid_from: date
    valid_until: date | None
    address: str


def day_in_words(day: date) -> str:
    """Return a day as printed on a certificate."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _set(text: str, *, bold: bool = False, underline: bool = False) -> SafeString:
    """Mark up a text with the typeface of each run; variable parts are bold on a thin line."""
    pieces = typefaces.runs(text, bold=bold)
    style = "text-decoration: underline" if underline else ""
    return format_html_join("", '<span style="font-family: {}; {}">{}</span>', ((name, style, piece) for name, piece in pieces))


def _statement(sheet: Sheet) -> SafeString:
    facts = sheet.facts
    where = f"（工号 {facts['staff_number']}，{facts['unit']}）" if facts.get("unit") else f"（工号 {facts['staff_number']}）"
    parts = [_set(f" {facts['name']} ", bold=True, underline=True), _set(where)]
    if facts.get("sitting"):
        held = day_in_words(date.fromisoformat(facts["held_on"]))
        parts += [
            _set(f"于 {held}参加"),
            _set(f" {facts['sitting']} ", bold=True, underline=True),
            _set("，成绩"),
            _set(f" {facts['score']} ", bold=True, underline=True),
            _set("分，"),
        ]
    return format_html_join("", "{}", ((part,) for part in [*parts, _set(facts["statement"])]))


def _picture(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()


def _qr(address: str) -> bytes:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="png", scale=6, border=1)
    return out.getvalue()


@cache
def _frame() -> PageObject:
    """The double frame of the design, drawn once: 6 and 1.5 points of cobalt with a gap of 7."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4_ACROSS, invariant=1)
    canvas.setStrokeColorRGB(*COBALT)
    for inset, width in ((34, 6), (45, 1.5)):
        canvas.setLineWidth(width)
        canvas.rect(inset, inset, A4_ACROSS[0] - 2 * inset, A4_ACROSS[1] - 2 * inset)
    canvas.save()
    return PdfReader(out).pages[0]


def draw(sheet: Sheet) -> bytes:
    """Return the PDF of one certificate. Raises ValueError for a character no typeface draws, NotDrawn for a layout error."""
    for name in typefaces.FILES:
        typefaces.typeface(name)
    facts, title = sheet.facts, sheet.facts["type"]
    bodies = facts["issuer"].split() or [""]  # two bodies that issue together stand on two lines
    until = sheet.valid_until.isoformat() if sheet.valid_until else "长期"
    context = {
        "facts": facts, "title": _set(title, bold=True), "title_size": 40 if len(title) <= 10 else 30, "title_gap": 12 if len(title) <= 6 else 4,
        "says": _statement(sheet), "says_en": _english(sheet), "qr": _picture(_qr(sheet.address)), "seal": _picture(sample_seal(bodies[0])),
        "number_line": _set(f"编号 No. {sheet.number}"), "valid_line": _set(f"有效期 Valid {sheet.valid_from.isoformat()} 至 {until}"),
        "code_line": _set(f"查验码 Code {sheet.code}"), "bodies": [_set(body) for body in bodies],
        "date_line": _set(day_in_words(sheet.valid_from)),
    }  # fmt: skip
    html = render_to_string("exams/certificates/certificate.pdf.html", context)
    drawn = io.BytesIO()
    before, rl_config.invariant = rl_config.invariant, 1
    try:
        status = pisa.CreatePDF(html, dest=drawn, encoding="utf-8", resource_policy=NOTHING_FROM_OUTSIDE)
    finally:
        rl_config.invariant = before
    if status.err:
        raise NotDrawn(sheet.number)
    return _finished(drawn, sheet)


def _english(sheet: Sheet) -> SafeString:
    facts = sheet.facts
    return format_html(
        "{}", _set(f"This certifies that the holder, staff number {facts['staff_number']}, {facts['statement_en']} Issued by {facts['issuer_en']}.")
    )


def _finished(drawn: io.BytesIO, sheet: Sheet) -> bytes:
    """Put the frame under the sheet, name the file inside, and leave out what differs from run to run."""
    writer = PdfWriter(clone_from=PdfReader(drawn))
    page = writer.pages[0]
    page.merge_page(_frame(), over=False)
    fonts = page["/Resources"]["/Font"]  # type: ignore[index]
    unused = []
    for name in list(fonts):
        described = fonts[name].get_object()
        if "/ToUnicode" in described:
            readable(described["/ToUnicode"].get_object())
        else:
            unused.append(name.encode())  # Helvetica, which reportlab names on every page and nothing here draws with
            del fonts[name]
    content = page.get_contents()
    if content is not None and unused:
        text = StreamObject()
        text.set_data(re.sub(rb"(?:" + b"|".join(map(re.escape, unused)) + rb") [\d.]+ Tf", b"", content.get_data()))
        page[NameObject("/Contents")] = writer._add_object(text)
    writer.metadata = {"/Title": f"{sheet.facts['type']} {sheet.number}", "/Author": sheet.facts["issuer"], "/Creator": "Chizheng"}
    writer.compress_identical_objects(remove_duplicates=True, remove_unreferenced=True)
    for piece in writer.pages:
        piece.compress_content_streams()
    digest = sheet.number.encode()[:16].ljust(16, b"-")
    writer._ID = ArrayObject([ByteStringObject(digest), ByteStringObject(digest)])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
