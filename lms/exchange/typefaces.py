"""Which characters a printed file can show, and in which typeface: asked before it is made, because a missing glyph prints ■ without an error."""

from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from xhtml2pdf.default import DEFAULT_FONT

FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD, SYMBOLS, RARE_A, RARE_B = "zs-regular", "zs-bold", "zs-symbols", "zs-rare-a", "zs-rare-b"
FILES = {REGULAR: "NotoSerifSC-Regular.ttf", BOLD: "NotoSerifSC-Bold.ttf", SYMBOLS: "Symbols.ttf", RARE_A: "RareA.ttf", RARE_B: "RareB.ttf"}


@cache
def typeface(name: str) -> TTFont:
    """Read a font once per process (the large one takes about a second) and make it known to reportlab and to xhtml2pdf by its name."""
    font = TTFont(name, str(FONTS / FILES[name]))
    pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(name, normal=name, bold=name, italic=name, boldItalic=name)
    DEFAULT_FONT[name] = name
    return font


def has(name: str, character: str) -> bool:
    """Return whether a typeface draws the character."""
    return ord(character) in typeface(name).face.charToGlyph


def face_for(character: str, *, bold: bool = False) -> str | None:
    """Return the first typeface that can draw the character: the wished weight, Regular, symbols, then the two for rare characters; None for none."""
    order = (*((BOLD,) if bold else ()), REGULAR, SYMBOLS, RARE_A, RARE_B)
    return next((name for name in order if has(name, character)), None)


def missing(text: str) -> str:
    """Return the characters of ``text`` that no typeface can draw, each once, in order; '' when all can be."""
    return "".join(dict.fromkeys(c for c in text if not c.isspace() and face_for(c) is None))


def runs(text: str, *, bold: bool = False) -> list[tuple[str, str]]:
    """Split ``text`` into ``(typeface, piece)`` runs; raises ValueError for a character that `missing` would name."""
    pieces: list[tuple[str, str]] = []
    for character in text:
        name = face_for(character, bold=bold) or (REGULAR if character.isspace() else None)
        if name is None:
            raise ValueError(f"No typeface draws U+{ord(character):04X}.")
        if pieces and pieces[-1][0] == name:
            pieces[-1] = (name, pieces[-1][1] + character)
        else:
            pieces.append((name, character))
    return pieces
