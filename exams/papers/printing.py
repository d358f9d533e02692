"""Papers, answer sheets and keys as PDF: A4, ready for the copier. Laid out by `lms.exchange.printing`; kinds bring their own markup."""

import io
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pypdf import PageObject, PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from exams.bank.kinds.screens import screen_of
from exams.bank.models import QuestionVersion
from exams.bank.rendering import question_view
from exams.papers.drawing import Paper, Section
from exams.papers.numerals import numeral
from exams.papers.rendering import heading_of, note_of, paper_shown
from lms.exchange import typefaces
from lms.exchange.printing import pdf

PAPER, SHEET, KEY = "paper", "sheet", "key"
PRINTS = (PAPER, SHEET, KEY)
GROUP, ACROSS = 5, 4  # questions in a block of the answer sheet, blocks side by side: one less for more than NARROW options
NARROW = 4
MM = 72 / 25.4
WIDE = 2  # up to so many blanks get long lines
RULED = '<p class="write">' + "_" * 88 + "</p>"
WRITE = re.compile(r'<div class="lines l(\d{1,2})"></div>')
PRE = re.compile(r'(<p class="[^"]*\bpre\b[^"]*">)([^<]*)')
BREAK = re.compile(r"<br ?/?>\n?")
SEAL_AT, FIELDS_AT = 17 * MM, 9 * MM  # the sealing line and the fields left of it, from the left edge


def plain(points: Decimal) -> str:
    """2.0 as 2, 2.5 as 2.5."""
    return f"{points.normalize():f}" if points else "0"


def printed(paper: Paper, what: str, *, title: str, letter: str = "") -> bytes:
    """One paper as PDF: the paper itself, its answer sheet, or its key. Raises `lms.exchange.printing.NoGlyphs`, `NotDrawn`."""
    common = {
        "title": title, "letter": letter, "count": len(paper.slots), "points": plain(paper.points), "language": get_language(),
        "sections": [_head(n, section) for n, section in enumerate(paper.sections, 1)],
    }  # fmt: skip
    name = _("%(title)s %(letter)s") % {"title": title, "letter": letter}
    if what == KEY:
        return pdf(render_to_string("exams/papers/key.pdf.html", common | {"parts": _keyed(paper)}), title=name.strip())
    if what == SHEET:
        return pdf(render_to_string("exams/papers/sheet.pdf.html", common | {"parts": _sheet(paper), "ruled": "_" * 92}), title=name.strip())
    return _sealed(pdf(render_to_string("exams/papers/paper.pdf.html", common | {"parts": _asked(paper)}), title=name.strip()))


def together(files: Sequence[bytes]) -> bytes:
    """Several files as one; each starts on a right-hand page, so that both-sided printing keeps them apart."""
    writer = PdfWriter()
    for data in files:
        reader = PdfReader(io.BytesIO(data))
        for page in reader.pages:
            writer.add_page(page)
        if len(files) > 1 and len(reader.pages) % 2:
            writer.add_blank_page(*A4)
    writer.metadata = {"/Creator": "Chizheng"}
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _head(n: int, section: Section) -> dict[str, Any]:
    each = {slot.points for slot in section.slots}
    return {
        "numeral": numeral(n), "bare": numeral(n).rstrip("、."), "label": heading_of(section), "note": note_of(section), "count": len(section.slots),
        "points": plain(section.points), "each": plain(each.pop()) if len(each) == 1 else "",
    }  # fmt: skip


def _views(paper: Paper) -> dict[int, dict[str, Any]]:
    """Every question as its kind's templates take it, by number; no key is read (one query)."""
    versions = QuestionVersion.objects.defer("answer", "explanation", "cites").in_bulk([slot.version for slot in paper.slots.values()])
    kinds = paper.kinds
    return {n: question_view(screen_of(kinds[n]), versions[slot.version].face, slot.shape, n=n) for n, slot in paper.slots.items()}


def _asked(paper: Paper) -> list[dict[str, Any]]:
    views = _views(paper)
    parts = []
    for n, section in enumerate(paper.sections, 1):
        questions = [
            {
                "n": slot.n, "lines": views[slot.n]["stem"].split("\n"), "points": plain(slot.points),
                "body": plain_markup(render_to_string(views[slot.n]["print_template"], {"q": views[slot.n]})),
            }
            for slot in section.slots
        ]  # fmt: skip
        parts.append(_head(n, section) | {"questions": questions})
    return parts


def plain_markup(html: str) -> SafeString:
    """A kind's markup for paper as the layout engine takes it: a line is a paragraph, and empty lines to write on are drawn."""
    lined = WRITE.sub(lambda found: RULED * int(found[1]), html)
    pre = PRE.sub(lambda found: found[1] + found[2].replace("\n", "</p>" + found[1]), lined)
    return mark_safe(BREAK.sub("</p><p>", pre))  # noqa: S308  (rendered and escaped by the kind's own template)


def _sheet(paper: Paper) -> list[dict[str, Any]]:
    """Parts of the answer sheet: runs of questions with options in blocks of five, others with lines of their own."""
    views = _views(paper)
    parts = []
    for n, section in enumerate(paper.sections, 1):
        ticked = [entry for slot in section.slots if views[slot.n].get("options") for entry in _entries(views[slot.n], str(slot.n))]
        blocks = [ticked[i : i + GROUP] for i in range(0, len(ticked), GROUP)]
        across = ACROSS if max((len(entry["letters"]) for entry in ticked), default=0) <= NARROW else ACROSS - 1
        rows = [blocks[i : i + across] for i in range(0, len(blocks), across)]
        lined = [entry for slot in section.slots if not views[slot.n].get("options") for entry in _entries(views[slot.n], str(slot.n))]
        parts.append(_head(n, section) | {"rows": [row + [[]] * (across - len(row)) for row in rows], "width": 100 // across, "lined": lined})
    return parts


def _entries(view: dict[str, Any], n: str) -> list[dict[str, Any]]:
    """What is filled in for a question: ``letters`` to tick, ``blanks`` for short texts, ``long`` lines; one entry a part."""
    if view.get("parts"):
        return [entry for place, part in enumerate(view["parts"], 1) for entry in _entries(part, f"{n}（{place}）")]
    entry: dict[str, Any] = {"n": n, "letters": [option["letter"] for option in view.get("options") or ()], "blanks": [], "long": []}
    short = len(view.get("blanks") or view.get("lefts") or view.get("places") or [p for p in view.get("pieces", ()) if p.get("gap")])
    if "asks_unit" in view:
        short = 1 + bool(view["asks_unit"])
    entry["blanks"] = range(1, short + 1)
    entry["long"] = range(int(view.get("lines") or 0))
    entry["wide"] = "_" * (26 if short <= WIDE else 10)
    entry["elsewhere"] = not (entry["letters"] or short or entry["long"])
    return [entry | {"label": view["label"]}]


def _keyed(paper: Paper) -> list[dict[str, Any]]:
    parts = []
    for head, part in zip([_head(n, s) for n, s in enumerate(paper.sections, 1)], paper_shown(paper), strict=True):
        questions = [
            {
                "n": question["n"], "points": plain(question["points"]), "letters": question["shown"]["letters"], "key": question["shown"]["key"],
                "explanation": question["shown"]["wording"].explanation.split("\n"), "cites": question["shown"]["wording"].cites,
                "short": question["shown"]["letters"] if len(question["shown"]["letters"]) <= 6 else "",
            }
            for question in part["questions"]
        ]  # fmt: skip
        runs = [questions[i : i + 2 * GROUP] for i in range(0, len(questions), 2 * GROUP)] if all(q["short"] for q in questions) else []
        compact = [run + [{"n": "", "short": ""}] * (2 * GROUP - len(run)) for run in runs]
        parts.append(head | {"questions": questions, "compact": compact})
    return parts


def _sealed(data: bytes) -> bytes:
    """The same file with the sealing line 密封线 down the left edge of its first page."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.pages[0].merge_page(_edge(get_language() or ""))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@cache
def _edge(language: str) -> PageObject:
    """The left edge: fields for who writes, to be folded away, and the dotted line that says so. Drawn once a language."""
    typefaces.typeface(typefaces.REGULAR)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    _width, height = A4
    canvas.setFont(typefaces.REGULAR, 10.5)
    canvas.rotate(90)  # from here x runs up the page, y to the left
    fields = [_("Unit"), _("Full name"), _("Candidate number"), _("Seat")]
    step = (height - 60 * MM) / len(fields)
    for n, field in enumerate(fields):
        start = 30 * MM + n * step
        canvas.drawString(start, -FIELDS_AT, field)
        after = start + canvas.stringWidth(field) + 3
        canvas.line(after, -FIELDS_AT - 2, start + step - 6 * MM, -FIELDS_AT - 2)
    canvas.setDash(1, 3)
    canvas.line(12 * MM, -SEAL_AT, height - 12 * MM, -SEAL_AT)
    for n, word in enumerate(_("Do not|write|inside").split("|"), 1):
        middle = height * n / 4
        canvas.setFillGray(1)
        canvas.rect(middle - 16, -SEAL_AT - 6, 32, 12, stroke=0, fill=1)
        canvas.setFillGray(0)
        canvas.drawCentredString(middle, -SEAL_AT - 3.5, word)
    canvas.save()
    return PdfReader(out).pages[0]
