"""Lessons 课程: pages made of blocks."""

from django.db import models
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from content.curricula.segments import segmented
from content.lessons.blocks import LESSON_BLOCKS
from content.lessons.reading import plain_text


class LessonPage(Page):
    """One lesson: objectives, blocks, self-check. Read in one sitting; hours follow from ``minutes`` by policy.

    ``key`` is ``<topic key>/<lesson number>`` for shipped lessons, '' for those that trainers wrote.
    """

    key = models.CharField(max_length=60, blank=True, editable=False, db_index=True)
    title_en = models.CharField(_("English title"), max_length=120, blank=True)
    minutes = models.PositiveSmallIntegerField(_("lesson minutes"), default=15, help_text=_("Reading and exercises, at an unhurried pace."))
    objectives = models.JSONField(_("objectives"), default=list, blank=True)
    body = StreamField(LESSON_BLOCKS, verbose_name=_("body"))
    library_digest = models.CharField(max_length=64, blank=True, editable=False)

    parent_page_types = ["content.TopicPage"]
    subpage_types: list[str] = []
    content_panels = [*Page.content_panels, FieldPanel("minutes"), FieldPanel("body"), FieldPanel("title_en")]
    search_fields = [*Page.search_fields, index.SearchField("segmented_text"), index.FilterField("key")]

    class Meta:
        verbose_name = _("lesson")

    def segmented_text(self) -> str:
        return segmented(self.title + " " + plain_text(self.body))

    @property
    def shown_title(self) -> str:
        return self.title_en if get_language() == "en" and self.title_en else self.title

    def get_preview_template(self, request, mode_name):
        return "content/lesson_preview.html"

    def serve(self, request, *args, **kwargs):
        return redirect("lesson", pk=self.pk)
