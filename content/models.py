"""Index of the models of this app; each stands in its room."""

from content.curricula.models import CurriculumPage, TierPage, TopicPage
from content.lessons.models import LessonPage

__all__ = ["CurriculumPage", "LessonPage", "TierPage", "TopicPage"]
