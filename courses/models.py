"""Index of the models of this app; each stands in its room."""

from courses.hours.models import HoursEntry
from courses.progress.models import LessonProgress, SelfCheckAnswer

__all__ = ["HoursEntry", "LessonProgress", "SelfCheckAnswer"]
