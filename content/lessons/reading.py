"""The words of a lesson, for search and for counting."""

from typing import Any

from django.utils.html import strip_tags


def plain_text(body: Any) -> str:
    """Return all text of a StreamField value, self-checks left out, separated by spaces."""
    parts: list[str] = []
    for block in body:
        if block.block_type == "figure":
            parts += [block.value["alternative"], block.value["caption"]]
        elif block.block_type == "table":
            parts += [block.value["caption"], block.value["rows"].replace("|", " ").replace("**", "")]
        elif block.block_type != "self_check":
            parts += [strip_tags(str(text)) for text in block.block.get_searchable_content(block.value)] or _strings(block.value)
    return " ".join(part for part in parts if part)


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [strip_tags(value)]
    if hasattr(value, "values"):
        return [text for item in value.values() for text in _strings(item)]
    return [text for item in value for text in _strings(item)] if isinstance(value, list | tuple) else []
