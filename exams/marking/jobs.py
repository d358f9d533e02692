"""Marking runs by itself: woken by each hand-in, and as a sweep that heals what was not heard."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from exams.marking.actions import mark_due
from lms.jobs.handlers import Work, handles


@handles("mark", every=timedelta(seconds=10))
def mark_what_waits(work: Work) -> dict[str, Any]:
    return dict(mark_due(at=timezone.now()))
