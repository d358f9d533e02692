"""The blocks a lesson is made of: a few typed fields each, and one template each under `templates/content/blocks/`."""

import re

from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from content.lessons.drawings import drawing_size

RICH = ["bold", "italic", "ol", "ul", "superscript", "subscript"]


def cell_html(text: str) -> SafeString:
    """A table cell: escaped, with ``**bold**`` made bold."""
    return mark_safe(re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text.strip())))  # noqa: S308


class TableBlock(blocks.StructBlock):
    """A table written as lines of cells separated by |; the first line is the head."""

    caption = blocks.CharBlock(label=_("Caption"), required=False)
    rows = blocks.TextBlock(label=_("Rows"), help_text=_("One row a line, cells separated by |. The first row is the head."))

    class Meta:
        icon = "table"
        label = _("Table")
        template = "content/blocks/table.html"

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        lines = [[cell_html(cell) for cell in line.strip().strip("|").split("|")] for line in value["rows"].splitlines() if line.strip()]
        context["head"], context["lines"] = (lines[0], lines[1:]) if lines else ([], [])
        return context


class FigureBlock(blocks.StructBlock):
    """A picture: one of the library's own drawings by name, or an uploaded image. Alternative text is required."""

    drawing = blocks.CharBlock(label=_("Drawing of the library"), required=False, help_text=_("Set by the library; leave as it is."))
    image = ImageChooserBlock(label=_("Image"), required=False)
    alternative = blocks.CharBlock(label=_("Alternative text"), help_text=_("What the picture shows, for those who cannot see it."))
    caption = blocks.CharBlock(label=_("Caption"), required=False)

    class Meta:
        icon = "image"
        label = _("Figure")
        template = "content/blocks/figure.html"

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["size"] = drawing_size(value["drawing"]) if value["drawing"] else None
        return context

    def clean(self, value):
        value = super().clean(value)
        if not value["drawing"] and not value["image"]:
            raise ValidationError(_("Choose an image."))
        return value


class LawBlock(blocks.StructBlock):
    """What the law says: title, article and state, then a summary in our own words."""

    source = blocks.CharBlock(label=_("Law, article and date"))
    text = blocks.TextBlock(label=_("What it says"))

    class Meta:
        icon = "openquote"
        label = _("Law")
        template = "content/blocks/law.html"


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(label=_("Hint or case"), choices=[("hint", _("Hint")), ("case", _("Case"))], default="hint")
    text = blocks.RichTextBlock(label=_("Text"), features=RICH)

    class Meta:
        icon = "help"
        label = _("Hint or case")
        template = "content/blocks/callout.html"


class OptionBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Option"))
    correct = blocks.BooleanBlock(label=_("Right"), required=False)


class SelfCheckBlock(blocks.StructBlock):
    """A question with an instant answer. It never appears in an exam.

    True or false has the two options 正确 and 错误. Fill-in answers stand one variant a line; an empty line begins the next blank.
    """

    kind = blocks.ChoiceBlock(
        label=_("Kind of question"),
        choices=[("single", _("Single choice")), ("multiple", _("Multiple choice")), ("true_false", _("True or false")), ("fill_in", _("Fill in"))],
        default="single",
    )
    stem = blocks.TextBlock(label=_("Question"))
    options = blocks.ListBlock(OptionBlock(), label=_("Options"), default=[])
    accepted = blocks.TextBlock(
        label=_("Accepted answers"), required=False, help_text=_("For fill in: one accepted answer a line. An empty line begins the next blank.")
    )
    explanation = blocks.TextBlock(label=_("Explanation"), required=False)

    class Meta:
        icon = "tick-inverse"
        label = _("Self-check")
        template = "content/blocks/self_check.html"


STEP = blocks.RichTextBlock(label=_("Step"), features=["bold", "italic"])
LESSON_BLOCKS = [
    ("heading", blocks.CharBlock(label=_("Heading"), icon="title", template="content/blocks/heading.html")),
    ("subheading", blocks.CharBlock(label=_("Subheading"), icon="title", template="content/blocks/subheading.html")),
    ("text", blocks.RichTextBlock(label=_("Text"), features=RICH, template="content/blocks/text.html")),
    ("steps", blocks.ListBlock(STEP, label=_("Steps"), icon="list-ol", template="content/blocks/steps.html")),
    ("table", TableBlock()),
    ("figure", FigureBlock()),
    ("law", LawBlock()),
    ("callout", CalloutBlock()),
    ("self_check", SelfCheckBlock()),
]
