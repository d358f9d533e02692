"""Curriculum > tier > topic, as Wagtail pages. What may stand under what is stated on each page."""

from django.db import models
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from content.curricula.segments import segmented
from lms.people.states import Tier


class CurriculumPage(Page):
    """A curriculum 培训大纲: one body of teaching for all tiers."""

    intro = models.TextField(_("introduction"), blank=True)

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["content.TierPage"]
    preview_modes: list[tuple[str, str]] = []
    content_panels = [*Page.content_panels, FieldPanel("intro")]

    class Meta:
        verbose_name = _("curriculum")

    def serve(self, request, *args, **kwargs):
        return redirect("learn")


class TierPage(Page):
    """The part of a curriculum meant for one training tier 培训类别."""

    tier = models.CharField(_("training tier"), max_length=16, choices=Tier)

    parent_page_types = ["content.CurriculumPage"]
    subpage_types = ["content.TopicPage"]
    preview_modes: list[tuple[str, str]] = []
    content_panels = [*Page.content_panels, FieldPanel("tier")]

    class Meta:
        verbose_name = _("tier")

    def serve(self, request, *args, **kwargs):
        return redirect("learn")


class TopicPage(Page):
    """A topic 专题: what one can do afterwards, and the lessons that lead there.

    ``key`` is the topic's name in the shipped library and never changes; ``library_digest`` is the digest of what the library last wrote
    here, by which a trainer's change is recognised (`content.library.loading`).
    """

    key = models.SlugField(_("key"), max_length=40, unique=True)
    title_en = models.CharField(_("English title"), max_length=120, blank=True)
    short = models.CharField(_("short title"), max_length=12, help_text=_("At most seven characters, shown on the learning path."))
    short_en = models.CharField(_("short English title"), max_length=24, blank=True)
    summary = models.TextField(_("summary"), help_text=_("What one can do after this topic."))
    summary_en = models.TextField(_("English summary"), blank=True)
    search_words = models.JSONField(_("search words"), default=list, blank=True)
    library_digest = models.CharField(max_length=64, blank=True, editable=False)

    parent_page_types = ["content.TierPage"]
    subpage_types = ["content.LessonPage"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("short"),
        FieldPanel("summary"),
        FieldPanel("title_en"),
        FieldPanel("short_en"),
        FieldPanel("summary_en"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("segmented_text"), index.FilterField("key")]

    class Meta:
        verbose_name = _("topic")

    def segmented_text(self) -> str:
        return segmented(" ".join([self.title, self.short, self.summary, *self.search_words]))

    @property
    def shown_title(self) -> str:
        """The title in the reader's language."""
        return self.title_en if get_language() == "en" and self.title_en else self.title

    @property
    def shown_short(self) -> str:
        return self.short_en if get_language() == "en" and self.short_en else self.short

    @property
    def shown_summary(self) -> str:
        return self.summary_en if get_language() == "en" and self.summary_en else self.summary

    def serve(self, request, *args, **kwargs):
        return redirect("topic", key=self.key)
