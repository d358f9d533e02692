"""The options of a choice. A paper shows two hundred of them; written node by node they were a quarter of what the page costs."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()
OPTION = '<label class="o{}"><input type="{}" name="{}" value="{}"{}><b>{}</b><span>{}</span></label>'


@register.simple_tag
def boxes(q: Mapping[str, Any]) -> SafeString:
    """Every option of a question (see `exams.bank.kinds.screens.ChoiceScreen.view`) with its box, ticked where the answer has it."""
    marks = {True: (" on", " checked"), False: ("", "")}
    rows = ((marks[o["on"]], o) for o in q["options"])
    return format_html_join("", OPTION, ((on, q["input"], q["name"], o["id"], checked, o["letter"], o["text"]) for (on, checked), o in rows))
