"""From the Markdown of a lesson to the blocks of a lesson page. What is understood: `README.md` beside this file. No Django here."""

import re
import uuid
from collections.abc import Iterator
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from content.library.sources import LessonSource, QuestionSource, SourceError

TABLE_CAPTION = "表："
QUOTE = re.compile(r"【(法|提示|案例)】\s*")
CITATION = re.compile(r"《[^》]+》(（[^）]*）)?(第[一二三四五六七八九十百零]+条)?")
SPACE = uuid.UUID("6c1f2a52-8d0e-4a75-9a52-5f0b3d1c7e11")  # block ids are derived in this space, so that loading twice gives the same ids
PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
TRUE, FALSE = "正确", "错误"

Block = dict[str, Any]


def block_id(*place: object) -> str:
    """A stable identifier for what stands at a place, such as ``leaders-01/1``, block 3."""
    return str(uuid.uuid5(SPACE, "/".join(map(str, place))))


def lesson_blocks(lesson: LessonSource, key: str, folder: str, checks: tuple[QuestionSource, ...] = ()) -> list[Block]:
    """Return the StreamField data of a lesson, self-checks last.

    ``key`` is the lesson's (``leaders-01/1``), ``folder`` the topic's folder below the library (``leaders/01-role``), where drawings are named.
    Raises SourceError for anything the format does not know.
    """
    blocks = list(_Reader(lesson, folder).blocks())
    for number, block in enumerate(blocks):
        block["id"] = block_id(key, number)
        if block["type"] == "steps":
            block["value"] = [{"type": "item", "value": text, "id": block_id(key, number, n)} for n, text in enumerate(block["value"])]
    return blocks + [{"type": "self_check", "id": block_id(key, question.id), "value": check_value(question)} for question in checks]


def check_value(question: QuestionSource) -> dict[str, Any]:
    """Return the value of a self-check block."""
    options: list[dict[str, Any]] = []
    accepted = ""
    if isinstance(question.answer, bool):
        options = [{"text": TRUE, "correct": question.answer}, {"text": FALSE, "correct": not question.answer}]
    elif isinstance(question.answer, str):
        options = [{"text": text, "correct": letter in question.answer} for letter, text in zip("ABCDEFGH", question.options, strict=False)]
    else:
        accepted = "\n\n".join("\n".join(variants) for variants in question.answer)
    items = [{"type": "item", "value": option, "id": block_id(question.id, question.stem, n)} for n, option in enumerate(options)]
    return {"kind": question.kind, "stem": question.stem, "options": items, "accepted": accepted, "explanation": question.explanation}


class _Reader:
    """Walks the tokens of one lesson; paragraphs and bullet lists that follow each other become one text block."""

    def __init__(self, lesson: LessonSource, folder: str) -> None:
        self.lesson, self.folder = lesson, folder
        self.tokens = PARSER.parse(lesson.text)
        self.rich: list[str] = []
        self.caption = ""

    def wrong(self, token: Token, reason: str) -> SourceError:
        return SourceError(self.lesson.file, self.lesson.first_line + (token.map[0] if token.map else 0), reason)

    def blocks(self) -> Iterator[Block]:
        position = 0
        while position < len(self.tokens):
            end = self._end(position)
            token, inside = self.tokens[position], self.tokens[position + 1 : end]
            block = self._block(token, inside)
            if block is not None:
                yield from self._flush()
                yield block
            position = end + 1
        yield from self._flush()

    def _end(self, position: int) -> int:
        depth = 0
        for index in range(position, len(self.tokens)):
            depth += self.tokens[index].nesting
            if depth == 0:
                return index
        return len(self.tokens) - 1

    def _flush(self) -> Iterator[Block]:
        if self.rich:
            yield {"type": "text", "value": "".join(self.rich)}
            self.rich = []

    def _block(self, token: Token, inside: list[Token]) -> Block | None:
        """Return the block a top-level token begins, or None where its text joins the running text block."""
        match token.type:
            case "heading_open":
                if token.tag not in {"h2", "h3"}:
                    raise self.wrong(token, "headings are ## or ###")
                return {"type": "heading" if token.tag == "h2" else "subheading", "value": _plain(inside[0])}
            case "paragraph_open":
                return self._paragraph(token, inside[0])
            case "bullet_list_open":
                self.rich.append("<ul>" + "".join(f"<li>{text}</li>" for text in self._items(inside)) + "</ul>")
                return None
            case "ordered_list_open":
                return {"type": "steps", "value": [f"<p>{text}</p>" for text in self._items(inside)]}
            case "table_open":
                caption, self.caption = self.caption, ""
                return {"type": "table", "value": {"caption": caption, "rows": _rows(inside)}}
            case "blockquote_open":
                return self._quote(token, inside)
        raise self.wrong(token, f"{token.type} is not understood here")

    def _paragraph(self, token: Token, inline: Token) -> Block | None:
        children = inline.children or []
        if inline.content.startswith(TABLE_CAPTION):
            self.caption = inline.content.removeprefix(TABLE_CAPTION).strip()
            return None
        if len(children) == 1 and children[0].type == "image":
            image = children[0]
            drawing = f"{self.folder}/{image.attrs['src']}"
            if not (self.lesson.file.parent / str(image.attrs["src"])).is_file():
                raise self.wrong(token, f"there is no {image.attrs['src']}")
            if not image.content:
                raise self.wrong(token, "a figure says in words what it shows")
            caption = str(image.attrs.get("title", ""))
            return {"type": "figure", "value": {"drawing": drawing, "image": None, "alternative": image.content, "caption": caption}}
        if any(child.type == "image" for child in children):
            raise self.wrong(token, "a figure stands alone in its paragraph")
        self.rich.append(f"<p>{_rich(inline)}</p>")
        return None

    def _items(self, inside: list[Token]) -> list[str]:
        deep = next((t for t in inside if t.type not in {"list_item_open", "list_item_close", "paragraph_open", "paragraph_close", "inline"}), None)
        if deep is not None:
            raise self.wrong(deep, "lists within lists are not understood here")
        return [_rich(token) for token in inside if token.type == "inline"]

    def _quote(self, token: Token, inside: list[Token]) -> Block:
        inlines = [t for t in inside if t.type == "inline"]
        mark = QUOTE.match(inlines[0].content) if inlines else None
        if mark is None:
            raise self.wrong(token, "a quotation begins with 【法】, 【提示】 or 【案例】")
        if mark[1] == "法":
            cited = "".join(_plain(t) for t in inlines)[mark.end() :]
            source, colon, text = cited.partition("：")
            citation = CITATION.match(cited)
            if not colon and citation:  # the sentence runs on from the citation
                source, text = citation[0], cited[citation.end() :]
            if not text:
                raise self.wrong(token, "a law is cited as: title, article, state of the law：what it says")
            return {"type": "law", "value": {"source": source.strip().removesuffix("规定"), "text": text.strip()}}
        rich = "".join(f"<p>{_rich(t)}</p>" for t in inlines).replace(f"【{mark[1]}】", "", 1)
        return {"type": "callout", "value": {"kind": "hint" if mark[1] == "提示" else "case", "text": rich}}


def _plain(inline: Token) -> str:
    return "".join(" " if child.type == "softbreak" else child.content for child in inline.children or [])


def _rich(inline: Token) -> str:
    """Inline Markdown as the rich text Wagtail keeps: escaped text, <b>, <i>."""
    tags = {"strong_open": "<b>", "strong_close": "</b>", "em_open": "<i>", "em_close": "</i>", "hardbreak": "<br/>", "softbreak": " "}
    return "".join(tags.get(child.type) or escape(child.content, quote=False) for child in inline.children or [])


def _rows(inside: list[Token]) -> str:
    """The cells of a table, one row a line, bold marks kept."""
    rows: list[list[str]] = []
    for token in inside:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(token.content.replace("|", "／"))
    return "\n".join(" | ".join(row) for row in rows)
