"""Template tags of the frame."""

from django import template
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from lms.web.panels import panels

register = template.Library()


@register.simple_tag(takes_context=True)
def panels_of(context: template.Context, place: str, subject: object = None) -> SafeString:
    """Render every panel of a place, in order."""
    request: HttpRequest = context["request"]
    parts = [render_to_string(row["template"], row["context"], request=request) for row in panels(place, request, subject)]
    return mark_safe("".join(parts))  # noqa: S308  (each part was escaped by its own template)


@register.simple_tag
def bar(percent: float, colour: str = "d2", label: str = "") -> SafeString:
    """A horizontal bar of ``percent`` (0 to 100) as SVG: no inline style, prints as it shows. ``label`` is read aloud."""
    width = max(0.0, min(100.0, float(percent)))
    return format_html(
        '<svg class="line" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect width="100" height="8" fill="var(--d0)"/><rect width="{}" height="8" fill="var(--{})"/></svg>',
        label, f"{width:.1f}", colour,
    )  # fmt: skip
