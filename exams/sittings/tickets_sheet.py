"""Entry tickets on paper: A6 each, four to an A4 sheet with lines to cut along, or one to a sheet at twice the size."""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import segno
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from lms.exchange import typefaces

A6 = (A4[0] / 2, A4[1] / 2)  # points
EDGE = 20
HANGING = "，。、；：！？）》”"  # never the first of a line: it hangs over the edge instead
UNKNOWN = "〓"  # the printer's mark for a character no typeface has: a ticket is printed all the same
Colour = tuple[float, float, float]
COBALT = (0x1C / 255, 0x3F / 255, 0x8F / 255)
INK, GREY = (0.09, 0.13, 0.18), (0.36, 0.42, 0.47)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What stands on one ticket, in words ready to print. ``lines`` are pairs of label and value from the number to the seat."""

    title: str
    sitting: str
    held_by: str
    number: str
    lines: Sequence[tuple[str, str]]
    photo: str
    code_label: str
    code: str
    address: str
    rules: Sequence[str]


def tickets_pdf(cards: Iterable[Card], *, to_a_page: int = 4, title: str = "") -> bytes:
    """Return the tickets as one PDF, in the order given: top left, top right, below left, below right."""
    for name in typefaces.FILES:
        typefaces.typeface(name)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1)
    canvas.setTitle(title)
    canvas.setCreator("Chizheng")
    for n, card in enumerate(cards):
        at = n % to_a_page
        if n and at == 0:
            canvas.showPage()
        canvas.saveState()
        if to_a_page == 1:
            canvas.scale(2, 2)
        else:
            _cutting_lines(canvas) if at == 0 else None
            canvas.translate((at % 2) * A6[0], A6[1] if at < 2 else 0)
        _card(canvas, card)
        canvas.restoreState()
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _cutting_lines(canvas: Canvas) -> None:
    canvas.setDash(3, 3)
    canvas.setStrokeColorRGB(*GREY)
    canvas.setLineWidth(0.4)
    canvas.line(A6[0], 0, A6[0], A4[1])
    canvas.line(0, A6[1], A4[0], A6[1])
    canvas.setDash()


def _card(canvas: Canvas, card: Card) -> None:
    width = A6[0] - 2 * EDGE
    y = A6[1] - 38
    _write(canvas, A6[0] / 2, y, card.title, 20, bold=True, colour=COBALT, middle=True, width=width)
    y -= 6
    for piece in _wrapped(card.sitting, 11, width)[:2]:
        y -= 15
        _write(canvas, A6[0] / 2, y, piece, 11, bold=True, middle=True, width=width)
    _write(canvas, A6[0] / 2, y - 13, card.held_by, 8, colour=GREY, middle=True, width=width)
    y -= 20
    canvas.setStrokeColorRGB(*COBALT)
    for gap, weight in ((0, 1.8), (2.6, 0.5)):
        canvas.setLineWidth(weight)
        canvas.line(EDGE, y - gap, A6[0] - EDGE, y - gap)
    top = y - 14
    _photo(canvas, card.photo, A6[0] - EDGE - 71, top - 92)
    y = top - 4
    for label, value in card.lines:
        room = width - 44 - (78 if y > top - 102 else 0)
        _write(canvas, EDGE, y, label, 7.5, colour=GREY, width=42)
        for piece in _wrapped(value, 9.5, room)[:2]:
            _write(canvas, EDGE + 44, y, piece, 9.5, bold=label == card.lines[0][0], width=room)
            y -= 13
        y -= 3
    _entry(canvas, card, min(y, top - 104) - 4)


def _photo(canvas: Canvas, word: str, x: float, y: float) -> None:
    """The space for a photograph of one inch: 25 by 35 mm."""
    canvas.setLineWidth(0.5)
    canvas.setStrokeColorRGB(*GREY)
    canvas.rect(x, y, 71, 99)
    _write(canvas, x + 35.5, y + 46, word, 8, colour=GREY, middle=True, width=66)


def _entry(canvas: Canvas, card: Card, y: float) -> None:
    """The code in its frame with the QR of the number, and the rules below."""
    width, height = A6[0] - 2 * EDGE, 62
    canvas.setLineWidth(1)
    canvas.setStrokeColorRGB(*COBALT)
    canvas.rect(EDGE, y - height, width, height)
    _write(canvas, EDGE + 8, y - 13, card.code_label, 7.5, colour=GREY, width=width - 76)
    _write(canvas, EDGE + 8, y - 36, card.code, 19, bold=True, width=width - 76)
    _write(canvas, EDGE + 8, y - 53, card.address, 7.5, colour=INK, width=width - 76)
    _qr(canvas, card.number, A6[0] - EDGE - 60, y - height + 3, 56)
    y -= height + 12
    for n, rule in enumerate(card.rules, start=1):
        for m, piece in enumerate(_wrapped(rule, 7.5, width - 11)):
            if y < 12:
                return
            if m == 0:
                _write(canvas, EDGE, y, f"{n}.", 7.5, colour=GREY, width=11)
            _write(canvas, EDGE + 11, y, piece, 7.5, width=width - 11)
            y -= 11


def _qr(canvas: Canvas, text: str, x: float, y: float, size: float) -> None:
    """Draw a QR symbol in bars: sharp at any size, and a few hundred bytes."""
    rows = [bytes(row) for row in segno.make(text, error="m", micro=False, mask=3).matrix]  # a mask of its own choice costs most of the time
    step = size / (len(rows) + 2)
    path = canvas.beginPath()
    for i, row in enumerate(rows):
        for bar in re.finditer(b"\x01+", row):
            path.rect(x + (bar.start() + 1) * step, y + size - (i + 2) * step, len(bar[0]) * step, step)
    canvas.setFillColorRGB(0, 0, 0)
    canvas.drawPath(path, stroke=0, fill=1)


def drawable(text: str) -> str:
    """Return ``text`` with `UNKNOWN` for each character no typeface has."""
    return "".join(c if c.isspace() or typefaces.face_for(c) else UNKNOWN for c in text)


@lru_cache(maxsize=4096)
def _advance(character: str, bold: bool) -> float:
    """How wide a character is at one point."""
    ((name, _piece),) = typefaces.runs(character, bold=bold)
    return float(pdfmetrics.stringWidth(character, name, 1))


def _width(text: str, size: float, bold: bool = False) -> float:
    return size * sum(_advance(character, bold) for character in text)


@lru_cache(maxsize=512)
def _wrapped(text: str, size: float, width: float) -> tuple[str, ...]:
    """Break a text into lines that fit, anywhere between two characters, as Chinese is set; Latin words stay whole where a space allows."""
    lines, line, used = [], "", 0.0
    for character in drawable(text):
        used += size * _advance(character, False)
        if line and used > width and character not in HANGING:
            cut = line.rfind(" ") + 1 if character.isascii() and character.isalnum() and line[-1].isascii() and line[-1].isalnum() else 0
            lines.append((line[:cut] or line).rstrip())
            line = line[cut:] if cut else ""
            used = _width(line + character, size)
        line += character
    return (*lines, line.strip()) if line.strip() else tuple(lines)


def _write(
    canvas: Canvas, x: float, y: float, text: str, size: float, *, width: float, bold: bool = False, colour: Colour = INK, middle: bool = False
) -> None:
    """Write one line, smaller if it would not fit; ``middle``: around x."""
    text = drawable(text)
    if not text:
        return
    while size > 5 and _width(text, size, bold) > width:
        size -= 0.5
    x -= _width(text, size, bold) / 2 if middle else 0
    canvas.setFillColorRGB(*colour)
    for name, piece in typefaces.runs(text, bold=bold):
        canvas.setFont(name, size)
        canvas.drawString(x, y, piece)
        x += _width(piece, size, bold)
